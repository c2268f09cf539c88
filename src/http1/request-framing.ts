import { anticipatesContent } from '../message/methods.ts';

/** How the body of a request is delimited. `none` writes no field at all. */
export type RequestFraming =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'chunked' };

const NONE: RequestFraming = { kind: 'none' };
const EMPTY: RequestFraming = { kind: 'length', length: 0 };
const CHUNKED: RequestFraming = { kind: 'chunked' };

/**
 * RFC 9110 §8.6, RFC 9112 §6: a known length is announced, an unknown one is chunked, and a method that anticipates
 * content says `Content-Length: 0` when there is none; for methods that are not registered, too, as in Qt.
 *
 * @param length bytes of the body; null when it cannot be known before the end; 0 when there is none.
 * @throws TypeError for content of a CONNECT or TRACE, which must have none (RFC 9110 §9.3.6, §9.3.8).
 */
export function requestFraming(method: string, length: number | null): RequestFraming {
  if (length === 0) return anticipatesContent(method) ? EMPTY : NONE;
  if (method === 'CONNECT' || method === 'TRACE') {
    throw new TypeError(`request head: ${method} has no body (RFC 9110 §9.3)`);
  }
  return length === null ? CHUNKED : { kind: 'length', length };
}

/** What follows the content of every chunk (RFC 9112 §7.1). */
export const CHUNK_END = '\r\n';

/** What ends a chunked body: the chunk of size zero, and an empty trailer section. */
export const LAST_CHUNK = '0\r\n\r\n';

/**
 * What precedes the content of a chunk.
 *
 * @param size bytes, at least 1: zero would end the body.
 */
export function chunkHeader(size: number): string {
  if (size < 1) throw new TypeError(`chunk: ${size} is not a size that a chunk can have`);
  return `${size.toString(16)}\r\n`;
}
