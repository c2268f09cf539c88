import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2';
import { NetworkError } from '../../../src/error.ts';
import type { Exchange } from '../../../src/pipeline/exchange.ts';
import type { HttpRequest, HttpResponse } from '../../../src/pipeline/stage.ts';
import { givenUp, networkFailure } from '../errors.ts';
import { mayBeRepeated } from '../may-be-repeated.ts';
import type { Connection, ConnectionOwner } from './connection.ts';
import { Http2Exchange, type Http2ExchangeOwner } from './http2-exchange.ts';
import { REFUSED_STREAM, streamFailure } from './http2-failure.ts';

/** Attempts at a request that the peer keeps refusing. */
const MOST_REFUSALS = 5;

export interface Http2Owner extends ConnectionOwner<Http2Connection> {
  /** It takes no further request; those that it has may end. */
  retired(connection: Http2Connection): void;
}

/** A session of HTTP/2: a connection that carries many requests at once. */
export class Http2Connection implements Connection, Http2ExchangeOwner {
  readonly encrypted: boolean;
  /** Epoch milliseconds at which it is to be closed, when it is idle then. Kept for its owner. */
  expiresAt = 0;
  readonly #session: ClientHttp2Session;
  readonly #owner: Http2Owner;
  readonly #mostStreams: number;
  /** Streams that the peer lets us have at once. */
  #limit: number;
  readonly #running = new Set<Http2Exchange>();
  readonly #waiting = new Set<Http2Exchange>();
  /** A request on it has come to its end: the peer may have gone away since. */
  #isReused = false;
  #isRetired = false;
  #goaway: { readonly code: number; readonly lastStream: number } | null = null;

  /** @param mostStreams streams at once, also when the peer lets us have more or has not said yet */
  constructor(session: ClientHttp2Session, encrypted: boolean, owner: Http2Owner, mostStreams: number) {
    this.#session = session;
    this.encrypted = encrypted;
    this.#owner = owner;
    this.#mostStreams = mostStreams;
    this.#limit = mostStreams;
    session.on('remoteSettings', ({ maxConcurrentStreams = mostStreams }) => {
      this.#limit = Math.min(maxConcurrentStreams, this.#mostStreams);
      for (const { exchange } of this.#running) this.#tellConcurrency(exchange);
      this.#beginWaiting();
    });
    session.on('goaway', (code, lastStream) => {
      this.#goaway = { code, lastStream };
      this.#retire();
    });
    // What fails is told to every stream.
    session.on('error', () => {});
    session.on('close', () => {
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

  send(request: HttpRequest, exchange: Exchange, refusals: number): Promise<HttpResponse> {
    let current: Http2Exchange;
    try {
      current = new Http2Exchange(this, request, exchange, refusals);
    } catch (error) {
      return Promise.reject(error);
    }
    this.#session.ref();
    this.#tellConcurrency(exchange);
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
    this.#isReused = true;
    if (!this.#running.delete(exchange)) this.#waiting.delete(exchange);
    this.#beginWaiting();
    if (this.isIdle && this.isUsable) this.release();
  }

  retry(
    { request, exchange, refusals }: Http2Exchange,
    stream: ClientHttp2Stream,
  ): Promise<HttpResponse> | null {
    if (this.#isUnprocessed(stream)) {
      const isReplayable = request.body === null || request.body.replayable;
      if (!isReplayable || refusals === MOST_REFUSALS) return null;
      return this.#owner.resend(request, exchange, refusals + 1);
    }
    const isLost = this.#session.destroyed || this.#session.closed;
    return isLost && this.#isReused && mayBeRepeated(request)
      ? this.#owner.resend(request, exchange, refusals)
      : null;
  }

  lossOf({ request }: Http2Exchange, stream: ClientHttp2Stream): NetworkError {
    const url = request.url.href;
    const { errored, rstCode } = stream;
    if (this.#isUnprocessed(stream) && request.body !== null && !request.body.replayable) {
      const why = 'the peer did not take the request, and its body cannot be sent again';
      return new NetworkError('content-resend', why, { url });
    }
    const code = (errored as NodeJS.ErrnoException | null)?.code ?? 'ERR_HTTP2_STREAM_ERROR';
    if (code === 'ERR_HTTP2_STREAM_ERROR') return streamFailure(rstCode, url);
    if (code === 'ERR_HTTP2_SESSION_ERROR' && this.#goaway !== null)
      return streamFailure(this.#goaway.code, url);
    return networkFailure(errored, url);
  }

  /** RFC 9113 §8.7: the peer says that it has done nothing with it, so that anything may be sent again. */
  #isUnprocessed({ id, rstCode }: ClientHttp2Stream): boolean {
    if (id === undefined || rstCode === REFUSED_STREAM) return true;
    return this.#goaway !== null && id > this.#goaway.lastStream;
  }

  #begin(exchange: Http2Exchange): void {
    this.#running.add(exchange);
    exchange.begin(this.#session);
  }

  #beginWaiting(): void {
    for (const exchange of this.#waiting) {
      if (this.#running.size >= this.#limit || !this.isUsable) return;
      this.#waiting.delete(exchange);
      this.#begin(exchange);
    }
  }

  #retire(): void {
    if (this.#isRetired) return;
    this.#isRetired = true;
    this.#owner.retired(this);
    for (const waiting of this.#waiting) {
      this.#waiting.delete(waiting);
      waiting.replaceBy(this.#owner.resend(waiting.request, waiting.exchange, waiting.refusals));
    }
  }

  /** The queue forgets it with the last request of an origin. A peer that takes none will take one again. */
  #tellConcurrency({ slot }: Exchange): void {
    slot?.setConcurrency(Math.max(1, this.#limit));
  }
}
