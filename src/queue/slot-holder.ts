import { type BodyObserver, observeBody } from '../message/observe-body.ts';
import type { Exchange } from '../pipeline/exchange.ts';
import type { HttpRequest, HttpResponse, Next } from '../pipeline/stage.ts';

/** A request that has a slot. It is free again when the body of the response has ended, has failed or was given up. */
export abstract class SlotHolder implements BodyObserver {
  readonly request: HttpRequest;
  readonly exchange: Exchange;
  readonly #next: Next;

  constructor(request: HttpRequest, next: Next, exchange: Exchange) {
    this.request = request;
    this.exchange = exchange;
    this.#next = next;
  }

  /** Gives the slot back. */
  protected abstract leave(): void;

  /** Goes on with the slot, and gives it back once, whatever comes. */
  send(): Promise<HttpResponse> {
    const { exchange } = this;
    try {
      // Cancelled between the grant and this turn: the slot is there, and nobody else would give it back.
      exchange.throwIfCancelled();
      exchange.onCancel(this.done);
      exchange.timings.dequeued = exchange.clock.now();
      return this.#next(this.request, exchange).then(
        (response) => ({ ...response, body: observeBody(response.body, this) }),
        (error) => this.#fail(error),
      );
    } catch (error) {
      return this.#fail(error);
    }
  }

  readonly done = (): void => {
    this.exchange.offCancel(this.done);
    this.leave();
  };

  #fail(error: unknown): never {
    this.done();
    throw error;
  }
}
