import { Attempt } from '../call/attempt.ts';
import type { Call, Canceler, QueuePlace, QueueSlot } from '../call/call.ts';
import type { KeptSlot } from '../call/connection-lease.ts';
import type { HttpRequest } from '../call/request.ts';
import type { HttpResponse } from '../call/response.ts';
import type { Next, Stage } from '../call/stage.ts';
import { timedOut } from '../call/timed-out.ts';
import { NetworkError } from '../error.ts';
import type { ResponseBody } from '../message/body.ts';
import { type BodyObserver, observeBody } from '../message/observe-body.ts';
import type { Priority } from '../options/options.ts';
import type { Clock } from '../util/clock.ts';
import { startInMicrotask } from '../util/microtasks.ts';
import { withoutFragment } from '../util/url.ts';
import type { AwaitedHead } from './handed-out.ts';
import type { Waiter } from './lane.ts';
import type { RequestQueue, Ticket } from './request-queue.ts';
import { UNREAD_PATIENCE, type UnreadBodies, type UnreadBody } from './unread-bodies.ts';

/** What servers of HTTP/2 take at once, at the least (RFC 9113 §6.5.2); a platform has a queue of its own for the rest. */
export const MULTIPLEXED_REQUESTS = 100;

/**
 * Sends a request on when the queue has a slot for its origin. The slot is free again when the body has ended, has
 * failed or was given up, or when others wait for it while the body is not read ({@link UnreadBodies}).
 *
 * @param hasRoom whether the transport can carry one request more than there are slots: then an unread body lets go of its
 * slot alone, and can still be read; otherwise it is given up
 * @param multiplexedOrigins those to which {@link MULTIPLEXED_REQUESTS} go at once, whatever the limit of the queue
 */
export function queueStage(
  queue: RequestQueue,
  hasRoom: boolean,
  multiplexedOrigins: readonly string[] = [],
): Stage {
  const room = { queue, hasRoom, multiplexedOrigins };
  return {
    name: 'queue',
    handle: (request, next, call) => new QueuedRequest(room, request, next, call).begin(),
  };
}

/** What the requests of one queue share. */
interface Room {
  readonly queue: RequestQueue;
  readonly hasRoom: boolean;
  readonly multiplexedOrigins: readonly string[];
}

/**
 * One request's time in the queue: to the call its place, to the attempt its slot, to the body of the response an observer.
 * It is all that a request keeps while it waits, for many do so at once.
 */
class QueuedRequest
  implements QueuePlace, QueueSlot, Waiter, Canceler, BodyObserver, UnreadBody, AwaitedHead
{
  readonly #room: Room;
  readonly #request: HttpRequest;
  readonly #next: Next;
  readonly #call: Call;
  /** The host whose slots it waits for, or a proxy that stands for it. */
  readonly #lane: string;
  readonly #ticket: Ticket;
  #attempt: Attempt | null = null;
  /** What settles the promise of one that waits. */
  #resolve: ((response: HttpResponse) => void) | null = null;
  #reject: ((reason: unknown) => void) | null = null;
  /** The connection carries others, too. */
  #isShared = false;
  #response: HttpResponse | null = null;
  /** Of the wait for the slot, then of the next look at what keeps the head from coming; null when there is none. */
  #timer: unknown = null;

  constructor(room: Room, request: HttpRequest, next: Next, call: Call) {
    this.#room = room;
    this.#request = request;
    this.#next = next;
    this.#call = call;
    const { origin } = request.url;
    const lane = request.plan?.lane ?? origin;
    this.#lane = lane;
    const kept = call.lease?.takeSlot(lane) as SlotOfLease | null | undefined;
    const priority = call.priority ?? request.options.priority;
    this.#ticket = kept?.ticket ?? room.queue.enter(lane, priority, call.sink.client);
    if (room.multiplexedOrigins.includes(origin)) this.setConcurrency(MULTIPLEXED_REQUESTS);
  }

  begin(): Promise<HttpResponse> {
    const waiting = this.#ticket.running ? null : this.#wait();
    this.#call.addCanceler(this);
    if (waiting !== null) return waiting;
    // An earlier attempt may have waited.
    this.#call.timings.queued = 0;
    return this.#send();
  }

  setPriority(priority: Priority): void {
    this.#room.queue.setPriority(this.#ticket, priority);
  }

  setConcurrency(requests: number | null): void {
    this.#isShared = requests !== null;
    this.#room.queue.setLimit(this.#lane, requests);
  }

  /** Waits for the slot. Rejects, and gives up the place, when the call is cancelled. */
  #wait(): Promise<HttpResponse> {
    const call = this.#call;
    this.#ticket.waiter = this;
    call.queued = this;
    call.entersQueue();
    this.#room.queue.unread.wait();
    const { queue = 0 } = this.#request.options.timeouts;
    if (queue > 0) {
      const late = (): void => this.giveUp(timedOut('queue', queue, this.#request.url, call));
      this.#timer = call.clock.setTimeout(late, queue);
    }
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** It waits no more, whichever way that has ended. */
  #endWait(): void {
    if (this.#call.queued !== this) return;
    this.#call.queued = null;
    this.#stopTimer();
    this.#room.queue.unread.goOn();
  }

  granted(): void {
    this.#endWait();
    // In a turn of its own: the request that has just given up its slot is not done yet.
    startInMicrotask(this);
  }

  start(): void {
    try {
      this.#call.inContext(() => this.#send()).then(this.#resolve, this.#reject);
    } catch (error) {
      this.#reject!(error);
    }
  }

  giveUp(reason: NetworkError): void {
    this.#endWait();
    this.#attempt?.cancel(reason);
    this.done();
    if (this.#attempt === null) this.#reject?.(reason);
  }

  /** Goes on with a slot, and gives it back once, whatever comes. */
  #send(): Promise<HttpResponse> {
    const call = this.#call;
    try {
      // Cancelled between the grant and this turn.
      call.throwIfCancelled();
      const attempt = new Attempt(call, this);
      this.#attempt = attempt;
      call.timings.dequeued = call.time();
      this.#awaitHead();
      return this.#next(this.#request, attempt).then(
        (response) => this.#observe(response),
        (error) => this.#fail(error),
      );
    } catch (error) {
      return this.#fail(error);
    }
  }

  #observe(response: HttpResponse): HttpResponse {
    this.#unlook();
    this.#response = response;
    return { ...response, body: observeBody(response.body, this) };
  }

  handedOut(response: Response): void {
    const { headers, body } = this.#response!;
    this.#room.queue.handedOut.add(this.#lane, response, headers, givingUp(this.#request, body));
  }

  /** Where a transport has room, it hands no Response out that holds a connection. */
  #awaitHead(): void {
    if (this.#room.hasRoom) return;
    this.#room.queue.handedOut.awaited.add(this);
    this.look();
  }

  /** Sees to it that a head is not waited for while as many Responses as may be under way are out and not read. */
  look(): void {
    const { handedOut, perKey } = this.#room.queue;
    if (this.#timer !== null || handedOut.count(this.#lane) < perKey) return;
    this.#timer = this.clock.setTimeout(() => this.#makeRoom(), UNREAD_PATIENCE);
  }

  #makeRoom(): void {
    const { handedOut, perKey } = this.#room.queue;
    this.#timer = null;
    // A head needs no connection of its own there.
    if (this.#isShared) return;
    if (handedOut.count(this.#lane) >= perKey) {
      this.#call.emit({ type: 'fault', error: handedOut.giveUpOldest(this.#lane).toJSON() });
    }
    this.look();
  }

  /** The head has come, or will not. */
  #unlook(): void {
    if (this.#room.hasRoom) return;
    this.#room.queue.handedOut.awaited.delete(this);
    this.#stopTimer();
  }

  #stopTimer(): void {
    this.clock.clearTimeout(this.#timer);
    this.#timer = null;
  }

  paused(paused: boolean): void {
    if (paused) this.#room.queue.unread.add(this);
    else this.#room.queue.unread.remove(this);
  }

  get clock(): Clock {
    return this.#call.clock;
  }

  get isUnread(): boolean {
    return this.#call.sink.isBodyUnread === true;
  }

  get isInTheWay(): boolean {
    return this.#room.queue.isInTheWay(this.#ticket);
  }

  letGo(): void {
    const keepsBody = this.#room.hasRoom && !this.#isShared;
    const error = unreadBody(this.#request, keepsBody);
    this.#call.emit({ type: 'fault', error: error.toJSON() });
    if (keepsBody) this.#room.queue.leave(this.#ticket);
    else this.#call.cancel(error);
  }

  done(): void {
    this.#unlook();
    this.#room.queue.unread.remove(this);
    this.#call.offCancel(this);
    const lease = this.#attempt?.lease ?? null;
    this.#attempt?.end();
    const ticket = this.#ticket;
    const giveBack = (): void => this.#room.queue.leave(ticket);
    const slot: SlotOfLease = { key: this.#lane, ticket, giveBack };
    if (lease !== null && ticket.running) lease.keepSlot(slot);
    else giveBack();
  }

  #fail(error: unknown): never {
    this.done();
    throw error;
  }
}

/** The slot of a round, until the next one. */
interface SlotOfLease extends KeptSlot {
  readonly ticket: Ticket;
}

/** Gives a body up whose Response was handed out, and tells why. It keeps nothing that keeps the Response. */
function givingUp(request: HttpRequest, body: ResponseBody): () => NetworkError {
  return () => {
    const error = unreadBody(request, false);
    body.cancel(error);
    return error;
  };
}

function unreadBody({ method, url }: HttpRequest, isKept: boolean): NetworkError {
  const shown = withoutFragment(url);
  const what = isKept ? 'it counts no longer as one of the connections to its host' : 'it was given up';
  return new NetworkError(
    'operation-canceled',
    `${method} ${shown}: the body has not been read for ${UNREAD_PATIENCE} ms while other requests waited for it, so ${what}; read or cancel the body of every reply`,
    { url: shown },
  );
}
