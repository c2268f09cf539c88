import type { NetworkErrorCode } from '../error.ts';
import type { RequestOptions } from '../options/options.ts';
import { canonicalScheme, type ParsedUrl } from '../util/url.ts';
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
  return null;
}

function unknown(reason: string): Inadmissible {
  return { code: 'protocol-unknown', reason };
}
