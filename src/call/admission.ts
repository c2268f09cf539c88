import type { NetworkErrorCode } from '../error.ts';
import type { RequestOptions } from '../options/options.ts';
import { canonicalScheme } from '../util/canonical-scheme.ts';
import type { ParsedUrl } from '../util/url.ts';
import type { Reach } from './parts.ts';
import { PRECONNECT } from './preconnect.ts';

/** What a fetch opens without being told (Fetch, scheme fetch; `about:` has no content worth a handler). */
const OF_FETCH: readonly string[] = ['http', 'https', 'data', 'blob'];

/** Why a request does not go where its URL points. */
export interface Inadmissible {
  readonly code: NetworkErrorCode;
  readonly reason: string;
}

/**
 * Judges where a request, or the next one after a redirect, wants to go; null when it may. What a library does with a URL
 * that others have written is bound by the reach of fetch, what an application does by its own word.
 */
export function inadmissible(
  url: ParsedUrl,
  { fetch }: RequestOptions,
  { allowedSchemes, fetchSchemes, schemes }: Reach,
): Inadmissible | null {
  const name = url.scheme.startsWith(PRECONNECT) ? url.scheme.slice(PRECONNECT.length) : url.scheme;
  const scheme = canonicalScheme(name);
  if (allowedSchemes !== null && !allowedSchemes.includes(scheme))
    return unknown(`the scheme ${name} is not among allowedSchemes`);
  if (fetch === null || schemes.has(name)) return null;
  if (!OF_FETCH.includes(scheme) && !fetchSchemes.includes(scheme))
    return unknown(`fetch does not open the scheme ${name}, unless the manager's fetchSchemes has it`);
  return isBadPort(url)
    ? { code: 'protocol-invalid-operation', reason: `port ${url.port} is blocked for fetch` }
    : null;
}

function unknown(reason: string): Inadmissible {
  return { code: 'protocol-unknown', reason };
}

function isBadPort({ scheme, port }: ParsedUrl): boolean {
  return (scheme === 'http' || scheme === 'https') && BAD_PORTS.has(port);
}

/**
 * Ports of other protocols' servers, which may be made to take a request for theirs.
 * Source: https://fetch.spec.whatwg.org/#port-blocking
 */
const BAD_PORTS: ReadonlySet<number> = new Set([
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104,
  109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515,
  526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049,
  3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
]);
