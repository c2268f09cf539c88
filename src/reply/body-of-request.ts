import { wholeOf } from '../message/blob-chunks.ts';
import { type RequestBodySource, requestBody } from '../message/body.ts';
import type { ChunkSource } from '../message/body-input.ts';
import { streamChunks } from '../message/stream-chunks.ts';
import { concatenate } from '../util/bytes.ts';
import { delay } from '../util/clock.ts';

/** The body of a Request that has been taken from it: the Request is used from now on. */
export interface TakenBody {
  /**
   * Resolves with the bytes when all of them are there within one turn, else with what is read chunk by chunk. The object
   * hides whether it was made from a text or from a stream, which matters: bytes have a length and can be sent again.
   */
  readonly whenKnown: Promise<Uint8Array | ChunkSource | null>;
  /** Lets go of a body that is not sent. */
  discard(): void;
}

/** Begins to read the body of a Request, before the caller goes on. */
export function takeBody(request: Request): TakenBody {
  // Firefox shows no stream. No bytes are no body there.
  if (!request.body) {
    const whenKnown = request.arrayBuffer().then((bytes) => {
      return bytes.byteLength === 0 ? null : new Uint8Array(bytes);
    });
    whenKnown.catch(() => {});
    return { whenKnown, discard: () => {} };
  }
  const reader = readerOf(request.body);
  const first = reader.read();
  first.catch(() => {});
  return { whenKnown: withinOneTurn(reader, first), discard: () => letGo(reader) };
}

type Read = ReadableStreamReadResult<Uint8Array>;
type Reader = Pick<ReadableStreamDefaultReader<Uint8Array>, 'read' | 'cancel'>;

/** The body of node-fetch's Request is a stream of Node. */
function readerOf(body: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>): Reader {
  if ('getReader' in body) return body.getReader();
  const chunks = body[Symbol.asyncIterator]();
  return {
    read: () => chunks.next() as Promise<Read>,
    cancel: async () => {
      await chunks.return?.();
    },
  };
}

async function withinOneTurn(reader: Reader, first: Promise<Read>): Promise<Uint8Array | ChunkSource> {
  const chunks: Uint8Array[] = [];
  let pending = first;
  const turn = delay(0).then(() => null);
  for (;;) {
    // A body that fails at once does so when it is sent.
    const result = await Promise.race([pending.catch(() => null), turn]);
    if (result === null) return rest(chunks, pending, reader);
    if (result.done) return concatenate(chunks);
    chunks.push(result.value);
    pending = reader.read();
    pending.catch(() => {});
  }
}

/** What was read, and then the rest. Not a generator: one that has not begun would not let go of the reader. */
function rest(read: readonly Uint8Array[], pending: Promise<Read>, reader: Reader): ChunkSource {
  const chunks = read.values();
  let next: Promise<Read> | null = pending;
  const iterator: AsyncIterableIterator<Uint8Array> = {
    async next() {
      const { done, value } = chunks.next();
      if (done !== true) return { done: false, value };
      const current = next ?? reader.read();
      next = null;
      return current as Promise<IteratorResult<Uint8Array>>;
    },
    async return() {
      letGo(reader);
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}

function letGo(reader: Reader): void {
  reader.cancel().catch(() => {});
}

/** The body of a Request that the platform takes as it is. It can be sent once; where it is changed on the way it is read. */
export function bodyOfCopy(copy: Request): RequestBodySource {
  return {
    [requestBody]: () => ({
      length: null,
      replayable: false,
      bytes: null,
      contentType: null,
      request: copy,
      open: () => ({ [Symbol.asyncIterator]: () => chunksOfCopy(copy) }),
    }),
  };
}

function chunksOfCopy(copy: Request): AsyncIterator<Uint8Array> {
  return copy.body ? streamChunks(copy.body) : wholeOf(copy);
}
