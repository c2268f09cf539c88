import { NetworkError } from '../error.ts';
import type { BodySink, ResponseBody } from './body.ts';

export type ByteReader = Pick<ReadableStreamDefaultReader<Uint8Array>, 'read' | 'cancel'>;

/**
 * A response body out of a WHATWG stream of bytes, or of what can be read like one.
 *
 * @param toError what a failure of the stream becomes
 */
export function streamBody(
  stream: { getReader(): ByteReader },
  toError: (cause: unknown) => NetworkError = unknownContent,
): ResponseBody {
  const reader = stream.getReader();
  let sink: BodySink | null = null;
  let paused = false;
  let reading = false;
  const read = async (): Promise<void> => {
    if (reading) return;
    reading = true;
    try {
      while (sink !== null && !paused) {
        const { done, value } = await reader.read();
        if (done) {
          take()?.end(null);
        } else if (value.length > 0) {
          sink?.data(value, false);
        }
      }
    } catch (cause) {
      take()?.fail(toError(cause));
    } finally {
      reading = false;
    }
  };
  const take = (): BodySink | null => {
    const last = sink;
    sink = null;
    return last;
  };
  return {
    start: (to) => {
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
    cancel: (reason) => {
      sink = null;
      // A stream that has failed already rejects here with what it failed with.
      reader.cancel(reason).catch(() => {});
    },
  };
}

function unknownContent(cause: unknown): NetworkError {
  return new NetworkError('unknown-content', `the body failed: ${String(cause)}`, { cause });
}
