import type { IdleTimer } from '../call/call.ts';
import type { Clock } from '../util/clock.ts';

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
    this.#lastMove = clock.monotonic();
    this.#sleep(limit);
  }

  touch(): void {
    this.#lastMove = this.#clock.monotonic();
    // What trickles in during a pause must not be pushed on beyond its end.
    this.#pausedAt = this.#lastMove;
  }

  pause(): void {
    if (this.#pauses++ === 0) this.#pausedAt = this.#clock.monotonic();
  }

  resume(): void {
    if (--this.#pauses > 0) return;
    this.#lastMove += this.#clock.monotonic() - this.#pausedAt;
    if (this.#timer === null) this.#check();
  }

  stop(): void {
    this.#stopped = true;
    this.#clock.clearTimeout(this.#timer);
  }

  #sleep(ms: number): void {
    this.#timer = this.#clock.setTimeout(() => this.#check(), ms);
  }

  #check(): void {
    this.#timer = null;
    // `resume` looks again.
    if (this.#stopped || this.#pauses > 0) return;
    const left = this.#lastMove + this.#limit - this.#clock.monotonic();
    if (left > 0) this.#sleep(left);
    else this.#onExpired();
  }
}
