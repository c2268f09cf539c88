import type { HttpHeaders } from '../../message/headers.ts';
import type { StoredResponse } from '../storage/metadata.ts';
import { acceptsCoding } from './content-coding.ts';
import { selects } from './vary.ts';

/** What of a request decides which stored variant is its own. */
export interface SelectingRequest {
  readonly headers: HttpHeaders;
  readonly credentials: string;
}

/** Of the variants that the request selects the complete one, then the most recent (RFC 9111 §4). */
export function select<Stored extends StoredResponse>(
  request: SelectingRequest,
  candidates: readonly Stored[],
): Stored | null {
  let best: Stored | null = null;
  for (const candidate of candidates) {
    const { metadata } = candidate;
    if (metadata.credentials !== request.credentials || !selects(metadata, request.headers)) continue;
    if (!acceptsCoding(request.headers, metadata)) continue;
    if (best === null || isBetter(candidate, best)) best = candidate;
  }
  return best;
}

function isBetter(one: StoredResponse, other: StoredResponse): boolean {
  if ((one.metadata.part === null) !== (other.metadata.part === null)) return one.metadata.part === null;
  return one.metadata.responseTime > other.metadata.responseTime;
}
