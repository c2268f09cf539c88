import { NetworkError } from '../error.ts';
import type { ResponseBody } from '../message/body.ts';
import type { Call } from './call.ts';

/** Bytes that are read of a body which is not wanted, so that its connection can be used again. */
export const DRAIN_LIMIT = 64 * 1024;

/** Milliseconds that such a body may take: after that a new connection is cheaper than the wait for this one. */
export const DRAIN_TIME = 500;

/**
 * Reads a body to its end and drops it, for a loop that goes round again. Resolves when what stands behind the body is
 * free: at its end, when it fails, or when it was given up because it is longer than {@link DRAIN_LIMIT} or takes longer
 * than {@link DRAIN_TIME}.
 *
 * Rejects with the reason when the call is cancelled.
 */
export function drain(body: ResponseBody, call: Call): Promise<void> {
  return new Promise((resolve, reject) => {
    const { clock } = call;
    let left = DRAIN_LIMIT;
    let isOver = false;
    let timer: unknown = null;
    const over = (): void => {
      isOver = true;
      clock.clearTimeout(timer);
    };
    const forget = call.onCancel((reason) => {
      over();
      body.cancel(reason);
      reject(reason);
    });
    const done = (): void => {
      over();
      forget();
      resolve();
    };
    const giveUp = (): void => {
      body.cancel(new NetworkError('operation-canceled', 'the body of a response in between is not wanted'));
      done();
    };
    body.start({
      data: (chunk) => {
        left -= chunk.length;
        if (left < 0) giveUp();
      },
      end: done,
      fail: done,
    });
    if (!isOver) timer = clock.setTimeout(giveUp, DRAIN_TIME);
  });
}
