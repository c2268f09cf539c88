import { ask } from '../../call/ask.ts';
import { Call, type Canceler } from '../../call/call.ts';
import type { HttpResponse } from '../../call/response.ts';
import type { Timings } from '../../call/timings.ts';
import { NetworkError } from '../../error.ts';
import type { StoredResponse } from '../storage/metadata.ts';
import type { MaybePromise } from '../storage/network-cache.ts';
import type { IncomingEntry } from './incoming-entry.ts';

/** What a request to the network has brought, at the time of the head. */
export interface FetchResult {
  /** For the request that was sent. */
  readonly response: HttpResponse;
  /** For requests that waited: the response as a stored one, and the body that is on its way; null when it is not stored. */
  readonly shared: { readonly stored: StoredResponse; readonly incoming: IncomingEntry } | null;
  /** A stored response stands in for an error, of that status if it has one. The others need not ask for it again. */
  readonly trouble?: { readonly status: number | undefined };
}

/** Why a request has to go on by itself: the leader has gone, or its head did not come in time. */
export type InVain = 'left' | 'late';

interface Waiter extends Canceler {
  /** Ends the wait with what `outcome` tells, and forgets the waiter. */
  end(outcome: (waiter: Waiting) => void): void;
}

interface Waiting {
  claim(result: FetchResult): void;
  goOn(why: InVain): void;
  fail(error: unknown): void;
}

/**
 * One exchange with the network for all equal requests that come while it is under way.
 *
 * Theory of operation. The first request is the leader: the exchange is sent for it, reports to it, asks it, and ends with
 * it. The others wait for the head, no longer than they are told to. At the head each of them claims what it can use; the
 * body then flows to all of them (see `IncomingEntry`), and it does not matter any more who was the first. When there is no
 * head, they go on by themselves: at once when the leader has gone (its deadline is not theirs, and what hangs for it
 * would hang for them), and when their own time is up (a long poll). Only a failure of the network is everybody's. A
 * request that has left is forgotten here, so that a head which never comes holds nothing of it.
 */
export class SharedFetch {
  readonly #call: Call;
  readonly #waiters = new Set<Waiter>();
  readonly #response: Promise<HttpResponse>;
  #result: FetchResult | null = null;

  /** Takes off at once. */
  constructor(leader: Call, run: (call: Call) => Promise<FetchResult>) {
    const unread = (): boolean =>
      this.#result?.shared?.incoming.isUnread ?? leader.sink.isBodyUnread === true;
    const call = new Call(
      {
        get isBodyUnread() {
          return unread();
        },
        client: leader.sink.client ?? null,
        accept: (event) => leader.emit(event),
        hears: (type) => leader.sink.hears?.(type) === true,
        faults: leader.sink.faults ?? null,
        inContext: (run) => leader.inContext(run),
        ask: (question) =>
          ask(leader, question).then(
            (answer) => ({ answer, error: null }),
            (cause: unknown) => ({ answer: null, error: NetworkError.from(cause).toJSON() }),
          ),
      },
      leader.clock,
    );
    this.#call = call;
    leader.waitsFor = call;
    if (leader.priority !== null) call.setPriority(leader.priority);
    leader.queued = { setPriority: (priority) => call.setPriority(priority) };
    this.#response = new Promise((resolve, reject) => {
      const forget = leader.onCancel((reason) => {
        reject(reason);
        this.#endAll((waiter) => waiter.goOn('left'));
        call.cancel(reason);
      });
      run(call).then(
        (result) => {
          forget();
          this.#land(result, leader);
          resolve(result.response);
        },
        (error: unknown) => {
          forget();
          leader.waitsFor = null;
          reject(error);
          // A timeout is one of the leader's time, and what its listeners refused, or did not accept, is its own affair.
          const isItsOwn = call.cancelled !== null || isOfOne(error);
          this.#endAll((waiter) => (isItsOwn ? waiter.goOn('left') : waiter.fail(error)));
        },
      );
    });
  }

  /** The response itself, which is the leader's. */
  get response(): Promise<HttpResponse> {
    return this.#response;
  }

  /**
   * Waits for the head, for at most `patience` milliseconds, or until `call` is given up.
   * @param claim what the request makes of the result
   */
  join<Claimed>(
    call: Call,
    patience: number,
    claim: (result: FetchResult) => MaybePromise<Claimed>,
  ): Promise<Claimed | InVain> {
    if (this.#result !== null) return Promise.resolve(claim(this.#result));
    return new Promise((resolve, reject) => {
      const { clock } = call;
      const waiting: Waiting = {
        claim: (result) => {
          try {
            resolve(claim(result));
          } catch (error) {
            reject(error);
          }
        },
        goOn: resolve,
        fail: reject,
      };
      const timer = clock.setTimeout(() => waiter.end(({ goOn }) => goOn('late')), patience);
      const waiter: Waiter = {
        end: (outcome) => {
          if (!this.#waiters.delete(waiter)) return;
          clock.clearTimeout(timer);
          call.offCancel(waiter);
          outcome(waiting);
        },
        giveUp: (reason) => waiter.end(({ fail }) => fail(reason)),
      };
      this.#waiters.add(waiter);
      call.addCanceler(waiter);
    });
  }

  #land(result: FetchResult, leader: Call): void {
    this.#result = result;
    leader.queued = null;
    leader.waitsFor = null;
    Object.assign(leader.timings, timingsFor(leader, this.#call));
    this.#endAll((waiter) => waiter.claim(result));
  }

  #endAll(outcome: (waiter: Waiting) => void): void {
    for (const waiter of [...this.#waiters]) waiter.end(outcome);
  }
}

/**
 * What was timed for one call as the other would have timed it: each counts from the clock on the wall as it was when it began,
 * which that tells in whole milliseconds, and what is read by both must come in order. What was not reached stays 0.
 */
function timingsFor(leader: Call, fetched: Call): Timings {
  const shift = leader.time() - fetched.time();
  const shifted = Object.entries(fetched.timings).map(([phase, at]) => [phase, at === 0 ? 0 : at + shift]);
  return { ...Object.fromEntries(shifted), created: leader.timings.created };
}

function isOfOne(error: unknown): boolean {
  if (!(error instanceof NetworkError)) return false;
  return error.code === 'operation-canceled' || error.code === 'timeout' || error.sslErrors !== undefined;
}
