import type { Call } from '../call/call.ts';
import type { HttpRequest } from '../call/request.ts';
import type { HttpResponse } from '../call/response.ts';
import type { Next, Stage } from '../call/stage.ts';
import { NetworkError } from '../error.ts';
import { observeBody } from '../message/observe-body.ts';
import { IdleTimeout } from './idle-timeout.ts';

/**
 * Cancels an attempt on which no byte has moved, either way, for the transfer timeout. Below the queue, so the wait for
 * a slot does not count; neither does an open question, nor the time in which the reader of the body does not read, or
 * has not begun to.
 *
 * Qt counts the queue, and the reader's time, too.
 */
export const timeoutStage: Stage = {
  name: 'timeout',
  handle: (request, next, attempt) =>
    request.options.transferTimeout === 0 ? next(request, attempt) : watch(request, next, attempt),
};

async function watch(request: HttpRequest, next: Next, attempt: Call): Promise<HttpResponse> {
  const limit = request.options.transferTimeout;
  const idle = new IdleTimeout(attempt.clock, limit, () => attempt.cancel(timedOut(request)));
  attempt.idle = idle;
  const forget = attempt.onCancel(() => idle.stop());
  const done = (): void => {
    forget();
    idle.stop();
    attempt.idle = null;
  };
  try {
    const response = await next(request, attempt);
    idle.touch();
    // The stages above may take their time with the head: a jar that is slow to store, a disk.
    idle.pause();
    const body = observeBody(response.body, {
      started: () => idle.resume(),
      data: () => idle.touch(),
      paused: (paused) => (paused ? idle.pause() : idle.resume()),
      done,
      // Of an opaque response no byte can be seen to move.
      ...(response.status === 0 ? { handedOut: () => {} } : {}),
    });
    return { ...response, body };
  } catch (error) {
    done();
    throw error;
  }
}

function timedOut(request: HttpRequest): NetworkError {
  const { transferTimeout } = request.options;
  return new NetworkError('timeout', `no byte moved for ${transferTimeout} ms`, {
    url: request.url.href,
  });
}
