import type { Call } from '../../../src/call/call.ts';
import type { ConnectionLease } from '../../../src/call/connection-lease.ts';
import type { HttpRequest } from '../../../src/call/request.ts';
import type { HttpResponse } from '../../../src/call/response.ts';
import type { ProxyServer } from '../../../src/call/route.ts';
import { NetworkError } from '../../../src/error.ts';
import type { ResponseFraming } from '../../../src/http1/response-framing.ts';
import type { ParsedHead, ResponseHandler } from '../../../src/http1/response-handler.ts';
import { ResponseParser } from '../../../src/http1/response-parser.ts';
import type { ConnectionSecurity } from '../../../src/message/connection-security.ts';
import type { HttpHeaders } from '../../../src/message/headers.ts';
import { connectionFailure } from '../connection-failure.ts';
import type { Dialed } from '../dial/dialer.ts';
import type { Wire } from '../dial/step.ts';
import { givenUp } from '../errors.ts';
import { isTimeout } from '../is-timeout.ts';
import { canBeRepeated, isIdleTimeout, mayBeRepeated } from '../may-be-repeated.ts';
import type { Connection, ConnectionOwner } from './connection.ts';
import { Http1Exchange, type Http1Wire } from './http1-exchange.ts';
import { announcedLifetime } from './keep-alive.ts';
import { NEVER_USED, type Resting } from './rest.ts';
import type { WireLimits } from './wire-limits.ts';
import { ANSWER_WAIT, survivesWriteFailure } from './write-failure.ts';

/** A socket that carries requests of HTTP/1.1, one after another. */
export class Http1Connection implements Connection, Http1Wire, ResponseHandler {
  readonly socket: Wire;
  readonly security: ConnectionSecurity | null;
  readonly forwarder: ProxyServer | null;
  /** Epoch milliseconds at which it is to be closed, when it is idle then. Kept for its owner. */
  expiresAt = 0;
  /** Since when it has been idle. Kept for its owner. */
  resting: Resting = NEVER_USED;
  /** The last response had no content although its fields spoke of some: the server may send it all the same. */
  wasAnnounced = false;
  /** For whom its server may take what comes over it: the identity of the lease that it was given to. Null: for nobody. */
  identity: string | null = null;
  /** It ended by what it received while it carried nothing. */
  brokeWhileIdle = false;
  readonly #owner: ConnectionOwner<Http1Connection>;
  readonly #parser: ResponseParser;
  #current: Http1Exchange | null = null;
  /** A head has arrived: the request was seen. */
  #isAnswered = false;
  /** It has been idle: the peer may have closed it in the meantime. */
  #isReused = false;
  /** It is kept for a lease, or carries a round of one that is not the first. */
  #isKept = false;
  #isReading = true;
  /** The first upload makes it so: what was received outlives a write that fails. */
  #isGuarded = false;
  /** The bytes that are being parsed are valid only during the call. */
  #isLent = true;
  #isOver = false;
  #lifetime = Number.POSITIVE_INFINITY;

  constructor(
    { socket, inbox, security, forwarder }: Dialed,
    owner: ConnectionOwner<Http1Connection>,
    { response: limits, bareLineFeedAllowed }: WireLimits,
  ) {
    this.socket = socket;
    this.security = security;
    this.forwarder = forwarder;
    this.#owner = owner;
    this.#parser = new ResponseParser(this, { latin1, limits, bareLineFeedAllowed });
    inbox.open((bytes, length, isLent) => this.#read(bytes, length, isLent));
    socket.on('end', () => this.#ended());
    // An alert of TLS comes as an error that closes nothing, before the peer's end, which would say less.
    socket.on('error', (error) => this.#broken(error));
    socket.on('close', () => this.#broken(closedByPeer()));
  }

  get isUsable(): boolean {
    return !this.#isOver;
  }

  send(request: HttpRequest, call: Call): Promise<HttpResponse> {
    let current: Http1Exchange;
    try {
      current = new Http1Exchange(this, request, call);
    } catch (error) {
      this.release();
      return Promise.reject(error);
    }
    this.socket.ref?.();
    if (call.lease !== null) this.identity = call.lease.identity;
    this.#current = current;
    this.#isAnswered = false;
    if (request.body !== null) this.#guardWrites();
    this.#parser.expect(request.method);
    current.begin();
    return current.response;
  }

  /** Keeps it for the next round. It holds the process, as a request does that is under way. */
  #keepFor(lease: ConnectionLease): void {
    this.#isReused = true;
    this.#isKept = true;
    this.goOnReading();
    this.#owner.kept(this);
    lease.keepConnection(this);
  }

  /** Makes it idle. */
  release(): void {
    this.#isReused = true;
    this.#isKept = false;
    this.goOnReading();
    this.socket.unref?.();
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

  abandon(reason?: NetworkError): void {
    const isSilent = this.#isReused && !this.#isAnswered && reason !== undefined && isTimeout(reason);
    this.#close();
    if (isSilent) this.#owner.silent(this);
  }

  onInformational(head: ParsedHead): void {
    this.#isAnswered = true;
    this.#current?.inform(head);
  }

  onHead(head: ParsedHead, { kind, announced, keepAlive }: ResponseFraming): void {
    const isLate = this.#isReused && !this.#isAnswered && isIdleTimeout(head.status, keepAlive);
    if (isLate && this.#sendElsewhere(canBeRepeated)) return;
    this.#isAnswered = true;
    this.wasAnnounced = announced;
    this.#lifetime = announcedLifetime(head.headers);
    this.#current?.answer(head, kind === 'close');
  }

  onData(bytes: Uint8Array): void {
    this.#current?.receive(bytes, this.#isLent);
  }

  onEnd(trailers: HttpHeaders | null, reusable: boolean): void {
    const current = this.#current;
    if (current === null) return;
    this.#current = null;
    // What is left of an unfinished request would be read as the next one (RFC 9112 §9.3).
    const { lease } = current.call;
    if (!reusable || !current.isSent) this.#close();
    else if (lease === null || lease.isOver) this.release();
    else this.#keepFor(lease);
    current.complete(trailers);
  }

  #read(bytes: Uint8Array, length: number, isLent: boolean): void {
    if (this.#isOver) return;
    this.#isLent = isLent;
    // What says nothing yet (a head that comes byte by byte, a chunk size) moves all the same.
    this.#current?.call.idle?.touch();
    try {
      this.#parser.execute(bytes, 0, length);
    } catch (error) {
      this.#lose(error);
      // What the parser has not refused is a mistake of ours, and must not pass for one of the peer.
      if (!(error instanceof NetworkError)) throw error;
    }
  }

  #guardWrites(): void {
    if (this.#isGuarded) return;
    this.#isGuarded = true;
    survivesWriteFailure(this.socket, (error) => {
      const current = this.#current;
      if (current === null) return;
      const { clock } = current.call;
      // A reset that has ended the one half ends the other, too; where it does not, this does.
      const timer = clock.setTimeout(() => {
        if (this.#current === current && !this.#isAnswered) this.#broken(error);
      }, ANSWER_WAIT);
      this.socket.once('close', () => clock.clearTimeout(timer));
    });
  }

  #ended(): void {
    if (this.#isOver) return;
    const wasIdle = this.#current === null;
    try {
      this.#parser.finish();
      this.brokeWhileIdle = wasIdle;
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
    this.brokeWhileIdle = current === null;
    // Only a status line begins an answer: other bytes are left from the response before.
    const isUnanswered =
      cause instanceof NetworkError && cause.code === 'protocol-failure'
        ? !this.#parser.isAnswered
        : !this.#isAnswered;
    if (this.#isReused && isUnanswered && this.#sendElsewhere(mayBeRepeated)) return;
    this.#close();
    current?.fail(failure(cause, current.request));
  }

  /** Sends what it carries over another connection, if it may be repeated, and closes. */
  #sendElsewhere(mayBe: (request: HttpRequest) => boolean): boolean {
    const current = this.#current;
    // The peer knows a round by its connection.
    if (current === null || this.#isKept || !mayBe(current.request)) return false;
    this.#close();
    current.replaceBy(this.#owner.resend(current.request, current.call, 0));
    return true;
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
  return connectionFailure(cause, url.href);
}

/** Node's own decoder, which takes any view. */
function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.prototype.latin1Slice.call(bytes, start, end);
}
