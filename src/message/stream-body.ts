import type { NetworkError } from '../error.ts';
import type { BodySink, ResponseBody } from './body.ts';

export type ByteReader = Pick<ReadableStreamDefaultReader<Uint8Array>, 'read' | 'cancel'>;
export type ByteStream = { getReader(): ByteReader };

/**
 * A response body out of a WHATWG stream of bytes, or of what can be read like one.
 *
 * @param toError what a failure of the stream becomes, or an abort
 * @param controller aborts what stands behind the stream when the body is cancelled. When somebody else aborts it, the
 * body fails at once, whatever the stream makes of that
 * @param done called when the body has ended, failed or was given up, before its reader hears of it, at least once
 */
export function streamBody(
  stream: ByteStream,
  toError: (cause: unknown) => NetworkError,
  controller: AbortController = new AbortController(),
  done: () => void = () => {},
): ResponseBody {
  const reader = stream.getReader();
  const { signal } = controller;
  let sink: BodySink | null = null;
  let paused = false;
  let reading = false;
  const take = (): BodySink | null => {
    done();
    const last = sink;
    sink = null;
    return last;
  };
  const read = async (): Promise<void> => {
    if (reading) return;
    reading = true;
    try {
      while (sink !== null && !paused) {
        const { done, value } = await reader.read();
        if (done) take()?.end(null);
        else if (value.length > 0) sink?.data(value, false);
      }
    } catch (cause) {
      take()?.fail(toError(cause));
    }
    reading = false;
  };
  signal.addEventListener('abort', () => {
    take()?.fail(toError(signal.reason));
    // A stream that has failed already rejects here with what it failed with.
    reader.cancel().catch(() => {});
  });
  return {
    start: (to) => {
      if (signal.aborted) {
        to.fail(toError(signal.reason));
        return;
      }
      sink = to;
      void read();
    },
    pause: () => {
      paused = true;
    },
    resume: () => {
      paused = false;
      void read();
    },
    cancel: () => {
      sink = null;
      controller.abort();
    },
  };
}
