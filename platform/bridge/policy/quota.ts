import type { Clock } from '../../../src/util/clock.ts';
import type { Breach } from './judge-request.ts';
import type { ResolvedPolicy } from './policy.ts';

/** How fast requests may be made, over all ports that one client has after one another. */
export class RequestRate {
  readonly #clock: Clock;
  /** Requests that were made and that no time has made up for yet. */
  #spent = 0;
  #at: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#at = clock.monotonic();
  }

  /** Counts one more, unless it is one too many. */
  take({ requestsPerSecond, maximumRequests }: ResolvedPolicy): boolean {
    const now = this.#clock.monotonic();
    this.#spent = Math.max(0, this.#spent - ((now - this.#at) / 1000) * requestsPerSecond);
    this.#at = now;
    // An idle client has saved up what one second gives, and may begin with all that may run at once.
    if (this.#spent + 1 > Math.max(requestsPerSecond, maximumRequests)) return false;
    this.#spent++;
    return true;
  }
}

/** Counts what a client asks for: how much at once, and how fast. */
export class Quota {
  readonly #policy: ResolvedPolicy;
  readonly #rate: RequestRate;
  #running = 0;

  constructor(policy: ResolvedPolicy, rate: RequestRate) {
    this.#policy = policy;
    this.#rate = rate;
  }

  /** Counts one more request, unless it is one too many. */
  begin(): Breach | null {
    const { maximumRequests, requestsPerSecond } = this.#policy;
    if (this.#running >= maximumRequests)
      return { rule: 'maximumRequests', reason: `more than ${maximumRequests} requests at a time` };
    if (!this.#rate.take(this.#policy))
      return { rule: 'requestsPerSecond', reason: `more than ${requestsPerSecond} requests a second` };
    this.#running++;
    return null;
  }

  /** A request that was counted is over. */
  end(): void {
    this.#running--;
  }
}
