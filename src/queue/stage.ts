import type { NetworkError } from '../error.ts';
import type { Priority } from '../options.ts';
import type { Exchange, QueuePlace, QueueSlot } from '../pipeline/exchange.ts';
import type { HttpRequest, HttpResponse, Next, Stage } from '../pipeline/stage.ts';
import type { ManagerQueue } from './manager-queue.ts';
import { type QueueLimits, RequestQueue, type Ticket } from './request-queue.ts';
import { SlotHolder } from './slot-holder.ts';

/** Sends a request on when the queue has a slot for its origin. */
export function queueStage(queue: RequestQueue): Stage {
  return {
    name: 'queue',
    handle: (request, next, exchange) => new Visit(queue, request, next, exchange).begin(),
  };
}

/** The queue of a manager. */
export function createQueue(): ManagerQueue {
  return managerQueue(new RequestQueue());
}

/** One that has a slot without a ticket of ours. */
export interface Running {
  /** Gives the slot back. */
  leave: () => void;
}

export type TakeOver = (
  limits: QueueLimits,
  running: Iterable<readonly [key: string, those: Iterable<Running>]>,
) => ManagerQueue;

/** A queue in which some are running already. From now on it is to this one that they give their slots back. */
export const takeOver: TakeOver = (limits, running) => {
  const queue = new RequestQueue(limits);
  for (const [key, those] of running) {
    for (const one of those) {
      const ticket = queue.enter(key, 'normal');
      one.leave = () => queue.leave(ticket);
    }
  }
  return managerQueue(queue);
};

function managerQueue(queue: RequestQueue): ManagerQueue {
  return { stage: queueStage(queue), configure: (limits) => queue.configure(limits) };
}

/** One request's time in the queue: to the exchange its place and then its slot. */
class Visit extends SlotHolder implements QueuePlace, QueueSlot {
  readonly #queue: RequestQueue;
  readonly #ticket: Ticket;

  constructor(queue: RequestQueue, request: HttpRequest, next: Next, exchange: Exchange) {
    super(request, next, exchange);
    this.#queue = queue;
    this.#ticket = queue.enter(request.url.origin, exchange.priority ?? request.options.priority);
  }

  begin(): Promise<HttpResponse> {
    return this.#ticket.running ? this.send() : new Promise((resolve, reject) => this.#wait(resolve, reject));
  }

  setPriority(priority: Priority): void {
    this.#queue.setPriority(this.#ticket, priority);
  }

  setConcurrency(requests: number | null): void {
    this.#queue.setLimit(this.request.url.origin, requests);
  }

  override send(): Promise<HttpResponse> {
    this.exchange.slot = this;
    return super.send();
  }

  protected override leave(): void {
    this.exchange.slot = null;
    this.#queue.leave(this.#ticket);
  }

  /** Waits for the slot. Rejects, and gives up the place, when the exchange is cancelled. */
  #wait(resolve: (response: Promise<HttpResponse>) => void, reject: (reason: unknown) => void): void {
    const { exchange } = this;
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
      resolve(Promise.resolve().then(() => this.send()));
    };
  }
}
