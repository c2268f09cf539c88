/**
 * The chunks of a WHATWG stream: not every engine's streams can be iterated. Ending early cancels the stream at once,
 * even while a chunk is awaited, for which a generator would wait.
 */
export function streamChunks(stream: ReadableStream<Uint8Array>): AsyncIterableIterator<Uint8Array> {
  const reader = stream.getReader();
  return {
    next: () => reader.read(),
    async return() {
      // Nobody waits for a stream that takes its time, and one that has failed has said so.
      reader.cancel().catch(() => {});
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
