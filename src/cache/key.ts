import { type ParsedUrl, withoutFragment } from '../util/url.ts';

/**
 * The key under which all variants of a resource are found: method, canonical URL and partition, told apart by a space,
 * which none of the three contains. The URL is WHATWG-serialised (default port dropped, no userinfo), without fragment.
 *
 * Only responses to GET are kept, those to HEAD just update them; so the method is always GET.
 */
export function cacheKey(url: ParsedUrl, partition: string | null): string {
  const prefix = partition === null ? '' : `${encodeURIComponent(partition)} `;
  return `${prefix}GET ${withoutFragment(url)}`;
}
