import type { Clock } from '../../../src/util/clock.ts';
import type { Breach } from './judge-request.ts';
import type { ResolvedPolicy } from './policy.ts';

/** Counts what a client asks for: how much at once, and how fast. */
export class Quota {
  readonly #policy: ResolvedPolicy;
  readonly #clock: Clock;
  #running = 0;
  /** Requests that may be made at once. */
  #tokens: number;
  #filledAt: number;

  constructor(policy: ResolvedPolicy, clock: Clock) {
    this.#policy = policy;
    this.#clock = clock;
    this.#tokens = this.#most;
    this.#filledAt = clock.monotonic();
  }

  /** Counts one more request, unless it is one too many. */
  begin(): Breach | null {
    const { maximumRequests, requestsPerSecond } = this.#policy;
    if (this.#running >= maximumRequests)
      return { rule: 'maximumRequests', reason: `more than ${maximumRequests} requests at a time` };
    this.#fill();
    if (this.#tokens < 1)
      return { rule: 'requestsPerSecond', reason: `more than ${requestsPerSecond} requests a second` };
    this.#tokens--;
    this.#running++;
    return null;
  }

  /** A request that was counted is over. */
  end(): void {
    this.#running--;
  }

  /** An idle client has saved up what one second gives, and may begin with all that may run at once. */
  get #most(): number {
    return Math.max(this.#policy.requestsPerSecond, this.#policy.maximumRequests);
  }

  #fill(): void {
    const now = this.#clock.monotonic();
    const gained = ((now - this.#filledAt) / 1000) * this.#policy.requestsPerSecond;
    this.#filledAt = now;
    this.#tokens = Math.min(this.#most, this.#tokens + gained);
  }
}
