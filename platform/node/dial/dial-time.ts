import type { Check } from '../../../src/checks/checker.ts';
import { NetworkError } from '../../../src/error.ts';
import type { Clock } from '../../../src/util/clock.ts';

/** The time that a dial may take: its signal aborts with the one that is given, or when the time is over. */
export class DialTime {
  readonly #abort = new AbortController();
  readonly #outer: AbortSignal;
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #url: string;
  readonly #giveUp = (): void => this.#abort.abort(this.#outer.reason);
  #left: number;
  #startedAt = 0;
  #timer: unknown = null;

  /** @param limit milliseconds; Infinity for none */
  constructor(outer: AbortSignal, limit: number, clock: Clock, url: string) {
    this.#outer = outer;
    this.#clock = clock;
    this.#limit = limit;
    this.#left = limit;
    this.#url = url;
    if (outer.aborted) this.#giveUp();
    outer.addEventListener('abort', this.#giveUp);
    this.start();
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Time counts, again. */
  start(): void {
    if (this.#limit === Number.POSITIVE_INFINITY || this.signal.aborted) return;
    this.#startedAt = this.#clock.monotonic();
    this.#timer = this.#clock.setTimeout(
      () => this.#abort.abort(tookTooLong(this.#limit, this.#url)),
      this.#left,
    );
  }

  /** Time stands still. */
  stop(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#left = Math.max(0, this.#left - (this.#clock.monotonic() - this.#startedAt));
  }

  /** The dial is over. */
  end(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#outer.removeEventListener('abort', this.#giveUp);
  }
}

/** Qt: QAbstractSocket waits so long for a connection, in milliseconds. */
export const CONNECT_TIMEOUT = 30_000;

/** What may stand for it. */
export const CONNECT_TIMEOUT_CHECK: Check = {
  expected: 'a number of milliseconds above 0',
  accepts: (value) => typeof value === 'number' && value > 0,
};

export function tookTooLong(limit: number, url: string): NetworkError {
  const words = `no connection was there after ${limit / 1000} s (connectTimeout)`;
  return new NetworkError('timeout', words, { url });
}

/** The same promise, given up (not stopped) when the signal aborts: then it rejects with the reason. */
export function abortable<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    promise.finally(() => signal.removeEventListener('abort', abort)).then(resolve, reject);
  });
}
