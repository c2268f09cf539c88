import type { HttpHeaders } from '../../message/headers.ts';
import { isSafe } from '../../message/methods.ts';
import type { ParsedUrl } from '../../util/url.ts';
import { resolveField } from './storage-rules.ts';

/**
 * The URLs that an answer has outdated (RFC 9111 §4.4): of an unsafe method that succeeded, the target and what Location
 * and Content-Location name at the same origin; never those of another origin.
 */
export function invalidatedUrls(
  method: string,
  url: ParsedUrl,
  status: number,
  headers: HttpHeaders,
): ParsedUrl[] {
  if (isSafe(method) || status < 200 || status >= 400) return [];
  const urls = [url];
  for (const name of ['location', 'content-location']) {
    const named = resolveField(headers.get(name), url);
    if (named !== null && named.origin === url.origin) urls.push(named);
  }
  return urls;
}
