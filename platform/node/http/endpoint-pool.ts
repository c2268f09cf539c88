/*
 * How a request gets its connection
 *
 *     busySession ── HTTP/2 is under way: at once
 *     takeIdle → rest → mayUse ── a connection that is there, once it was read
 *     open ─┬─ one that was opened ahead
 *           └─ openings.ts: wait for what another dial negotiates, and share its session, or dial and adopt what comes
 *
 * A connection is in one of four places. *Opening*: a request waits for it, which can be given up (`#openings`, `#ahead`).
 * *In use*: its exchange has it. *Idle*: in `#idle` (HTTP/1.1) or without a stream (HTTP/2), until its time is over.
 * *Taken*: out of `#idle` and not yet in use, while it rests; if it breaks there, nothing was sent and another one is taken.
 *
 * Connections say `idle`, `retired`, `silent` and `closed` of themselves, and `resend` for a request that they lost. `clear`
 * ends all four kinds; `clearings` tells those who waited that it was not the peer.
 */

import type { Call } from '../../../src/call/call.ts';
import type { KeptConnection } from '../../../src/call/connection-lease.ts';
import type { HttpRequest } from '../../../src/call/request.ts';
import type { HttpResponse } from '../../../src/call/response.ts';
import { NetworkError } from '../../../src/error.ts';
import { connectionFailure } from '../connection-failure.ts';
import type { Dialed } from '../dial/dialer.ts';
import type { Endpoint } from '../dial/endpoint.ts';
import { givenUp } from '../errors.ts';
import type { Connection } from './connection.ts';
import { ConnectionsAhead } from './connections-ahead.ts';
import { Http1Connection } from './http1-connection.ts';
import { Http2Connection, type Http2Owner } from './http2-connection.ts';
import { openHttp2Session } from './http2-session.ts';
import { IdleConnections } from './idle-connections.ts';
import { type OpeningOwner, Openings } from './openings.ts';
import { polled } from './polled.ts';
import type { PoolContext } from './pool-context.ts';

/**
 * The connections to one endpoint. HTTP/1.1 has any number (the queue limits them), the one that was used last goes first;
 * HTTP/2 has one.
 */
export class EndpointPool implements Http2Owner, OpeningOwner {
  readonly endpoint: Endpoint;
  readonly #context: PoolContext;
  readonly #connections = new Set<Connection>();
  readonly #idle = new IdleConnections();
  #session: Http2Connection | null = null;
  readonly #openings: Openings;
  /** How often it was cleared. */
  clearings = 0;
  readonly #ahead: ConnectionsAhead;
  /** The peer was asked for HTTP/2 and speaks HTTP/1.1, or has asked for that (RFC 9113 §7, HTTP_1_1_REQUIRED). */
  isHttp1Only: boolean;

  constructor(endpoint: Endpoint, context: PoolContext) {
    this.endpoint = endpoint;
    this.#context = context;
    this.#ahead = new ConnectionsAhead((connection) => this.#giveBack(connection), context.clock);
    this.#openings = new Openings(endpoint, context.dialer, context.clock, this);
    this.isHttp1Only = endpoint.protocols === 'http/1.1' || context.http1Origins.has(endpoint.origin);
  }

  /** A connection of HTTP/2 that carries something, or null. */
  get busySession(): Connection | null {
    const session = this.#session;
    return session?.isUsable === true && !session.isIdle ? session : null;
  }

  /**
   * Takes a connection that is there and carries nothing, or null. It must {@link rest}, and be {@link mayUse | asked for}.
   * @param identity that of a lease
   */
  takeIdle(identity: string | null = null): Http1Connection | Http2Connection | null {
    return this.#session?.isUsable
      ? this.#session
      : this.#idle.take(this.#context.clock.monotonic(), identity);
  }

  /** Whether a connection that a lease has kept is one of these. */
  has(connection: KeptConnection): connection is Http1Connection {
    return connection instanceof Http1Connection && this.#connections.has(connection);
  }

  kept(connection: Http1Connection | Http2Connection): void {
    if (connection instanceof Http1Connection) this.#idle.beginRest(connection);
  }

  /** Ends when all that has arrived over a connection was read, and its server has had a moment to misbehave. */
  rest(connection: Http1Connection | Http2Connection): Promise<void> {
    return connection instanceof Http1Connection ? this.#idle.rest(connection) : polled();
  }

  /**
   * Whether a connection that was taken, and has rested, is still good.
   * @param clearings those of the time when it was taken
   * @throws NetworkError when the request was given up meanwhile
   */
  mayUse(connection: Http1Connection | Http2Connection, call: Call, url: string, clearings: number): boolean {
    if (clearings !== this.clearings) throw givenUp(url, 'connections were cleared');
    if (call.cancelled !== null && connection instanceof Http1Connection && connection.isUsable) {
      this.#idle.putBack(connection);
      this.#context.idle(connection.expiresAt);
    }
    call.throwIfCancelled();
    return connection instanceof Http1Connection ? this.#idle.hasRested(connection) : connection.isUsable;
  }

  /**
   * A connection that is there, or else one that is opened.
   * @throws NetworkError
   */
  async connection(call: Call, url: string): Promise<Connection> {
    const { clearings } = this;
    const identity = call.lease?.identity ?? null;
    for (let idle = this.takeIdle(identity); idle !== null; idle = this.takeIdle(identity)) {
      await this.rest(idle);
      if (this.mayUse(idle, call, url, clearings)) return idle;
    }
    return this.open(call, url);
  }

  /**
   * Opens a connection, or takes one that was about to be opened.
   * @param asking called when the application is asked whether it may be used
   * @throws NetworkError
   */
  async open(call: Call, url: string, asking?: () => void): Promise<Connection> {
    try {
      const connection = await this.#openings.for(
        call,
        url,
        async (opening) =>
          (await this.#ahead.take(opening.abort.signal)) ?? this.#openings.open(opening, asking),
      );
      // The origin may have spoken HTTP/2 before; a lease has asked for HTTP/1.1 alone.
      if (connection instanceof Http1Connection && call.lease === null) call.slot?.setConcurrency(null);
      if (call.cancelled === null) return connection;
      this.#giveBack(connection);
      throw call.cancelled;
    } finally {
      this.#reviewEmpty();
    }
  }

  /** Opens a connection for later, unless there is one. */
  async openAhead(call: Call, url: string): Promise<void> {
    if (this.#idle.size === 0 && !this.#session?.isUsable)
      await this.#ahead.add((asking) => this.open(call, url, asking));
  }

  resend(request: HttpRequest, call: Call, refusals: number): Promise<HttpResponse> {
    // It may have lost its last connection, and its place, just now.
    return this.#context.reclaim(this).#sendAnew(request, call, refusals);
  }

  async #sendAnew(request: HttpRequest, call: Call, refusals: number): Promise<HttpResponse> {
    const isRefused = refusals > 0 && this.#session?.isUsable === true;
    const opening = isRefused ? this.#session! : this.open(call, request.url.href);
    // What is idle is as old as the connection that has just turned out to be dead.
    this.#idle.clear('the peer closes idle connections');
    return (await opening).send(request, call, refusals);
  }

  idle(connection: Http1Connection | Http2Connection, lifetime: number): void {
    const context = this.#context;
    const expiresAt = context.clock.monotonic() + Math.min(lifetime, context.limits.idleConnectionTimeout);
    if (connection instanceof Http1Connection) this.#idle.add(connection, expiresAt);
    else connection.expiresAt = expiresAt;
    if (context.isLetGo) connection.clear('the transport is not used any more');
    else context.idle(expiresAt);
  }

  retired(connection: Http2Connection): void {
    if (this.#session === connection) this.#session = null;
  }

  /** What is idle goes the way of the one that has just turned out to be silent: at its next use, each would cost a timeout. */
  silent(): void {
    this.#idle.clear('a connection as old as this one is silent');
  }

  http1Required(): void {
    this.isHttp1Only = true;
    this.#context.http1Origins.add(this.endpoint.origin);
  }

  closed(connection: Connection): void {
    this.#connections.delete(connection);
    if (connection instanceof Http1Connection) this.#idle.closed(connection);
    this.#reviewEmpty();
  }

  /** Nothing is in flight or being opened. */
  get isIdle(): boolean {
    const idle = this.#idle.size + (this.#session?.isIdle ? 1 : 0);
    return this.#openings.size === 0 && this.#connections.size === idle;
  }

  /** Closes what has been idle until now, and returns when the next one is due (epoch ms). */
  expire(now: number): number {
    const session = this.#session;
    const next = this.#idle.expire(now);
    if (!session?.isIdle) return next;
    if (session.expiresAt > now) return Math.min(next, session.expiresAt);
    session.clear('it was idle for too long');
    return next;
  }

  /** Closes what is idle, and asks the peer of what is not whether it is there. */
  doubt(why: string): void {
    this.#idle.clear(why);
    const session = this.#session;
    if (session?.isIdle) session.clear(why);
    else session?.liveness.probe();
  }

  /** Closes everything. What is in flight ends operation-canceled. */
  clear(why: string): void {
    this.clearings++;
    this.#openings.clear(why);
    for (const connection of this.#connections) connection.clear(why);
  }

  /** The session, for requests that would open a connection of their own. */
  get shared(): Connection | null {
    return this.#session?.isUsable === true ? this.#session : null;
  }

  /** Makes a connection of the pool of what was dialed. */
  adopt(dialed: Dialed, url: string): Connection {
    const { socket, inbox, protocol } = dialed;
    if (socket.destroyed) throw connectionFailure(socket.errored ?? lostAtOnce(url), url);
    // A peer of HTTP/2 may begin (RFC 9113 §3.4).
    if (protocol === 'http/1.1' ? inbox.hasMail : socket.readableLength >= MOST_EARLY) {
      throw new NetworkError('protocol-failure', 'the server sent a response before there was a request', {
        url,
      });
    }
    // Another dial, which did not wait for this one, may have been faster.
    if (protocol === 'h2' && this.shared !== null) {
      socket.destroy();
      return this.shared;
    }
    const connection = protocol === 'h2' ? this.#newSession(dialed) : this.#newConnection(dialed);
    this.#connections.add(connection);
    return connection;
  }

  #newConnection(dialed: Dialed): Http1Connection {
    this.isHttp1Only = true;
    return new Http1Connection(dialed, this, this.#context.limits);
  }

  #newSession(dialed: Dialed): Http2Connection {
    const { limits } = this.#context;
    const session = openHttp2Session(dialed, limits.response);
    this.#session = new Http2Connection(session, dialed.security, this, limits, this.#context.clock);
    return this.#session;
  }

  #giveBack(connection: Connection): void {
    if (connection instanceof Http1Connection) connection.release();
    else if ((connection as Http2Connection).isIdle) (connection as Http2Connection).release();
  }

  #reviewEmpty(): void {
    if (this.#connections.size === 0 && this.#openings.size === 0) this.#context.empty(this);
  }
}

function lostAtOnce(url: string): NetworkError {
  return new NetworkError('remote-host-closed', 'the peer closed the connection as soon as it was open', {
    url,
  });
}

/** Bytes that a peer of HTTP/2 does not need to say what it wants from us. */
const MOST_EARLY = 16 * 1024;
