import type { ResponseBody } from '../message/body.ts';
import type { Call } from './call.ts';

/** The same body, told of in the context of its request: a cache of the application's is written to from a socket. */
export function bodyInCall(body: ResponseBody, call: Call): ResponseBody {
  return {
    start: (sink) =>
      body.start({
        data: (chunk, lent) => call.inContext(() => sink.data(chunk, lent)),
        end: (trailers) => call.inContext(() => sink.end(trailers)),
        fail: (error) => call.inContext(() => sink.fail(error)),
      }),
    pause: () => body.pause(),
    resume: () => body.resume(),
    cancel: (reason) => body.cancel(reason),
  };
}
