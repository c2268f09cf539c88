import { NetworkError } from '../error.ts';
import type { ResponseBody } from '../message/body.ts';
import type { Exchange } from './exchange.ts';

/** Bytes that are read of a body which nobody wants, so that its connection can be used again. */
export const DRAIN_LIMIT = 64 * 1024;

/**
 * Reads a body to its end and drops it, for a loop that goes round again. Resolves when what stands behind the body is
 * free: at its end, when it fails, or when it was given up because it is longer than {@link DRAIN_LIMIT}.
 *
 * Rejects with the reason when the exchange is cancelled.
 */
export function drain(body: ResponseBody, exchange: Exchange): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = DRAIN_LIMIT;
    const forget = exchange.onCancel((reason) => {
      body.cancel(reason);
      reject(reason);
    });
    const done = (): void => {
      forget();
      resolve();
    };
    body.start({
      data: (chunk) => {
        left -= chunk.length;
        if (left >= 0) return;
        body.cancel(
          new NetworkError('operation-canceled', 'the body is not wanted, and too long to be read'),
        );
        done();
      },
      end: done,
      fail: done,
    });
  });
}
