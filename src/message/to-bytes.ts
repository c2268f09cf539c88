import { brandOf, isUint8Array } from '../util/brand.ts';
import { encodeUtf8, plainBytes } from '../util/bytes.ts';

/**
 * A plain Uint8Array of it, not copied.
 * @throws TypeError when it is neither bytes nor text
 */
export function toBytes(chunk: unknown): Uint8Array {
  if (ArrayBuffer.isView(chunk)) return plainBytes(chunk);
  if (typeof chunk === 'string') return encodeUtf8(chunk);
  throw new TypeError(`body: a chunk must be bytes or text, not a value of type ${typeof chunk}`);
}

/**
 * A chunk of a WHATWG stream of bytes, of whichever realm.
 * @throws TypeError when it is no Uint8Array (WHATWG Fetch, "incrementally read loop")
 */
export function bytesOfStream(chunk: unknown): Uint8Array {
  if (isUint8Array(chunk)) return plainBytes(chunk);
  throw new TypeError(`body: a chunk of a stream must be a Uint8Array, not a value of type ${typeof chunk}`);
}

/** A WHATWG stream, also of another realm or a polyfill. */
export function isStream(input: object): input is ReadableStream<Uint8Array> {
  return brandOf(input) === 'ReadableStream' && 'getReader' in input && typeof input.getReader === 'function';
}
