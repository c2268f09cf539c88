import type { Call } from '../call/call.ts';
import type { HttpRequest } from '../call/request.ts';
import type { HttpResponse } from '../call/response.ts';
import type { Next, Stage } from '../call/stage.ts';
import { observeBody } from '../message/observe-body.ts';
import { NO_TIMEOUTS } from '../options/timeouts.ts';
import { AttemptTimers } from './attempt-timers.ts';

/**
 * Cancels an attempt that takes longer than one of its timeouts allows: `connect`, `firstByte`, `attempt`, and `idle`, which
 * is when no byte has moved, either way, for the transfer timeout. Below the queue, so the wait for a slot does not count
 * (`queue` is the queue's own, and `total` the call's).
 *
 * Qt's transfer timeout counts the queue, and the reader's time, too.
 *
 * @param tellsPhases whether the transport tells when it has a connection, and when the request was sent
 */
export function timeoutStage(tellsPhases: boolean): Stage {
  return {
    name: 'timeout',
    handle: (request, next, attempt) => {
      const { transferTimeout, timeouts } = request.options;
      return transferTimeout === 0 && timeouts === NO_TIMEOUTS
        ? null
        : watch(request, next, attempt, tellsPhases);
    },
  };
}

async function watch(
  request: HttpRequest,
  next: Next,
  attempt: Call,
  tellsPhases: boolean,
): Promise<HttpResponse> {
  const timers = new AttemptTimers(request, attempt, tellsPhases);
  try {
    const response = await next(request, attempt);
    timers.answered();
    const body = observeBody(response.body, {
      started: () => timers.resume(),
      data: () => timers.touch(),
      paused: (paused) => (paused ? timers.pause() : timers.resume()),
      done: () => timers.stop(),
      // Of an opaque response no byte can be seen to move.
      ...(response.status === 0 ? { handedOut: () => {} } : {}),
    });
    return { ...response, body };
  } catch (error) {
    timers.stop();
    throw error;
  }
}
