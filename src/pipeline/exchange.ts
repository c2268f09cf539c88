import type { NetworkError } from '../error.ts';
import type { Priority } from '../options.ts';
import type { Clock } from '../util/clock.ts';
import type { Ask } from './question.ts';
import type { ReplyEvent } from './reply-event.ts';
import type { Timings } from './timings.ts';

/** What an idle timer lets the rest of the pipeline do to it. Set by the timeout stage. */
export interface IdleTimer {
  /** Bytes moved: start counting anew. */
  touch(): void;
  /** The wait is ours (a question, a reader that stopped): do not count. Pauses nest. */
  pause(): void;
  resume(): void;
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

/** How an {@link Exchange} reaches its reply. */
export interface ExchangeOwner {
  readonly emit: (event: ReplyEvent) => void;
  readonly ask: Ask;
  readonly clock: Clock;
}

/**
 * What travels beside one request through all its hops: the way back to the reply, cancellation, timings. An
 * AbortController does the same and costs more than the rest of a request together, so it is made only at the edge.
 */
export class Exchange {
  readonly clock: Clock;
  readonly timings: Timings;
  /** Present while the transport works under a transfer timeout. */
  idle: IdleTimer | null = null;
  /** Present while the request waits for a slot. */
  queued: QueuePlace | null = null;
  /** Present while it has one. */
  slot: QueueSlot | null = null;
  readonly #owner: ExchangeOwner;
  #priority: Priority | null = null;
  #cancelers: ((reason: NetworkError) => void)[] = [];
  #reason: NetworkError | null = null;

  constructor(owner: ExchangeOwner) {
    this.#owner = owner;
    this.clock = owner.clock;
    this.timings = {
      created: owner.clock.now(),
      dequeued: 0,
      lookupEnd: 0,
      connectEnd: 0,
      secureConnectEnd: 0,
      requestSent: 0,
      responseStart: 0,
      responseEnd: 0,
    };
  }

  emit(event: ReplyEvent): void {
    if (this.#reason !== null) return;
    // While the timer runs, events come from the transport: each tells of bytes that moved.
    this.idle?.touch();
    this.#owner.emit(event);
  }

  /** Asks the application. The idle timer stands still meanwhile. Rejects with the reason when cancelled. */
  readonly ask: Ask = async (question) => {
    const idle = this.idle;
    idle?.pause();
    let forget = (): void => {};
    try {
      const cancelled = new Promise<never>((_, reject) => {
        forget = this.onCancel(reject);
      });
      const answer = await Promise.race([this.#owner.ask(question), cancelled]);
      return answer;
    } finally {
      forget();
      idle?.resume();
    }
  };

  /** The priority that was set after the request was made, or null: then the request's own counts. */
  get priority(): Priority | null {
    return this.#priority;
  }

  /** Moves the request in the queue, now if it waits there, and whenever it comes back to it (a redirect). */
  setPriority(priority: Priority): void {
    this.#priority = priority;
    this.queued?.setPriority(priority);
  }

  /** Why the exchange was given up, or null while it runs. */
  get cancelled(): NetworkError | null {
    return this.#reason;
  }

  /** Throws the reason when the exchange was given up: for use after every wait. */
  throwIfCancelled(): void {
    if (this.#reason !== null) throw this.#reason;
  }

  /**
   * Has `canceler` called when the request is aborted, times out or its manager closes; at once when that has happened.
   * Returns the function that takes it back, which must be called when the wait is over.
   */
  onCancel(canceler: (reason: NetworkError) => void): () => void {
    if (this.#reason !== null) {
      canceler(this.#reason);
      return () => {};
    }
    this.#cancelers.push(canceler);
    return () => {
      const index = this.#cancelers.lastIndexOf(canceler);
      if (index >= 0) this.#cancelers.splice(index, 1);
    };
  }

  /** Gives the exchange up. The first reason wins. */
  cancel(reason: NetworkError): void {
    if (this.#reason !== null) return;
    this.#reason = reason;
    const cancelers = this.#cancelers;
    this.#cancelers = [];
    for (const canceler of cancelers) canceler(reason);
  }
}
