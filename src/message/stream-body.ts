import type { NetworkError } from '../error.ts';
import type { BodySink, ResponseBody } from './body.ts';
import { bytesOfStream } from './to-bytes.ts';

export type ByteReader = Pick<ReadableStreamDefaultReader<Uint8Array>, 'read' | 'cancel'>;
export type ByteStream = { getReader(): ByteReader };

export interface StreamBodyInit {
  /**
   * Aborts what stands behind the stream when the body is cancelled. When something else aborts it, the body fails at
   * once, whatever the stream makes of that.
   */
  readonly controller?: AbortController;
  /** Called when the body has ended, failed or was given up, before its reader hears of it, at least once. */
  readonly done?: () => void;
  /** The source of the stream may use the memory of its chunks again. */
  readonly isLent?: boolean;
}

/**
 * A response body out of a WHATWG stream of bytes, or of what can be read like one. A chunk that is no Uint8Array is a
 * TypeError (WHATWG Fetch, "incrementally read loop").
 *
 * @param toError what a failure of the stream becomes, or an abort
 */
export function streamBody(
  stream: ByteStream,
  toError: (cause: unknown) => NetworkError,
  { controller = new AbortController(), done = () => {}, isLent = false }: StreamBodyInit = {},
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
        else if (bytesOfStream(value).length > 0) sink?.data(value, isLent);
      }
    } catch (cause) {
      take()?.fail(toError(cause));
      // Nothing more will be read of it, which a stream that has failed itself knows.
      reader.cancel(cause).catch(() => {});
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
