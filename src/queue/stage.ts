import { observeBody } from '../message/observe-body.ts';
import type { Exchange } from '../pipeline/exchange.ts';
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
      const key = request.url.origin;
      const ticket = queue.enter(key, exchange.priority ?? request.options.priority);
      const release = (): void => {
        exchange.slot = null;
        queue.leave(ticket);
      };
      const go = (): Promise<HttpResponse> => {
        exchange.slot = { setConcurrency: (requests) => queue.setLimit(key, requests) };
        return run(release, request, next, exchange);
      };
      return ticket.running ? go() : turn(queue, ticket, exchange).then(go);
    },
  };
}

/** Waits for the slot. Rejects, and gives up the place, when the exchange is cancelled. */
function turn(queue: RequestQueue, ticket: Ticket, exchange: Exchange): Promise<void> {
  return new Promise((resolve, reject) => {
    exchange.queued = { setPriority: (priority) => queue.setPriority(ticket, priority) };
    const forget = exchange.onCancel((reason) => {
      exchange.queued = null;
      queue.leave(ticket);
      reject(reason);
    });
    ticket.granted = () => {
      exchange.queued = null;
      forget();
      resolve();
    };
  });
}

/** Goes on with a slot, and gives it back once, whatever comes. */
async function run(
  leave: () => void,
  request: HttpRequest,
  next: Next,
  exchange: Exchange,
): Promise<HttpResponse> {
  let forget = (): void => {};
  const done = (): void => {
    forget();
    leave();
  };
  try {
    // Cancelled between the grant and this turn: the slot is there, and nobody else would give it back.
    exchange.throwIfCancelled();
    forget = exchange.onCancel(done);
    exchange.timings.dequeued = exchange.clock.now();
    const response = await next(request, exchange);
    return { ...response, body: observeBody(response.body, { done }) };
  } catch (error) {
    done();
    throw error;
  }
}
