import { ownBytes } from '../util/bytes.ts';
import type { RequestBody } from './body.ts';

/**
 * A request body as code of the application's own may have it: its chunks are plain arrays, each alone in its memory. What
 * they were made of may lie in a pool that others use (a small Buffer).
 */
export function ownedBody(body: RequestBody): RequestBody {
  const { length, replayable, contentType } = body;
  return {
    length,
    replayable,
    contentType,
    get bytes() {
      return body.bytes === null ? null : ownBytes(body.bytes);
    },
    ...(body.blob === undefined ? {} : { blob: () => body.blob!() }),
    open: () => ownedChunks(body.open()),
    discard: () => body.discard?.(),
  };
}

/** Ending early ends what stands behind it at once, for which a generator would wait. */
function ownedChunks(source: AsyncIterable<Uint8Array>): AsyncIterableIterator<Uint8Array> {
  const chunks = source[Symbol.asyncIterator]();
  return {
    async next() {
      const result = await chunks.next();
      return result.done === true ? result : { done: false, value: ownBytes(result.value) };
    },
    async return() {
      await chunks.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
