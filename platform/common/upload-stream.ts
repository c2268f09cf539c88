import { NetworkError } from '../../src/error.ts';
import type { RequestBody } from '../../src/message/body.ts';

/** The same body, whose source is closed as soon as `signal` aborts, and which fails when it breaks its promised length. */
export function guardedBody(body: RequestBody, signal: AbortSignal): RequestBody {
  const { length, replayable, bytes, contentType } = body;
  return { length, replayable, bytes, contentType, open: () => guardedChunks(body, signal) };
}

async function* guardedChunks(body: RequestBody, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const source = body.open()[Symbol.asyncIterator]();
  const close = (): void => {
    source.return?.().catch(() => {});
  };
  signal.addEventListener('abort', close);
  let sent = 0;
  let complete = false;
  try {
    for (;;) {
      const { done, value } = await source.next();
      if (done === true) break;
      sent += value.length;
      yield value;
    }
    complete = true;
    if (body.length !== null && body.length !== sent) {
      throw new NetworkError(
        'unknown-network',
        `the request body failed: it was announced with ${body.length} bytes and yielded ${sent}`,
      );
    }
  } finally {
    signal.removeEventListener('abort', close);
    if (!complete) close();
  }
}

/** A request body as the stream that fetch takes. */
export function uploadStream(body: RequestBody): ReadableStream<Uint8Array> {
  const source = body.open()[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await source.next();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await source.return?.();
    },
  });
}
