/** The chunks of a WHATWG stream: not every engine's streams can be iterated. Ending early cancels the stream. */
export async function* streamChunks(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const reader = stream.getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
  } finally {
    // A stream that has ended or failed ignores it, and nobody waits for one that takes its time.
    reader.cancel().catch(() => {});
  }
}
