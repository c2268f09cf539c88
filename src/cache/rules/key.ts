import type { HttpHeaders } from '../../message/headers.ts';
import { type ParsedUrl, withoutFragment } from '../../util/url.ts';

/**
 * The key under which all variants of a resource are found: method, canonical URL, partition and, where the caller has set
 * another Host than the URL's, that (it is a part of the target URI, RFC 9110 §7.1). They are told apart by a space, which
 * none of them contains. The URL is WHATWG-serialised (default port dropped, no userinfo), without fragment.
 *
 * Only responses to GET are kept, those to HEAD just update them; so the method is always GET.
 */
export function cacheKey(
  url: ParsedUrl,
  partition: string | null,
  headers: HttpHeaders | null = null,
): string {
  const prefix = partition === null ? '' : `${encodeURIComponent(partition)} `;
  const host = headers?.get('host') ?? null;
  const suffix =
    host === null || host.toLowerCase() === url.authority ? '' : ` host:${encodeURIComponent(host)}`;
  return `${prefix}GET ${withoutFragment(url)}${suffix}`;
}
