import type { NetworkError } from '../../src/error.ts';
import type { BodySink, ResponseBody } from '../../src/message/body.ts';

/**
 * The body of a fetch, which fails with the reason of its controller as soon as that aborts, whatever the stream behind
 * it makes of it, and aborts the controller when it is cancelled.
 *
 * @param over called once, when the body ended, failed or was given up
 */
export function abortableBody(
  source: ResponseBody,
  controller: AbortController,
  over: () => void,
): ResponseBody {
  const { signal } = controller;
  let sink: BodySink | null = null;
  let isOver = false;
  let failure: NetworkError | null = null;
  const finish = (): BodySink | null => {
    const last = sink;
    sink = null;
    isOver = true;
    signal.removeEventListener('abort', fail);
    over();
    return last;
  };
  const fail = (): void => {
    failure = signal.reason as NetworkError;
    source.cancel(failure);
    finish()?.fail(failure);
  };
  signal.addEventListener('abort', fail);
  return {
    start: (to) => {
      if (failure !== null) to.fail(failure);
      if (isOver) return;
      sink = to;
      source.start({
        data: (chunk, lent) => sink?.data(chunk, lent),
        end: (trailers) => finish()?.end(trailers),
        fail: (error) => finish()?.fail(error),
      });
    },
    pause: () => source.pause(),
    resume: () => source.resume(),
    cancel: (reason: NetworkError) => {
      if (isOver) return;
      finish();
      source.cancel(reason);
      controller.abort(reason);
    },
  };
}
