import type { NetworkError } from '../error.ts';
import type { Priority } from '../options/options.ts';
import type { Clock } from '../util/clock.ts';
import type { AuthenticationRounds } from './authentication.ts';
import type { ConnectionLease } from './connection-lease.ts';
import type { Ask, QuestionType } from './question.ts';
import type { ReplyEvent } from './reply-event.ts';
import type { HttpRequest } from './request.ts';
import type { ProxyServer } from './route.ts';
import type { Next } from './stage.ts';
import type { Reach } from './timed-out.ts';
import type { Timings } from './timings.ts';

/** What an idle timer lets the rest of the pipeline do to it. Set by the timeout stage. */
export interface IdleTimer {
  /** Bytes moved: start counting anew. */
  touch(): void;
  /** The wait is ours (a question, a reader that stopped): do not count. Pauses nest. */
  pause(): void;
  resume(): void;
  /** A connection carries the attempt: told by transports that open connections. */
  connected?(): void;
  /** How far the attempt is known to be, beside its timings. */
  readonly reach?: Reach;
}

/** The place of a request that waits in the queue. Set by the queue stage. */
export interface QueuePlace {
  setPriority(priority: Priority): void;
}

/** The slot of a request that runs. Set by the queue stage. */
export interface QueueSlot {
  /**
   * How many requests the peer takes at once on the connection that carries this one, told by the transport as often as
   * it likes. Null: one, as with HTTP/1.1.
   */
  setConcurrency(requests: number | null): void;
}

/** Takes a Response of the platform's own as it is. */
export interface ResponseTaker {
  take(response: Response): void;
  /** The bytes of the body must come by here all the same, if they can be seen at all. */
  readonly watchesBytes: boolean;
}

/** Who hears of a {@link Call}, most often its reply: events as plain values, and questions. */
export interface CallSink {
  /** Takes one event, in the order in which they happen; `end` or `failed` is the last one. */
  accept(event: ReplyEvent): void;
  /** Puts a question to the application and resolves with what it has answered. */
  readonly ask: Ask;
  /** Whether there may be an answer to such a question. Not told: there is none, where that is asked before. */
  hears?(type: QuestionType): boolean;
  /** Takes the platform's own Response in place of its bytes, after the head, where there is one. null: nothing wants it. */
  readonly responseTaker?: ResponseTaker | null;
  /** What has arrived of the body waits, the network with it, and nothing has begun to read. */
  readonly isBodyUnread?: boolean;
  /** On whose behalf, where several clients share a manager; null, or not told: that of the manager's own application. */
  readonly client?: object | null;
  /**
   * Runs a request of ours in the background, which outlives the reply: in the name of the manager, which is asked what
   * there is to ask, and can give it up. Resolves when it is over, however it ended; null where there is no manager.
   */
  behind?(request: HttpRequest, run: Next): Promise<void> | null;
  /** Tells the manager of a fault that costs no request (a cache that is silent); null where there is no manager. */
  readonly faults?: ((fault: Error) => void) | null;
  /** Calls what belongs to the application, or leads there, in the asynchronous context of the request. */
  inContext?<Value>(run: () => Value): Value;
}

/** What has to hear that a call was given up: whatever waits, or holds something, on its behalf. */
export interface Canceler {
  giveUp(reason: NetworkError): void;
}

/** A list and not an array: most calls have two or three, for which an array reserves room for seventeen. */
interface Link {
  readonly canceler: Canceler;
  readonly next: Link | null;
}

/**
 * What travels beside one request through all its hops: the way back to the reply, cancellation, timings. Each hop is an
 * `Attempt` of it. An AbortController does the same and costs more than the rest of a request together, so it is made only
 * at the edge.
 */
export class Call {
  /** What the manager tells the time and sets timers by. */
  declare readonly clock: Clock;
  /** Who hears of it. It is told by {@link emit} and asked by `ask`, which mind the idle timer. */
  declare readonly sink: CallSink;
  /** Present while the transport works on an attempt under a transfer timeout. */
  idle: IdleTimer | null = null;
  /** Present while the request waits for a slot. */
  queued: QueuePlace | null = null;
  /** The call of an exchange that is shared, while this one waits for its head. */
  waitsFor: Call | null = null;
  /** The one under way, of a call; null between two, and on an attempt. */
  attempt: Call | null = null;
  /** That of an attempt; null on the call. */
  slot: QueueSlot | null = null;
  /** What a loop keeps between two attempts, under way; of an attempt, that which its call had when it began. */
  lease: ConnectionLease | null = null;
  /** Answers the challenges of a proxy that opens a tunnel, null where that is left to its URL. Set by the proxy stage. */
  proxyRounds: ((proxy: ProxyServer, call: Call) => AuthenticationRounds | null) | null = null;
  #priority: Priority | null = null;
  #cancelers: Link | null = null;
  #reason: NetworkError | null = null;
  #timings: Timings | null;
  readonly #created: number;
  /** When it began to wait in the queue, as long as there are no timings. */
  #queued = 0;
  /** What the monotonic clock is behind the wall's. No private name, as the call of an attempt may be another copy's of the package. */
  declare protected readonly behind: number;

  /** @param of the call that this is an attempt of */
  constructor(sink: CallSink, clock: Clock, of: Call | null = null) {
    this.sink = sink;
    this.clock = clock;
    this.#timings = of === null ? null : of.timings;
    this.#created = of === null ? clock.now() : of.timings.created;
    this.behind = of === null ? this.#created - clock.monotonic() : of.behind;
  }

  /** When each phase was reached, in epoch milliseconds. Most calls wait in the queue for longer than for all else, without it. */
  get timings(): Timings {
    this.#timings ??= timingsFrom(this.#created, this.#queued);
    return this.#timings;
  }

  /** From now on it waits in the queue. */
  entersQueue(): void {
    const now = this.time();
    if (this.#timings === null) this.#queued = now;
    else Object.assign(this.#timings, { queued: now, dequeued: 0 });
  }

  /** Epoch milliseconds by the clock on the wall as it was at the beginning, whatever has been done to it since. */
  time(): number {
    return this.behind + this.clock.monotonic();
  }

  /** Calls what belongs to the application, or leads there, in the asynchronous context of the request. */
  inContext<Value>(run: () => Value): Value {
    return this.sink.inContext === undefined ? run() : this.sink.inContext(run);
  }

  /** Tells the reply of something that has happened, and the idle timer that something moves. */
  emit(event: ReplyEvent): void {
    if (this.#reason !== null) return;
    // While the timer runs, events come from the transport: each tells of bytes that moved.
    this.idle?.touch();
    this.sink.accept(event);
  }

  /** The priority that was set after the request was made, or null: then the request's own counts. */
  get priority(): Priority | null {
    return this.#priority;
  }

  /** Moves the request in the queue, now if it waits there, and whenever it comes back to it (a redirect). */
  setPriority(priority: Priority): void {
    this.#priority = priority;
    this.queued?.setPriority(priority);
  }

  /** Why the call was given up, or null while it runs. */
  get cancelled(): NetworkError | null {
    return this.#reason;
  }

  /** Throws the reason when the call was given up: for use after every wait. */
  throwIfCancelled(): void {
    if (this.#reason !== null) throw this.#reason;
  }

  /**
   * Has `giveUp` called when the request is aborted, its manager closes, or (of an attempt) it times out; at once when that has happened.
   * Returns the function that takes it back, which must be called when the wait is over.
   */
  onCancel(giveUp: (reason: NetworkError) => void): () => void {
    const canceler = { giveUp };
    this.addCanceler(canceler);
    return () => this.offCancel(canceler);
  }

  /** The same for an object of which every request has one: it needs no functions. To be taken back by {@link offCancel}. */
  addCanceler(canceler: Canceler): void {
    if (this.#reason !== null) canceler.giveUp(this.#reason);
    else this.#cancelers = { canceler, next: this.#cancelers };
  }

  /** What a promise gives, or the reason as soon as the call is given up: for every wait that cannot be ended itself. */
  wait<Value>(promise: Promise<Value>): Promise<Value> {
    return new Promise((resolve, reject) => {
      const forget = (): void => this.offCancel(canceler);
      const canceler: Canceler = {
        giveUp: (reason) => {
          forget();
          reject(reason);
        },
      };
      this.addCanceler(canceler);
      void promise.then(resolve, reject).then(forget);
    });
  }

  /** Takes back what {@link addCanceler} was given. */
  offCancel(canceler: Canceler): void {
    this.#cancelers = without(this.#cancelers, canceler);
  }

  /** Gives the call up. The first reason wins. */
  cancel(reason: NetworkError): void {
    if (this.#reason !== null) return;
    this.#reason = reason;
    const first = this.#cancelers;
    this.#cancelers = null;
    for (let link = first; link !== null; link = link.next) link.canceler.giveUp(reason);
  }
}

function timingsFrom(created: number, queued: number): Timings {
  return {
    created,
    queued,
    dequeued: 0,
    lookupEnd: 0,
    connectEnd: 0,
    proxyConnectEnd: 0,
    secureConnectEnd: 0,
    requestSent: 0,
    responseStart: 0,
    responseEnd: 0,
  };
}

function without(link: Link | null, canceler: Canceler): Link | null {
  if (link === null) return null;
  if (link.canceler === canceler) return link.next;
  return { canceler: link.canceler, next: without(link.next, canceler) };
}
