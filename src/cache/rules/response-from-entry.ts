import { HttpHeaders } from '../../message/headers.ts';
import type { StoredResponse } from '../storage/metadata.ts';
import { belongsToExchange } from './exchange-fields.ts';
import { currentAge, freshnessOf } from './freshness.ts';
import { type ByteRange, parseRange, resolveRange, serializeContentRange } from './range.ts';
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

/** The head of a response that a stored one gives, and which of the stored bytes follow it. */
interface EntryResponse {
  readonly status: number;
  readonly reason: string;
  readonly headers: HttpHeaders;
  /** Offsets in the stored body, `end` exclusive. */
  readonly start: number;
  readonly end: number;
}

/** Fields that are told anew with each delivery. */
const TOLD_ANEW = new Set(['age', 'cache-status']);

/** The fields of a 304 (RFC 9110 §15.4.5). */
const OF_NOT_MODIFIED = new Set(['cache-control', 'content-location', 'date', 'etag', 'expires', 'vary']);

/** Makes a response from a stored one (RFC 9111 §4). `cacheStatus` is our member of Cache-Status. */
export function responseFromEntry(
  stored: StoredResponse,
  delivery: Delivery,
  cacheStatus: string,
  now: number,
): EntryResponse {
  const { metadata, length } = stored;
  switch (delivery.kind) {
    case 'whole': {
      const total = metadata.part?.total ?? length;
      const headers = fieldsOf(stored, cacheStatus, now, metadata.status === 204 || total < 0 ? null : total);
      return { status: metadata.status, reason: metadata.reason, headers, start: 0, end: length };
    }
    case 'slice': {
      const { first, last } = delivery.range;
      const offset = metadata.part?.first ?? 0;
      const headers = fieldsOf(stored, cacheStatus, now, last - first + 1);
      headers.set('content-range', serializeContentRange(delivery.range));
      const [start, end] = [first - offset, last + 1 - offset];
      return { status: 206, reason: 'Partial Content', headers, start, end };
    }
    case 'not-modified': {
      const all = fieldsOf(stored, cacheStatus, now, null);
      const kept = Array.from(all).filter(([name]) => OF_NOT_MODIFIED.has(name) || TOLD_ANEW.has(name));
      return { status: 304, reason: 'Not Modified', headers: new HttpHeaders(kept), start: 0, end: 0 };
    }
    case 'not-satisfiable': {
      const headers = new HttpHeaders({
        'cache-status': cacheStatus,
        'content-length': '0',
        'content-range': `bytes */${delivery.total}`,
      });
      return { status: 416, reason: 'Range Not Satisfiable', headers, start: 0, end: 0 };
    }
  }
}

function fieldsOf(
  stored: StoredResponse,
  cacheStatus: string,
  now: number,
  length: number | null,
): HttpHeaders {
  const { metadata } = stored;
  const { headers } = metadata;
  const pairs: string[] = [];
  let upstream = '';
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!;
    if (name === 'cache-status') upstream += `${headers[i + 1]}, `;
    else if (
      !TOLD_ANEW.has(name) &&
      !belongsToExchange(name) &&
      (name !== 'content-length' || length === null)
    )
      pairs.push(name, headers[i + 1]!);
  }
  if (length !== null) pairs.push('content-length', String(length));
  const age = Math.floor(currentAge(freshnessOf(metadata), now) / 1000);
  pairs.push('age', String(age), 'cache-status', upstream + cacheStatus);
  return HttpHeaders.adopt(pairs);
}
