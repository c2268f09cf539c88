/*
 * A connection of HTTP/2, and what becomes of the requests on it
 *
 *     usable ── takes requests: they run on streams, or wait while the peer allows no more of them
 *       │ GOAWAY, a timeout, HTTP_1_1_REQUIRED, a PING that is not answered soon, the end of the session
 *     retired ── takes no more: what waits goes elsewhere at once, what runs may end
 *       │ the last stream ends, or a PING is not answered at all
 *     closed
 *
 * A stream that ends before its answer is lost, and `outcomeOf` says what comes of its request:
 *
 *     the peer has not acted on it (REFUSED_STREAM, GOAWAY with an earlier stream, HTTP_1_1_REQUIRED) → sent again, any method
 *     the connection had been there before the request was, and is gone → sent again when it may be repeated
 *     otherwise → the error that the peer gave, or that Node has for it
 */
import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2';
import type { Call } from '../../../src/call/call.ts';
import type { HttpRequest } from '../../../src/call/request.ts';
import type { HttpResponse } from '../../../src/call/response.ts';
import { NetworkError } from '../../../src/error.ts';
import type { ConnectionSecurity } from '../../../src/message/connection-security.ts';
import type { Clock } from '../../../src/util/clock.ts';
import { ActiveSet } from '../../../src/util/collections.ts';
import { connectionFailure } from '../connection-failure.ts';
import { givenUp } from '../errors.ts';
import { isTimeout } from '../is-timeout.ts';
import { mayBeRepeated } from '../may-be-repeated.ts';
import type { Connection, ConnectionOwner } from './connection.ts';
import { Http2Exchange, type Http2ExchangeOwner } from './http2-exchange.ts';
import { HTTP_1_1_REQUIRED, REFUSED_STREAM, streamFailure } from './http2-failure.ts';
import { Http2Liveness, type LivenessTarget } from './http2-liveness.ts';
import type { WireLimits } from './wire-limits.ts';

/** Attempts at a request that the peer keeps refusing. */
const MOST_REFUSALS = 5;

export interface Http2Owner extends ConnectionOwner<Http2Connection> {
  /** It takes no further request; those that it has may end. */
  retired(connection: Http2Connection): void;
  /** The peer wants HTTP/1.1 for what comes. */
  http1Required(): void;
}

/** A session of HTTP/2: a connection that carries many requests at once. */
export class Http2Connection implements Connection, Http2ExchangeOwner, LivenessTarget {
  readonly security: ConnectionSecurity | null;
  readonly liveness: Http2Liveness;
  readonly mostInformational: number;
  /** Epoch milliseconds at which it is to be closed, when it is idle then. Kept for its owner. */
  expiresAt = 0;
  readonly #session: ClientHttp2Session;
  readonly #owner: Http2Owner;
  readonly #mostStreams: number;
  /** Streams that the peer lets us have at once. */
  #limit: number;
  readonly #running = new ActiveSet<Http2Exchange>();
  readonly #waiting = new Set<Http2Exchange>();
  /** It has served before: the peer may have gone away since. */
  #isReused = false;
  #isRetired = false;
  #goaway: { readonly code: number; readonly lastStream: number } | null = null;

  constructor(
    session: ClientHttp2Session,
    security: ConnectionSecurity | null,
    owner: Http2Owner,
    limits: WireLimits,
    clock: Clock,
  ) {
    this.#session = session;
    this.security = security;
    this.#owner = owner;
    this.liveness = new Http2Liveness(this, clock);
    const openedAt = clock.monotonic();
    // The first is the answer to our own, which went out at once.
    session.once('localSettings', () => this.liveness.timed(clock.monotonic() - openedAt));
    this.mostInformational = limits.response.informationalResponses;
    // Also when the peer lets us have more, or has not said yet.
    const mostStreams = limits.http2Streams;
    this.#mostStreams = mostStreams;
    this.#limit = mostStreams;
    session.on('remoteSettings', ({ maxConcurrentStreams = mostStreams }) => {
      this.#limit = Math.min(maxConcurrentStreams, this.#mostStreams);
      for (const { call } of this.#running) this.#tellConcurrency(call);
      this.#beginWaiting();
    });
    session.on('goaway', (code, lastStream) => {
      this.#goaway = { code, lastStream };
      if (code === HTTP_1_1_REQUIRED) owner.http1Required();
      this.#retire();
    });
    // What fails is told to every stream.
    session.on('error', () => {});
    session.on('close', () => {
      this.liveness.stop();
      this.#retire();
      owner.closed(this);
    });
  }

  get isUsable(): boolean {
    return !this.#isRetired && !this.#session.closed && !this.#session.destroyed;
  }

  get isIdle(): boolean {
    return this.#running.size === 0 && this.#waiting.size === 0;
  }

  send(request: HttpRequest, call: Call, refusals: number): Promise<HttpResponse> {
    let current: Http2Exchange;
    try {
      current = new Http2Exchange(this, request, call, refusals);
    } catch (error) {
      return Promise.reject(error);
    }
    if (this.isIdle) this.#session.ref();
    this.#tellConcurrency(call);
    if (this.#running.size < this.#limit) this.#begin(current);
    else this.#waiting.add(current);
    return current.response;
  }

  /** Makes it idle. */
  release(): void {
    this.#session.unref();
    this.#owner.idle(this, Number.POSITIVE_INFINITY);
  }

  clear(why: string): void {
    const all = [...this.#running, ...this.#waiting];
    this.#waiting.clear();
    this.#retire();
    for (const current of all) current.fail(givenUp(current.request.url.href, why));
    this.#session.destroy();
  }

  ended(exchange: Http2Exchange): void {
    this.#isReused ||= exchange.isAnswered;
    this.#waiting.delete(exchange);
    this.#beginWaiting();
    if (this.#isRetired) this.#closeWhenUnused();
    else if (this.isIdle) this.release();
  }

  silent(reason: NetworkError): void {
    // Perhaps nothing arrives over it any more: the next request need not find out in the same way.
    if (isTimeout(reason)) {
      this.#retire();
      if (this.#isReused) this.#owner.silent(this);
    }
    this.liveness.probe();
    if (this.#isRetired) this.#closeWhenUnused();
  }

  get isBusy(): boolean {
    return !this.isIdle;
  }

  ping(answered: () => void): void {
    if (this.#session.destroyed) return;
    this.#session.ping((error) => {
      if (error === null) answered();
    });
  }

  doubted(): void {
    this.#retire();
    for (const running of this.#running) {
      const { request, call, refusals } = running;
      if (running.isOver || running.isAnswered || refusals > 0 || !mayBeRepeated(request)) continue;
      running.replaceBy(this.#owner.resend(request, call, refusals + 1));
    }
    this.#closeWhenUnused();
  }

  dead(): void {
    for (const running of this.#running) running.fail(deadConnection(running.request.url.href));
    this.#session.destroy();
  }

  outcomeOf(
    lost: Http2Exchange,
    { errored, rstCode }: ClientHttp2Stream,
  ): Promise<HttpResponse> | NetworkError {
    const { request, call, refusals, isAnswered } = lost;
    const url = request.url.href;
    if (rstCode === HTTP_1_1_REQUIRED) this.#requireHttp1();
    const isUnprocessed = !isAnswered && (isUntouched(rstCode) || this.#isUnseen(lost.streamId));
    if (isUnprocessed && refusals < MOST_REFUSALS) {
      const isReplayable = request.body === null || request.body.replayable;
      return isReplayable ? this.#owner.resend(request, call, refusals + 1) : unrepeatable(url);
    }
    const isConnectionLost = this.#session.destroyed || this.#session.closed;
    // A connection that was made for others may have been dead, or broken, before this request came.
    const isJoined = this.#isReused || (refusals === 0 && !lost.isFirst);
    if (!isAnswered && isConnectionLost && isJoined && mayBeRepeated(request))
      return this.#owner.resend(request, call, this.#isReused ? refusals : refusals + 1);
    const code = (errored as NodeJS.ErrnoException | null)?.code ?? 'ERR_HTTP2_STREAM_ERROR';
    if (code === 'ERR_HTTP2_STREAM_ERROR') return streamFailure(rstCode, url, isAnswered);
    if (code === 'ERR_HTTP2_SESSION_ERROR' && this.#goaway !== null)
      return streamFailure(this.#goaway.code, url, true);
    return connectionFailure(errored, url);
  }

  /** RFC 9113 §6.8: the peer says that it has done nothing with it, so that anything may be sent again. */
  #isUnseen(streamId: number | undefined): boolean {
    if (streamId === undefined) return true;
    return this.#goaway !== null && (streamId > this.#goaway.lastStream || isUntouched(this.#goaway.code));
  }

  #requireHttp1(): void {
    this.#owner.http1Required();
    this.#retire();
  }

  #begin(exchange: Http2Exchange): void {
    exchange.begin(this.#session, this.#running);
  }

  #beginWaiting(): void {
    for (const exchange of this.#waiting) {
      if (this.#running.size >= this.#limit || !this.isUsable) return;
      this.#waiting.delete(exchange);
      this.#begin(exchange);
    }
  }

  /** Streams that nobody waits for do not count: a connection that is stuck never ends them. */
  #closeWhenUnused(): void {
    for (const running of this.#running) if (!running.isOver) return;
    this.#session.destroy();
  }

  #retire(): void {
    if (this.#isRetired) return;
    this.#isRetired = true;
    this.#owner.retired(this);
    for (const waiting of this.#waiting) {
      this.#waiting.delete(waiting);
      waiting.replaceBy(this.#owner.resend(waiting.request, waiting.call, waiting.refusals));
    }
  }

  /** The queue forgets it with the last request of an origin. A peer that takes none will take one again. */
  #tellConcurrency({ slot }: Call): void {
    slot?.setConcurrency(Math.max(1, this.#limit));
  }
}

/** Codes with which a peer says that it has not acted on a request. */
function isUntouched(code: number): boolean {
  return code === REFUSED_STREAM || code === HTTP_1_1_REQUIRED;
}

function deadConnection(url: string): NetworkError {
  return new NetworkError('timeout', 'the HTTP/2 connection is dead: its peer does not answer PING', { url });
}

function unrepeatable(url: string): NetworkError {
  return new NetworkError('content-resend', 'the peer did not take the request, and its body is gone', {
    url,
  });
}
