import { concatenate } from '../util/concatenate.ts';

/**
 * The body of a Request object. The object hides whether it was made from a text or from a stream, which matters: bytes
 * have a length and can be sent again, a stream cannot. What is all there within one turn was bytes.
 */
export async function bodyOfRequest(
  request: Request,
): Promise<Uint8Array | AsyncIterable<Uint8Array> | null> {
  if (request.body === null) return null;
  const reader = request.body.getReader();
  const chunks: Uint8Array[] = [];
  let pending = reader.read();
  const turn = new Promise<null>((resolve) => setTimeout(resolve, 0, null));
  for (;;) {
    const result = await Promise.race([pending, turn]);
    if (result === null) return remaining(chunks, pending, reader);
    if (result.done) return concatenate(chunks);
    chunks.push(result.value);
    pending = reader.read();
  }
}

type Read = ReadableStreamReadResult<Uint8Array>;

async function* remaining(
  chunks: readonly Uint8Array[],
  pending: Promise<Read>,
  reader: ReadableStreamDefaultReader<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* chunks;
    for (let read = await pending; !read.done; read = await reader.read()) yield read.value;
  } finally {
    await reader.cancel();
  }
}
