import type { IdleTimer } from '../call/call.ts';
import type { Clock } from '../util/clock.ts';

/** A longer delay overflows the platform's timer, which then fires at once. */
const LONGEST_DELAY = 2 ** 31 - 1;

/**
 * Calls back once when nothing has moved for a while. A touch costs one look at the clock: the timer is not set anew;
 * when it fires, it looks how long nothing has moved and sleeps for the rest.
 */
export class IdleTimeout implements IdleTimer {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #onExpired: () => void;
  /** When something moved last. A pause pushes it on by as long as it lasted. */
  #lastMove: number;
  #pausedAt = 0;
  #pauses = 0;
  #timer: unknown = null;
  #stopped = false;

  /** Counts from now on. @param limit milliseconds */
  constructor(clock: Clock, limit: number, onExpired: () => void) {
    this.#clock = clock;
    this.#limit = limit;
    this.#onExpired = onExpired;
    this.#lastMove = clock.now();
    this.#sleep(limit);
  }

  touch(): void {
    this.#lastMove = this.#clock.now();
    // What trickles in during a pause must not be pushed on beyond its end.
    this.#pausedAt = this.#lastMove;
  }

  pause(): void {
    if (this.#pauses++ === 0) this.#pausedAt = this.#clock.now();
  }

  resume(): void {
    if (--this.#pauses > 0) return;
    this.#lastMove += this.#clock.now() - this.#pausedAt;
    if (this.#timer === null) this.#check();
  }

  stop(): void {
    this.#stopped = true;
    this.#clock.clearTimeout(this.#timer);
  }

  #sleep(ms: number): void {
    this.#timer = this.#clock.setTimeout(() => this.#check(), Math.min(ms, LONGEST_DELAY));
  }

  #check(): void {
    this.#timer = null;
    // Whoever resumes looks again.
    if (this.#stopped || this.#pauses > 0) return;
    const left = this.#lastMove + this.#limit - this.#clock.now();
    if (left > 0) this.#sleep(left);
    else this.#onExpired();
  }
}
