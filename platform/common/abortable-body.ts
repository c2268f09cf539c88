import type { NetworkError } from '../../src/error.ts';
import type { BodySink, ResponseBody } from '../../src/message/body.ts';

/**
 * The body of a fetch, which fails as soon as its controller aborts, whatever the stream behind it makes of that, and
 * aborts the controller when it is cancelled.
 *
 * @param reason why the controller was aborted
 * @param over called once, when the body ended, failed or was given up
 */
export function abortableBody(
  source: ResponseBody,
  controller: AbortController,
  reason: () => NetworkError,
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
    failure = reason();
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
    cancel: (why) => {
      if (isOver) return;
      finish();
      source.cancel(why);
      controller.abort();
    },
  };
}
