import type { NetworkError } from '../error.ts';
import type { BodySink, ResponseBody } from './body.ts';

/** One body after the other, as one. The second one waits, paused, for the end of the first; its trailers are those of both. */
export function joinBodies(first: ResponseBody, second: ResponseBody): ResponseBody {
  let current = first;
  let paused = false;
  second.pause();
  const startSecond = (sink: BodySink): void => {
    current = second;
    second.start(sink);
    if (!paused) second.resume();
  };
  return {
    start: (sink) => {
      first.start({
        data: (chunk, lent) => sink.data(chunk, lent),
        end: () => startSecond(sink),
        fail: (error) => {
          second.cancel(error);
          sink.fail(error);
        },
      });
    },
    pause: () => {
      paused = true;
      current.pause();
    },
    resume: () => {
      paused = false;
      current.resume();
    },
    cancel: (reason: NetworkError) => {
      first.cancel(reason);
      second.cancel(reason);
    },
  };
}
