import type { Socket } from 'node:net';
import { NetworkError } from '../../../src/error.ts';
import type { ResponseFraming } from '../../../src/http1/response-framing.ts';
import type { ResponseHandler, ResponseHead } from '../../../src/http1/response-handler.ts';
import { ResponseParser } from '../../../src/http1/response-parser.ts';
import type { HttpHeaders } from '../../../src/message/headers.ts';
import type { Exchange } from '../../../src/pipeline/exchange.ts';
import type { HttpRequest, HttpResponse } from '../../../src/pipeline/stage.ts';
import { networkFailure } from '../../common/network-failure.ts';
import { givenUp } from '../errors.ts';
import { mayBeRepeated } from '../may-be-repeated.ts';
import type { Connection, ConnectionOwner } from './connection.ts';
import type { Dialed } from './dialer.ts';
import { Http1Exchange, type Http1Wire } from './http1-exchange.ts';
import { announcedLifetime } from './keep-alive.ts';
import type { WireLimits } from './wire-limits.ts';

/** A socket that carries requests of HTTP/1.1, one after another. */
export class Http1Connection implements Connection, Http1Wire, ResponseHandler {
  readonly socket: Socket;
  readonly encrypted: boolean;
  /** Epoch milliseconds at which it is to be closed, when it is idle then. Kept for its owner. */
  expiresAt = 0;
  readonly #owner: ConnectionOwner<Http1Connection>;
  readonly #parser: ResponseParser;
  #current: Http1Exchange | null = null;
  /** A byte of the response has arrived: the request was seen. */
  #isAnswered = false;
  /** It has been idle: the peer may have closed it in the meantime. */
  #isReused = false;
  #isReading = true;
  /** The bytes that are being parsed are valid only during the call. */
  #isLent = true;
  #isOver = false;
  #lifetime = Number.POSITIVE_INFINITY;

  constructor(
    { socket, inbox, encrypted }: Dialed,
    owner: ConnectionOwner<Http1Connection>,
    { response: limits, bareLineFeedAllowed }: WireLimits,
  ) {
    this.socket = socket;
    this.encrypted = encrypted;
    this.#owner = owner;
    this.#parser = new ResponseParser(this, { latin1, limits, bareLineFeedAllowed });
    inbox.open((bytes, length, isLent) => this.#read(bytes, length, isLent));
    socket.on('end', () => this.#ended());
    // An alert of TLS comes as an error that closes nothing, before the peer's end, which would say less.
    socket.on('error', (error) => this.#broken(error));
    socket.on('close', () => this.#broken(closedByPeer()));
  }

  send(request: HttpRequest, exchange: Exchange): Promise<HttpResponse> {
    let current: Http1Exchange;
    try {
      current = new Http1Exchange(this, request, exchange);
    } catch (error) {
      this.release();
      return Promise.reject(error);
    }
    this.socket.ref();
    this.#current = current;
    this.#isAnswered = false;
    this.#parser.expect(request.method);
    current.begin();
    return current.response;
  }

  /** Makes it idle. */
  release(): void {
    this.#isReused = true;
    this.goOnReading();
    this.socket.unref();
    this.#owner.idle(this, this.#lifetime);
  }

  clear(why: string): void {
    const current = this.#current;
    this.#close();
    current?.fail(givenUp(current.request.url.href, why));
  }

  stopReading(): void {
    if (!this.#isReading) return;
    this.#isReading = false;
    this.socket.pause();
  }

  goOnReading(): void {
    if (this.#isReading) return;
    this.#isReading = true;
    this.socket.resume();
  }

  abandon(): void {
    this.#close();
  }

  onInformational(head: ResponseHead): void {
    this.#current?.inform(head);
  }

  onHead(head: ResponseHead, _framing: ResponseFraming): void {
    this.#lifetime = announcedLifetime(head.headers);
    this.#current?.answer(head);
  }

  onData(bytes: Uint8Array): void {
    this.#current?.receive(bytes, this.#isLent);
  }

  onEnd(trailers: HttpHeaders | null, reusable: boolean): void {
    const current = this.#current;
    if (current === null) return;
    this.#current = null;
    // What is left of an unfinished request would be read as the next one (RFC 9112 §9.3).
    if (reusable && current.isSent) this.release();
    else this.#close();
    current.complete(trailers);
  }

  #read(bytes: Uint8Array, length: number, isLent: boolean): void {
    if (this.#isOver) return;
    this.#isLent = isLent;
    this.#isAnswered = true;
    try {
      this.#parser.execute(bytes, 0, length);
    } catch (error) {
      this.#lose(error);
      // What the parser has not refused is a mistake of ours, and must not pass for one of the peer.
      if (!(error instanceof NetworkError)) throw error;
    }
  }

  #ended(): void {
    if (this.#isOver) return;
    try {
      this.#parser.finish();
      this.#close();
    } catch (error) {
      this.#lose(error);
    }
  }

  #broken(cause: Error): void {
    if (!this.#isOver) this.#lose(cause);
  }

  /** The connection broke, or what came over it is not HTTP. */
  #lose(cause: unknown): void {
    const current = this.#current;
    this.#close();
    if (current === null) return;
    const { request, exchange } = current;
    if (this.#isReused && !this.#isAnswered && mayBeRepeated(request))
      current.replaceBy(this.#owner.resend(request, exchange, 0));
    else current.fail(failure(cause, request));
  }

  #close(): void {
    this.#current = null;
    if (this.#isOver) return;
    this.#isOver = true;
    this.socket.destroy();
    this.#owner.closed(this);
  }
}

function closedByPeer(): NetworkError {
  return new NetworkError('remote-host-closed', 'the connection was closed');
}

/** What the parser says is told without a URL, which it does not know. */
function failure(cause: unknown, { url }: HttpRequest): NetworkError {
  if (cause instanceof NetworkError) return new NetworkError(cause.code, cause.message, { url: url.href });
  return networkFailure(cause, url.href);
}

/** Node's own decoder, which takes any view. */
function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.prototype.latin1Slice.call(bytes, start, end);
}
