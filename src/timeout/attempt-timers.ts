import type { Call, IdleTimer } from '../call/call.ts';
import type { HttpRequest } from '../call/request.ts';
import { type Reach, timedOut } from '../call/timed-out.ts';
import type { TimeoutName } from '../options/timeouts.ts';
import { IdleTimeout } from './idle-timeout.ts';

/**
 * The timers of one attempt, which see the same moments: bytes that move, a connection that stands, a request that is sent, a
 * head. While the application is asked or does not read, all but that of the whole attempt stand still.
 */
export class AttemptTimers implements IdleTimer {
  readonly #request: HttpRequest;
  readonly #attempt: Call;
  readonly #idle: IdleTimeout | null;
  #connect: IdleTimeout | null = null;
  #firstByte: IdleTimeout | null = null;
  readonly #whole: unknown;
  readonly #forget: () => void;
  #isAwaitingSent = false;
  #reach: Reach;

  /** Begins to count. */
  constructor(request: HttpRequest, attempt: Call, tellsPhases: boolean) {
    const { connect, firstByte, attempt: whole = 0 } = request.options.timeouts;
    this.#request = request;
    this.#attempt = attempt;
    this.#idle = this.#count('idle', request.options.transferTimeout);
    this.#connect = this.#count('connect', connect);
    this.#reach = tellsPhases ? 'opening' : 'sent';
    if (tellsPhases) this.#isAwaitingSent = true;
    else this.#firstByte = this.#count('firstByte', firstByte);
    this.#whole = whole === 0 ? null : attempt.clock.setTimeout(() => this.#expire('attempt', whole), whole);
    this.#forget = attempt.onCancel(() => this.stop());
    attempt.idle = this;
  }

  get reach(): Reach {
    return this.#reach;
  }

  touch(): void {
    this.#idle?.touch();
    if (!this.#isAwaitingSent || this.#attempt.timings.requestSent === 0) return;
    this.#isAwaitingSent = false;
    this.#firstByte = this.#count('firstByte', this.#request.options.timeouts.firstByte);
  }

  connected(): void {
    if (this.#reach === 'opening') this.#reach = 'carried';
    this.#connect?.stop();
    this.#connect = null;
  }

  /** The head is there. Counting goes on when the body is read: the stages above may take their time, a jar that is slow to store. */
  answered(): void {
    this.connected();
    this.#isAwaitingSent = false;
    this.#firstByte?.stop();
    this.#firstByte = null;
    this.#idle?.touch();
    this.#idle?.pause();
  }

  pause(): void {
    for (const timer of this.#all()) timer?.pause();
  }

  resume(): void {
    for (const timer of this.#all()) timer?.resume();
  }

  stop(): void {
    this.#forget();
    for (const timer of this.#all()) timer?.stop();
    this.#attempt.clock.clearTimeout(this.#whole);
    this.#isAwaitingSent = false;
    this.#attempt.idle = null;
  }

  #all(): readonly (IdleTimeout | null)[] {
    return [this.#idle, this.#connect, this.#firstByte];
  }

  #count(name: TimeoutName, limit = 0): IdleTimeout | null {
    if (limit === 0) return null;
    return new IdleTimeout(this.#attempt.clock, limit, () => this.#expire(name, limit));
  }

  #expire(name: TimeoutName, limit: number): void {
    this.#attempt.cancel(timedOut(name, limit, this.#request.url, this.#attempt, this.#reach));
  }
}
