import { parseDigits } from '../../message/field-lexer.ts';
import type { HttpHeaders } from '../../message/headers.ts';

/** One range of a Range field as it was asked: from `first` to `last` or the end, or the last `suffix` bytes. */
export type RequestedRange =
  | { readonly first: number; readonly last: number | null }
  | { readonly suffix: number };

/** Bytes `first` to `last`, inclusive, of a representation of `total` bytes. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
  readonly total: number;
}

/**
 * A Range field of one range of bytes (RFC 9110 §14.1.2). Null for several ranges, other units and what is malformed: a
 * cache may leave those to the server.
 */
export function parseRange(value: string): RequestedRange | null {
  const equals = value.indexOf('=');
  if (value.slice(0, equals).trim().toLowerCase() !== 'bytes') return null;
  const spec = value.slice(equals + 1).trim();
  const dash = spec.indexOf('-');
  if (dash < 0) return null;
  const end = spec.slice(dash + 1);
  if (dash === 0) {
    const suffix = parseDigits(end);
    return suffix === null ? null : { suffix };
  }
  const first = parseDigits(spec.slice(0, dash));
  const last = end === '' ? null : parseDigits(end);
  if (first === null || (last === null && end !== '') || (last !== null && last < first)) return null;
  return { first, last };
}

/** What a range means for a representation of `total` bytes; null when it lies outside (RFC 9110 §14.1.2). */
export function resolveRange(range: RequestedRange, total: number): ByteRange | null {
  if ('suffix' in range) {
    const length = Math.min(range.suffix, total);
    return length === 0 ? null : { first: total - length, last: total - 1, total };
  }
  if (range.first >= total) return null;
  return { first: range.first, last: Math.min(range.last ?? total - 1, total - 1), total };
}

/** A Content-Range of bytes whose complete length is known (RFC 9110 §14.4); null for everything else. */
export function parseContentRange(value: string): ByteRange | null {
  const space = value.indexOf(' ');
  if (value.slice(0, space).toLowerCase() !== 'bytes') return null;
  const dash = value.indexOf('-', space);
  const slash = value.indexOf('/', dash);
  if (dash < 0 || slash < 0) return null;
  const first = parseDigits(value.slice(space + 1, dash));
  const last = parseDigits(value.slice(dash + 1, slash));
  const total = parseDigits(value.slice(slash + 1));
  if (first === null || last === null || total === null || last < first || total <= last) return null;
  return { first, last, total };
}

/**
 * The range that the body of a 206 is; null where its fields do not say, or contradict each other: a body that is longer
 * or shorter than its Content-Range is not joined with anything (RFC 9110 §14.4).
 */
export function rangeOfBody(headers: HttpHeaders): ByteRange | null {
  const range = parseContentRange(headers.get('content-range') ?? '');
  const length = headers.get('content-length');
  if (range === null || (length !== null && length !== String(range.last - range.first + 1))) return null;
  return range;
}

export function serializeContentRange(range: ByteRange): string {
  return `bytes ${range.first}-${range.last}/${range.total}`;
}
