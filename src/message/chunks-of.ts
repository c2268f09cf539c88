import { NetworkError } from '../error.ts';
import { isBlob } from '../util/brand.ts';
import { chunksOfBlob } from './blob-chunks.ts';
import type { ChunkSource } from './body-input.ts';
import { streamChunks } from './stream-chunks.ts';
import { bytesOfStream, isStream, toBytes } from './to-bytes.ts';

/**
 * The bytes of what gives them chunk by chunk. Ending early ends the source at once, even while a chunk is awaited, for
 * which a generator would wait.
 *
 * @param isSpent the source has been read, and can be read once
 * @throws NetworkError content-resend for such a source
 */
export function chunksOf(source: Blob | ChunkSource, isSpent = false): AsyncIterableIterator<Uint8Array> {
  if (isSpent)
    throw new NetworkError('content-resend', 'the request body is a stream and cannot be sent again');
  const chunks = isBlob(source) ? chunksOfBlob(source) : iteratorOf(source);
  const bytesOf = isBlob(source) || isStream(source) ? bytesOfStream : toBytes;
  return {
    async next() {
      const { done, value } = await chunks.next();
      return done === true ? { done, value: undefined } : { done: false, value: bytesOf(value) };
    },
    async return() {
      // The iterator of a Node stream waits for the chunk that it was asked for, and does nothing when it was asked for none.
      if ('destroy' in source && typeof source.destroy === 'function') source.destroy();
      await chunks.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function iteratorOf(source: ChunkSource): AsyncIterator<unknown> | Iterator<unknown> {
  if (isStream(source)) return streamChunks(source);
  return Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
}
