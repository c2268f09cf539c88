import { type Clock, systemClock } from '../util/clock.ts';

/**
 * How long (milliseconds) a request waits for a store or a cache. IndexedDB never answers while another tab holds the
 * database that a third one deletes, and a network drive that has gone keeps every call.
 */
export const STORE_PATIENCE = 1000;

/** A store did not answer in time. What it was asked for goes on, and may still succeed. */
export class StoreTimeout extends Error {
  /** @param what the store and the operation: `'cache: looking for an entry'` */
  constructor(what: string) {
    super(`${what} took longer than ${STORE_PATIENCE} ms: going on without it`);
    this.name = 'StoreTimeout';
  }
}

type Timers = Pick<Clock, 'setTimeout' | 'clearTimeout'>;

/**
 * Waits for what a store does, and no longer than {@link STORE_PATIENCE}: the one bound of every wait for a store or a
 * cache.
 *
 * @returns what `work` resolves with; rejects as `work` does, or with a {@link StoreTimeout}
 */
export function withinPatience<Value>(
  work: Promise<Value>,
  what: string,
  clock: Timers = systemClock,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimeout(() => reject(new StoreTimeout(what)), STORE_PATIENCE);
    work.then(
      (value) => {
        clock.clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clock.clearTimeout(timer);
        reject(error);
      },
    );
  });
}
