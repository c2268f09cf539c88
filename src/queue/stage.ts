import { type BodyObserver, observeBody } from '../message/observe-body.ts';
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
    handle(request, next, exchange) {
      const visit = new Visit(queue, request, exchange);
      return visit.isRunning ? visit.send(request, next) : visit.turn().then(() => visit.send(request, next));
    },
  };
}

/** One request's time in the queue: to the exchange its place and then its slot, to the body of the response an observer. */
class Visit implements QueuePlace, QueueSlot, BodyObserver {
  readonly #queue: RequestQueue;
  readonly #key: string;
  readonly #exchange: Exchange;
  readonly #ticket: Ticket;

  constructor(queue: RequestQueue, { url, options }: HttpRequest, exchange: Exchange) {
    this.#queue = queue;
    this.#key = url.origin;
    this.#exchange = exchange;
    this.#ticket = queue.enter(url.origin, exchange.priority ?? options.priority);
  }

  get isRunning(): boolean {
    return this.#ticket.running;
  }

  setPriority(priority: HttpRequest['options']['priority']): void {
    this.#queue.setPriority(this.#ticket, priority);
  }

  setConcurrency(requests: number | null): void {
    this.#queue.setLimit(this.#key, requests);
  }

  /** Waits for the slot. Rejects, and gives up the place, when the exchange is cancelled. */
  turn(): Promise<void> {
    const exchange = this.#exchange;
    return new Promise((resolve, reject) => {
      exchange.queued = this;
      const forget = exchange.onCancel((reason) => {
        exchange.queued = null;
        this.#queue.leave(this.#ticket);
        reject(reason);
      });
      this.#ticket.granted = () => {
        exchange.queued = null;
        forget();
        resolve();
      };
    });
  }

  /** Goes on with a slot, and gives it back once, whatever comes. */
  send(request: HttpRequest, next: Next): Promise<HttpResponse> {
    const exchange = this.#exchange;
    try {
      // Cancelled between the grant and this turn: the slot is there, and nobody else would give it back.
      exchange.throwIfCancelled();
      exchange.slot = this;
      exchange.onCancel(this.done);
      exchange.timings.dequeued = exchange.clock.now();
      return next(request, exchange).then(
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
