/**
 * Bytes that no other thread can write to: what Blob, WebCrypto, WebAssembly and a page's fetch take. Spelled like this
 * because TypeScript before 5.7 does not know `Uint8Array<ArrayBuffer>`.
 */
export type Bytes = ReturnType<Uint8Array['slice']>;

/** A copy in memory of its own. `slice` of a Buffer makes none: it gives a view of the same memory. */
export function copyBytes(bytes: Uint8Array): Bytes {
  return new Uint8Array(bytes);
}

/**
 * The bytes as user code may have them: a plain Uint8Array with nothing else in its memory, so that neither `buffer` nor
 * a method of Buffer's shows what belongs to others. Bytes that are such already are not copied.
 */
export function ownBytes(bytes: Uint8Array): Bytes {
  const { buffer } = bytes;
  if (buffer.byteLength !== bytes.byteLength || !(buffer instanceof ArrayBuffer)) return copyBytes(bytes);
  return isPlain(bytes) ? (bytes as Bytes) : new Uint8Array(buffer);
}

/** A plain Uint8Array on the same memory. */
export function plainBytes(bytes: ArrayBufferView): Uint8Array {
  return isPlain(bytes) ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function isPlain(bytes: ArrayBufferView): bytes is Uint8Array {
  return Object.getPrototypeOf(bytes) === Uint8Array.prototype;
}
