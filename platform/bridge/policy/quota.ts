import type { Clock } from '../../../src/util/clock.ts';
import type { Breach } from './judge-request.ts';
import type { ResolvedPolicy } from './policy.ts';

/** What a request or call counts for beside its message, granted or refused: that is what costs the owner its time. */
const REQUEST = 4;

/** Ports that a client may have had handed over at once, and in each second after that: each costs as much as dozens of messages. */
const PORTS_AT_ONCE = 200;
const PORTS_PER_SECOND = 100;

/** What was spent and what no time has made up for yet. */
class Spending {
  readonly #clock: Clock;
  #spent = 0;
  #at: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#at = clock.monotonic();
  }

  /** What is not made up for when so much is made up for in a second. */
  left(perSecond: number): number {
    const now = this.#clock.monotonic();
    this.#spent = Math.max(0, this.#spent - ((now - this.#at) / 1000) * perSecond);
    this.#at = now;
    return this.#spent;
  }

  add(amount: number): void {
    this.#spent += amount;
  }
}

/** How fast a client may ask, and talk, over all ports that it has after one another. */
export class ClientRate {
  readonly #requests: Spending;
  readonly #messages: Spending;
  readonly #ports: Spending;
  /** What all messages have counted for so far. */
  spent = 0;

  constructor(clock: Clock) {
    this.#requests = new Spending(clock);
    this.#messages = new Spending(clock);
    this.#ports = new Spending(clock);
  }

  /** Counts one more port of the client, unless it is one too many. */
  takePort(): boolean {
    if (this.#ports.left(PORTS_PER_SECOND) + 1 > PORTS_AT_ONCE) return false;
    this.#ports.add(1);
    return true;
  }

  /** Counts one more request, unless it is one too many. */
  takeRequest({ requestsPerSecond, maximumRequests }: ResolvedPolicy): boolean {
    // An idle client has saved up what one second gives, and may begin with all that may run at once.
    if (this.#requests.left(requestsPerSecond) + 1 > Math.max(requestsPerSecond, maximumRequests))
      return false;
    this.#requests.add(1);
    return true;
  }

  /** Milliseconds until the next message may be handled; 0 when it may be now. */
  messageDelay({ messagesPerSecond }: ResolvedPolicy): number {
    const excess = this.#messages.left(messagesPerSecond) + 1 - messagesPerSecond;
    return excess <= 0 ? 0 : Math.ceil((excess / messagesPerSecond) * 1000);
  }

  /** Counts a message, of that many bytes beside those of bodies. */
  addMessage(size: number): void {
    this.#add(messageWeight(size));
  }

  /** Counts a request or call. */
  addRequest(): void {
    this.#add(REQUEST);
  }

  #add(weight: number): void {
    this.spent += weight;
    this.#messages.add(weight);
  }
}

/** What a message counts for. One that has more to read than others counts as several. */
export function messageWeight(size: number): number {
  return 1 + Math.floor(size / 1024);
}

/** Counts what a client asks for: how much at once, and how fast. */
export class Quota {
  readonly #policy: ResolvedPolicy;
  readonly #rate: ClientRate;
  #running = 0;

  constructor(policy: ResolvedPolicy, rate: ClientRate) {
    this.#policy = policy;
    this.#rate = rate;
  }

  /** Counts one more request, unless it is one too many. */
  begin(): Breach | null {
    const { maximumRequests, requestsPerSecond } = this.#policy;
    if (this.#running >= maximumRequests)
      return { rule: 'maximumRequests', reason: `more than ${maximumRequests} requests at a time` };
    if (!this.#rate.takeRequest(this.#policy))
      return { rule: 'requestsPerSecond', reason: `more than ${requestsPerSecond} requests a second` };
    this.#running++;
    return null;
  }

  /** A request that was counted is over. */
  end(): void {
    this.#running--;
  }
}
