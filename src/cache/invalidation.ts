import type { HttpHeaders } from '../message/headers.ts';
import type { ParsedUrl } from '../util/url.ts';
import { resolveField } from './storing.ts';

/** Methods that change nothing (RFC 9110 §9.2.1 and the registry). Every other one, unknown ones too, may. */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND', 'REPORT', 'SEARCH', 'QUERY']);

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
  if (SAFE.has(method) || status < 200 || status >= 400) return [];
  const urls = [url];
  for (const name of ['location', 'content-location']) {
    const named = resolveField(headers.get(name), url);
    if (named !== null && named.origin === url.origin) urls.push(named);
  }
  return urls;
}
