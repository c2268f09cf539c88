import { type Clock, setBackgroundTimeout } from '../../../src/util/clock.ts';
import { LinkedList } from '../../../src/util/collections.ts';
import type { Breach } from '../policy/judge-request.ts';
import type { ResolvedPolicy } from '../policy/policy.ts';
import { type ClientRate, messageWeight } from '../policy/quota.ts';
import type { BridgePort } from '../port.ts';
import { PORT_WINDOW, POST_MESSAGES } from '../protocol.ts';
import { type PlainMessage, plainMessages } from './plain-copy.ts';

/** What a port does with what was said. */
export interface InboxHost {
  readonly policy: ResolvedPolicy;
  readonly rate: ClientRate;
  readonly clock: Clock;
  /** The next message, in the order in which they were said. */
  obey(message: unknown): void;
  /** More waits than the policy lets wait. */
  flooded(breach: Breach): void;
}

/** What a turn of the event loop obeys of one port, of small messages; of requests it is a fifth. */
const TURN = 64;
/** What is obeyed of a post where no turn can be told from the next: no less than a client puts into one. */
const WHOLE_POST = 5 * POST_MESSAGES;

/**
 * What a client has said and what is not yet obeyed. A turn of the event loop obeys so much of one port that no client waits
 * long for another one, and a second what the policy says. What is beyond waits, and nothing can be said against it: a port
 * cannot be told to wait. So whoever goes on all the same is shown the door.
 */
export class Inbox {
  readonly #port: BridgePort;
  readonly #host: InboxHost;
  readonly #waiting = new LinkedList<PlainMessage>();
  /** What they count for, and their bytes of bodies. */
  #weight = 0;
  #bytes = 0;
  /** What the client may have spent when the turn is over. */
  #limit: number;
  #isTurnAwaited = false;
  #timer: unknown = null;
  #isClosed = false;

  constructor(port: BridgePort, host: InboxHost) {
    this.#port = port;
    this.#host = host;
    this.#limit = host.rate.spent + TURN;
  }

  /** What all that waits counts for. */
  get weight(): number {
    return this.#weight;
  }

  /** @throws MalformedMessage for what is no post */
  take(post: unknown): void {
    if (this.#isClosed) return;
    const { maximumMessageSize, messagesPerSecond } = this.#host.policy;
    for (const message of plainMessages(post, maximumMessageSize)) {
      this.#waiting.append(message);
      this.#weight += messageWeight(message.size);
      this.#bytes += message.bytes;
    }
    if (!this.#isTurnAwaited) this.#beginTurn(this.#port.afterTurn === undefined ? WHOLE_POST : TURN);
    this.#work();
    if (this.#weight <= messagesPerSecond && this.#bytes <= PORT_WINDOW) return;
    const reason = `more messages wait than ${messagesPerSecond} a second let be heard`;
    this.#host.flooded({ rule: 'messagesPerSecond', reason });
  }

  /** Nothing is obeyed any more. */
  close(): void {
    this.#isClosed = true;
    for (const message of this.#waiting) this.#takeOut(message);
    this.#host.clock.clearTimeout(this.#timer);
  }

  #work(): void {
    const { rate, policy } = this.#host;
    for (let first = this.#waiting.first; first !== null; first = this.#waiting.first) {
      const delay = rate.messageDelay(policy);
      if (delay > 0 || rate.spent >= this.#limit) {
        this.#await(delay);
        return;
      }
      this.#takeOut(first);
      rate.addMessage(first.size);
      this.#host.obey(first.message);
    }
    if (this.#port.afterTurn !== undefined) this.#await(0);
  }

  #takeOut(message: PlainMessage): void {
    this.#waiting.remove(message);
    this.#weight -= messageWeight(message.size);
    this.#bytes -= message.bytes;
  }

  /** Goes on in the next turn, or when the rate allows it. */
  #await(delay: number): void {
    if (this.#isTurnAwaited || this.#isClosed) return;
    this.#isTurnAwaited = true;
    const { afterTurn } = this.#port;
    if (delay === 0 && afterTurn !== undefined) afterTurn(this.#turn);
    else this.#timer = setBackgroundTimeout(this.#turn, delay, this.#host.clock);
  }

  readonly #turn = (): void => {
    this.#isTurnAwaited = false;
    if (this.#waiting.first === null) return;
    this.#beginTurn(TURN);
    this.#work();
  };

  #beginTurn(most: number): void {
    this.#limit = this.#host.rate.spent + most;
  }
}
