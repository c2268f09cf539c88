import type { HttpHeaders } from '../../message/headers.ts';
import type { StoredResponse } from '../storage/metadata.ts';
import { type ByteRange, parseRange, resolveRange } from './range.ts';
import { isNotModified, rangeApplies } from './validators.ts';

/** How much of a stored response answers a request. */
export type Delivery =
  | { readonly kind: 'whole' }
  | { readonly kind: 'slice'; readonly range: ByteRange }
  /** The condition of the caller holds: a 304. */
  | { readonly kind: 'not-modified' }
  /** The range lies outside: a 416. */
  | { readonly kind: 'not-satisfiable'; readonly total: number };

const WHOLE: Delivery = { kind: 'whole' };

/** What of a stored response answers the request, or null when it does not hold what is asked for. */
export function whatToDeliver(method: string, request: HttpHeaders, stored: StoredResponse): Delivery | null {
  const { metadata } = stored;
  if (isNotModified(request, metadata)) return { kind: 'not-modified' };
  const field = method === 'GET' && metadata.status === 200 ? request.get('range') : null;
  if (field === null || !rangeApplies(request, metadata)) {
    return metadata.part === null || method === 'HEAD' ? WHOLE : null;
  }
  const range = parseRange(field);
  // Where the platform decodes, the offsets of the request and those of what is stored are not the same.
  if (range === null || metadata.fidelity !== 'exact') return null;
  const first = metadata.part?.first ?? 0;
  const total = metadata.part?.total ?? stored.length;
  const resolved = resolveRange(range, total);
  if (resolved === null) return { kind: 'not-satisfiable', total };
  const covered = first <= resolved.first && resolved.last < first + stored.length;
  return covered ? { kind: 'slice', range: resolved } : null;
}
