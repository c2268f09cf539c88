import type { BodySink, ResponseBody } from './body.ts';

/** A body of bytes that are in memory, which stay their owner's. */
export function bytesBody(...chunks: readonly Uint8Array[]): ResponseBody {
  let index = 0;
  let paused = false;
  let running = false;
  let sink: BodySink | null = null;
  const flow = (): void => {
    if (running) return;
    running = true;
    while (sink !== null && !paused) {
      const chunk = chunks[index++];
      if (chunk !== undefined) {
        if (chunk.length > 0) sink.data(chunk, true);
      } else {
        const last = sink;
        sink = null;
        last.end(null);
      }
    }
    running = false;
  };
  return {
    start: (to) => {
      sink = to;
      flow();
    },
    pause: () => {
      paused = true;
    },
    resume: () => {
      paused = false;
      flow();
    },
    cancel: () => {
      sink = null;
    },
  };
}
