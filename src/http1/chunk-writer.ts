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
