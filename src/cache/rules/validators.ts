import { listMembers } from '../../message/field-lexer.ts';
import type { HttpHeaders } from '../../message/headers.ts';
import { parseHttpDate } from '../../util/http-date.ts';
import type { ResponseMetadata } from '../storage/metadata.ts';
import { freshnessOf } from './freshness.ts';

/** RFC 9110 §8.8.2.2: a Last-Modified this much before Date is strong, both having come from one clock or not. */
const STRONG_AFTER = 60_000;

/** The fields that ask whether a stored response still holds (RFC 9111 §4.3.1). Empty when there is no way to ask. */
export function conditionalFields(metadata: ResponseMetadata): string[] {
  // In a page, of another origin, a conditional field costs a preflight and its ETag cannot be compared.
  if (metadata.fidelity === 'filtered') return [];
  const { headers } = freshnessOf(metadata);
  const fields: string[] = [];
  const etag = headers.get('etag');
  if (etag !== null) fields.push('if-none-match', etag);
  const lastModified = headers.get('last-modified');
  if (lastModified !== null && parseHttpDate(lastModified, metadata.responseTime) !== null) {
    fields.push('if-modified-since', lastModified);
  }
  return fields;
}

/** The ETag under which parts may be put together (RFC 9110 §8.8.3), or null for a weak, malformed or missing one. */
export function strongEtag(headers: HttpHeaders): string | null {
  const etag = headers.get('etag');
  return etag !== null && etag.length >= 2 && etag.startsWith('"') && etag.indexOf('"', 1) === etag.length - 1
    ? etag
    : null;
}

/** RFC 9110 §8.8.3.2, weak comparison. */
function matchesWeakly(one: string, other: string): boolean {
  return opaque(one) === opaque(other);
}

function opaque(etag: string): string {
  return etag.startsWith('W/') ? etag.slice(2) : etag;
}

/**
 * Evaluates the caller's own If-None-Match, or without one If-Modified-Since, against a stored response (RFC 9111 §4.3.2).
 * A condition is about a representation: a stored redirect or 404 is the answer whatever it says (RFC 9110 §13.2.1).
 */
export function isNotModified(request: HttpHeaders, metadata: ResponseMetadata): boolean {
  if (metadata.status !== 200) return false;
  const { headers } = freshnessOf(metadata);
  const wanted = request.get('if-none-match');
  if (wanted !== null) {
    if (wanted.trim() === '*') return true;
    const etag = headers.get('etag');
    return etag !== null && listMembers(wanted).some((one) => matchesWeakly(one, etag));
  }
  const since = request.get('if-modified-since');
  if (since === null) return false;
  const limit = parseHttpDate(since, metadata.responseTime);
  const field = headers.get('last-modified') ?? headers.get('date');
  const modified = field === null ? null : parseHttpDate(field, metadata.responseTime);
  return limit !== null && modified !== null && modified <= limit;
}

/** Whether If-Range lets a Range field count (RFC 9110 §13.1.5): the same strong validator, or no If-Range at all. */
export function rangeApplies(request: HttpHeaders, metadata: ResponseMetadata): boolean {
  const condition = request.get('if-range');
  if (condition === null) return true;
  const { headers } = freshnessOf(metadata);
  if (condition === strongEtag(headers)) return true;
  return condition === headers.get('last-modified') && isStrongDate(headers, metadata.responseTime);
}

function isStrongDate(headers: HttpHeaders, now: number): boolean {
  const modified = parseHttpDate(headers.get('last-modified') ?? '', now);
  const date = parseHttpDate(headers.get('date') ?? '', now);
  return modified !== null && date !== null && date - modified >= STRONG_AFTER;
}

/** What servers put behind the ETag of an encoded representation: Apache, Jetty, Tomcat (`-gzip`, `--gzip`, `;gzip`). */
const CODING_SUFFIX = /[-;:.]{1,2}(?:gzip|br|zstd|deflate|df|gz)(?="$)/;

/**
 * Whether two ETags are those of one resource at one time. Weakly (RFC 9110 §8.8.3.2), for a 304 has no body and so
 * misses what the server did to the tag of a 200 because of its coding: nginx makes it weak, Apache appends the coding.
 */
function namesSameState(one: string, other: string): boolean {
  return matchesWeakly(one, other) || withoutCoding(one) === withoutCoding(other);
}

function withoutCoding(etag: string): string {
  return opaque(etag).replace(CODING_SUFFIX, '');
}

/**
 * Whether a 304 speaks of this stored response (RFC 9111 §4.3.4). One without validators answers `ours`, or a condition of
 * the caller, who may hold another version.
 */
export function confirms(notModified: HttpHeaders, metadata: ResponseMetadata, ours: boolean): boolean {
  if (!ours && !notModified.has('etag') && !notModified.has('last-modified')) return false;
  const { headers } = freshnessOf(metadata);
  const etag = notModified.get('etag');
  const stored = headers.get('etag');
  if (etag !== null && stored !== null) return namesSameState(etag, stored);
  // Some servers send an ETag with a 304 and none with an encoded 200: then the date has been confirmed.
  if (etag !== null && !(ours && headers.has('last-modified'))) return false;
  return isNotLater(notModified.get('last-modified'), headers.get('last-modified'), metadata.responseTime);
}

/** Whether the date that a 304 names is that of what is stored, in any spelling, or before it (a server of a cluster). */
function isNotLater(received: string | null, stored: string | null, now: number): boolean {
  if (received === null || received === stored) return true;
  if (stored === null) return false;
  const [one, other] = [parseHttpDate(received, now), parseHttpDate(stored, now)];
  return one !== null && other !== null && one <= other;
}

/** Whether the ETag of a HEAD, which may lack what a coding does to it, is that of a stored response. */
export function sameEtagOrAbsent(received: string | null, stored: string | null): boolean {
  return received === null || (stored !== null && namesSameState(received, stored));
}

export function sameOrAbsent(received: string | null, stored: string | null): boolean {
  return received === null || received === stored;
}
