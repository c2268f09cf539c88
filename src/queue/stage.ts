import type { NetworkError } from '../error.ts';
import { type BodyObserver, observeBody } from '../message/observe-body.ts';
import type { Priority } from '../options.ts';
import type { Exchange, QueuePlace, QueueSlot } from '../pipeline/exchange.ts';
import type { HttpRequest, HttpResponse, Next, Stage } from '../pipeline/stage.ts';
import type { RequestQueue, Ticket } from './request-queue.ts';

/**
 * Sends a request on when the queue has a slot for its origin. The slot is free again when the body has ended, has
 * failed or was given up.
 */
export function queueStage(queue: RequestQueue): Stage {
  return {
    name: 'queue',
    handle: (request, next, exchange) => new Visit(queue, request, next, exchange).begin(),
  };
}

/** One request's time in the queue: to the exchange its place and then its slot, to the body of the response an observer. */
class Visit implements QueuePlace, QueueSlot, BodyObserver {
  readonly #queue: RequestQueue;
  readonly #request: HttpRequest;
  readonly #next: Next;
  readonly #exchange: Exchange;
  readonly #ticket: Ticket;

  constructor(queue: RequestQueue, request: HttpRequest, next: Next, exchange: Exchange) {
    this.#queue = queue;
    this.#request = request;
    this.#next = next;
    this.#exchange = exchange;
    this.#ticket = queue.enter(request.url.origin, exchange.priority ?? request.options.priority);
  }

  begin(): Promise<HttpResponse> {
    return this.#ticket.running
      ? this.#send()
      : new Promise((resolve, reject) => this.#wait(resolve, reject));
  }

  setPriority(priority: Priority): void {
    this.#queue.setPriority(this.#ticket, priority);
  }

  setConcurrency(requests: number | null): void {
    this.#queue.setLimit(this.#request.url.origin, requests);
  }

  /** Waits for the slot. Rejects, and gives up the place, when the exchange is cancelled. */
  #wait(resolve: (response: Promise<HttpResponse>) => void, reject: (reason: unknown) => void): void {
    const exchange = this.#exchange;
    exchange.queued = this;
    const giveUp = (reason: NetworkError): void => {
      exchange.queued = null;
      this.#queue.leave(this.#ticket);
      reject(reason);
    };
    exchange.onCancel(giveUp);
    this.#ticket.granted = () => {
      exchange.queued = null;
      exchange.offCancel(giveUp);
      // From a turn of its own: whoever has just given up its slot is not done yet.
      resolve(Promise.resolve().then(() => this.#send()));
    };
  }

  /** Goes on with a slot, and gives it back once, whatever comes. */
  #send(): Promise<HttpResponse> {
    const exchange = this.#exchange;
    try {
      // Cancelled between the grant and this turn: the slot is there, and nobody else would give it back.
      exchange.throwIfCancelled();
      exchange.slot = this;
      exchange.onCancel(this.done);
      exchange.timings.dequeued = exchange.clock.now();
      return this.#next(this.#request, exchange).then(
        (response) => ({ ...response, body: observeBody(response.body, this) }),
        (error) => this.#fail(error),
      );
    } catch (error) {
      return this.#fail(error);
    }
  }

  readonly done = (): void => {
    this.#exchange.offCancel(this.done);
    this.#exchange.slot = null;
    this.#queue.leave(this.#ticket);
  };

  #fail(error: unknown): never {
    this.done();
    throw error;
  }
}
