/** The chunks of a WHATWG stream, also where its engine's streams cannot be iterated. */
export function streamChunks(stream: ReadableStream<Uint8Array>): AsyncIterator<Uint8Array> {
  const reader = stream.getReader();
  return {
    next: () => reader.read(),
    async return() {
      // A cancellation is not waited for, and a stream that has failed has said so.
      reader.cancel().catch(() => {});
      return { done: true, value: undefined };
    },
  };
}
