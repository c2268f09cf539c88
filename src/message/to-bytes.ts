/** What the code that takes a body in has in common with the code that reads it. */
export const encoder = new TextEncoder();

/** @throws TypeError when it is neither bytes nor text */
export function toBytes(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk;
  if (ArrayBuffer.isView(chunk)) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  if (typeof chunk === 'string') return encoder.encode(chunk);
  throw new TypeError(`body: a chunk must be bytes or text, not a value of type ${typeof chunk}`);
}

/** Some runtimes have no WHATWG streams. */
export function isStream(input: object): input is ReadableStream<Uint8Array> {
  return typeof ReadableStream === 'function' && input instanceof ReadableStream;
}
