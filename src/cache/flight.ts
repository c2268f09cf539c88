import { NetworkError } from '../error.ts';
import { ask } from '../pipeline/ask.ts';
import { Exchange } from '../pipeline/exchange.ts';
import { type Ask, askNobody } from '../pipeline/question.ts';
import type { HttpResponse } from '../pipeline/stage.ts';
import type { Fill } from './fill.ts';
import type { StoredResponse } from './metadata.ts';
import type { MaybePromise } from './network-cache.ts';

/** What a request to the network has brought, at the time of the head. */
export interface Landing {
  /** For the request that was sent. */
  readonly response: HttpResponse;
  /** For requests that waited: the response as a stored one, and the body that is on its way; null when it is not stored. */
  readonly shared: { readonly stored: StoredResponse; readonly fill: Fill } | null;
  /** A stored response stands in for an error, of that status if it has one. The others need not ask for it again. */
  readonly trouble?: { readonly status: number | undefined };
}

/**
 * One exchange with the network for all equal requests that come while it is under way. It reports to the first of them
 * and asks any that is still there; it ends early only when all have gone.
 */
export class Flight {
  readonly #leader: Exchange;
  readonly #exchange: Exchange;
  readonly #members = new Set<Exchange>();
  readonly #landing: Promise<Landing>;
  #landed: Landing | null = null;
  /** Has taken the response itself. */
  #reader: Exchange | null = null;

  /** Takes off at once; `leader` is a member from now on, and has to `join` in this turn. */
  constructor(leader: Exchange, run: (exchange: Exchange) => Promise<Landing>) {
    this.#leader = leader;
    this.#exchange = new Exchange({ accept: (event) => leader.emit(event), ask: this.#ask }, leader.clock);
    if (leader.priority !== null) this.#exchange.setPriority(leader.priority);
    leader.queued = { setPriority: (priority) => this.#exchange.setPriority(priority) };
    this.#landing = run(this.#exchange).then((landing) => {
      this.#landed = landing;
      leader.queued = null;
      const { created } = leader.timings;
      Object.assign(leader.timings, this.#exchange.timings, { created });
      this.#releaseUnclaimed();
      return landing;
    });
    // Whoever joins hears of a failure; without members nobody has to.
    this.#landing.catch(() => {});
  }

  /**
   * Waits for the head, or for the end of `exchange`. The response itself is `own` to one of them: to the leader, or when
   * that has gone to the next.
   */
  join<Claimed>(
    exchange: Exchange,
    claim: (landing: Landing, own: boolean) => MaybePromise<Claimed>,
  ): Promise<Claimed> {
    return new Promise((resolve, reject) => {
      this.#members.add(exchange);
      const forget = exchange.onCancel((reason) => {
        reject(reason);
        this.#leave(exchange, reason);
      });
      const settle = (outcome: () => void): void => {
        forget();
        if (!this.#members.has(exchange)) return;
        try {
          outcome();
        } catch (error) {
          reject(error);
        }
        this.#leave(exchange, null);
      };
      this.#landing.then(
        (landing) => settle(() => resolve(claim(landing, this.#take(exchange)))),
        (error: unknown) => settle(() => reject(error)),
      );
    });
  }

  /** Of whoever reads the response itself. The shared one goes on for others, so it does not end with that reply. */
  get reader(): Exchange {
    return this.#reader ?? this.#leader;
  }

  #take(exchange: Exchange): boolean {
    const own = this.#reader === null && (exchange === this.#leader || this.#leader.cancelled !== null);
    if (own) this.#reader = exchange;
    return own;
  }

  /** The first of them answers for all; when it leaves while it is asked, the next. */
  readonly #ask: Ask = async (question) => {
    const [member] = this.#members;
    if (member === undefined) return askNobody(question);
    try {
      return { answer: await ask(member, question), error: null };
    } catch (cause) {
      if (member.cancelled !== null && this.#members.size > 0) return this.#ask(question);
      return { answer: null, error: NetworkError.from(cause).toJSON() };
    }
  };

  #leave(exchange: Exchange, reason: NetworkError | null): void {
    this.#members.delete(exchange);
    if (this.#members.size > 0) return;
    if (this.#landed === null && reason !== null) this.#exchange.cancel(reason);
    this.#releaseUnclaimed();
  }

  /** The body goes when all have gone before one could take it. */
  #releaseUnclaimed(): void {
    const reason = this.#leader.cancelled;
    if (this.#landed !== null && this.#members.size === 0 && reason !== null && this.#reader === null) {
      this.#landed.response.body.cancel(reason);
    }
  }
}
