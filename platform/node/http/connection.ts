import type { Call } from '../../../src/call/call.ts';
import type { HttpRequest } from '../../../src/call/request.ts';
import type { HttpResponse } from '../../../src/call/response.ts';

/** A connection to an endpoint, whatever it speaks. */
export interface Connection {
  /**
   * Carries one request, of an exchange that has not been cancelled.
   * @param refusals how often the peer has refused it
   */
  send(request: HttpRequest, call: Call, refusals: number): Promise<HttpResponse>;
  /** Closes it. What is in flight on it ends operation-canceled. */
  clear(why: string): void;
}

/** Who keeps connections: hears what becomes of them. */
export interface ConnectionOwner<Kind extends Connection> {
  /** It carries nothing (any more), and may be used for `lifetime` milliseconds. */
  idle(connection: Kind, lifetime: number): void;
  /** It carries nothing, and is kept for the next round of a lease. */
  kept(connection: Kind): void;
  /** Time ran out for a request on it before there was a sign of the peer, which it had heard of before. */
  silent(connection: Kind): void;
  /** Nothing is left of it. */
  closed(connection: Kind): void;
  /**
   * Sends a request that was lost unanswered over another connection.
   * @param refusals how often the peer has refused it
   */
  resend(request: HttpRequest, call: Call, refusals: number): Promise<HttpResponse>;
}
