import type { Call } from '../../../src/call/call.ts';
import type { HttpRequest } from '../../../src/call/request.ts';
import type { ProxyServer } from '../../../src/call/route.ts';
import type { NetworkError } from '../../../src/error.ts';
import { CHUNK_END, chunkHeader, LAST_CHUNK } from '../../../src/http1/request-framing.ts';
import type { ParsedHead } from '../../../src/http1/response-handler.ts';
import type { BodySink } from '../../../src/message/body.ts';
import type { ConnectionSecurity } from '../../../src/message/connection-security.ts';
import type { HttpHeaders } from '../../../src/message/headers.ts';
import type { Wire } from '../dial/step.ts';
import { copyOf } from './copy.ts';
import { requestHead } from './http1-request-head.ts';
import { WireExchange } from './wire-exchange.ts';

/** A connection as the exchange on it sees it. */
export interface Http1Wire {
  readonly socket: Wire;
  readonly security: ConnectionSecurity | null;
  /** The proxy at its other end, which is asked by absolute URLs. */
  readonly forwarder: ProxyServer | null;
  stopReading(): void;
  goOnReading(): void;
  /** What is left of the exchange is not wanted, or was given up: the connection ends with it. */
  abandon(reason?: NetworkError): void;
}

/** Bytes that are held for a body which nobody has started; then the socket is not read any more. */
const MOST_HELD = 64 * 1024;

/** One request on one HTTP/1.1 connection. What arrives before there is a reader is held. */
export class Http1Exchange extends WireExchange {
  readonly #wire: Http1Wire;
  /** Latin-1; empty once it was written. */
  #head: string;
  /** What the head promises of the body, null when that is chunked. */
  readonly #bodyLength: number | null;
  /** The message is complete, whether or not its reader has had all of it. */
  #isReceived = false;
  #isDelivering = false;
  #held: Uint8Array[] = NOTHING;
  #heldSize = 0;
  #failure: NetworkError | null = null;
  #trailers: HttpHeaders | null = null;

  /** @throws NetworkError when the request cannot be written */
  constructor(wire: Http1Wire, request: HttpRequest, call: Call) {
    const { text, bodyLength } = requestHead(request, wire.forwarder);
    super(request, call, bodyLength);
    this.#wire = wire;
    this.#head = text;
    this.#bodyLength = bodyLength;
  }

  /** Writes the request; of one that waits for `100 (Continue)`, the head. */
  begin(): void {
    // What is written at once goes out in one piece with the head.
    if (!this.sendsBodyAtOnce) this.#wire.socket.write(this.#takeHead(), 'latin1');
    this.sendBody();
  }

  inform({ status, reason, headers }: ParsedHead): void {
    this.tellInformational(status, reason, headers);
  }

  /** @param endsWithConnection see {@link HttpResponse.endsWithConnection} */
  answer({ status, reason, minorVersion, headers }: ParsedHead, endsWithConnection: boolean): void {
    const httpVersion = minorVersion === 1 ? '1.1' : '1.0';
    const { security } = this.#wire;
    this.tellHead({ status, reason, httpVersion, headers, security, endsWithConnection });
  }

  /** Content has arrived. Bytes that are lent are valid during the call only. */
  receive(bytes: Uint8Array, isLent: boolean): void {
    if (this.isStarted && this.#held === NOTHING) this.deliver(bytes, isLent);
    else if (!this.isOver) this.#hold(isLent ? copyOf(bytes) : bytes);
  }

  /** The message has arrived in whole. */
  complete(trailers: HttpHeaders | null): void {
    if (this.isOver) return;
    this.#isReceived = true;
    this.#trailers = trailers;
    this.stopSending();
    this.flow();
  }

  /** The message will not arrive in whole. What has arrived of it stays readable. */
  fail(error: NetworkError): void {
    if (this.isOver || this.#failure !== null) return;
    this.#failure = error;
    this.stopSending();
    if (this.isAnswered) this.flow();
    else this.reject(error);
  }

  write(chunk: Uint8Array, taken: () => void): void {
    const { socket } = this.#wire;
    const whenTaken = (error?: Error | null): void => {
      if (!error) taken();
    };
    if (this.#bodyLength !== null) {
      socket.write(this.#head === '' ? chunk : joined(this.#takeHead(), chunk), whenTaken);
      return;
    }
    socket.cork();
    socket.write(chunkHeader(chunk.length), 'latin1');
    socket.write(chunk, whenTaken);
    socket.write(CHUNK_END, 'latin1');
    socket.uncork();
  }

  end(): void {
    if (this.#bodyLength === null) this.#wire.socket.write(LAST_CHUNK, 'latin1');
  }

  failed(error: NetworkError): void {
    this.#wire.abandon();
    this.fail(error);
  }

  /** Hands on what was held, and then the end or the failure if there was one; otherwise the peer may go on. */
  protected flow(): void {
    if (this.#isDelivering) return;
    this.#isDelivering = true;
    while (this.isFlowing && this.#held.length > 0) this.deliver(this.#held.shift()!, false);
    this.#isDelivering = false;
    if (!this.isStarted || this.#held.length > 0) return;
    this.#held = NOTHING;
    this.#heldSize = 0;
    if (this.#failure !== null) this.failBody(this.#failure);
    else if (this.#isReceived) this.endBody(this.#trailers);
    else if (!this.isPaused) this.#wire.goOnReading();
  }

  protected override halt(): void {
    if (this.#isOnTheWire) this.#wire.stopReading();
  }

  /** Also when it is paused: an end that has nothing before it is told at once. */
  protected override started(): void {
    this.flow();
    if (this.isPaused) this.halt();
  }

  protected release(): void {
    if (this.#isUnfinished) this.#wire.abandon();
  }

  giveUp(reason: NetworkError): void {
    if (this.#isOnTheWire) this.#wire.abandon(reason);
    this.#held = NOTHING;
    this.#failure = null;
    this.fail(reason);
  }

  protected override finish(): BodySink | null {
    this.#held = NOTHING;
    return super.finish();
  }

  #takeHead(): string {
    const head = this.#head;
    this.#head = '';
    return head;
  }

  get #isOnTheWire(): boolean {
    return this.#isUnfinished && !this.isOver;
  }

  get #isUnfinished(): boolean {
    return !this.#isReceived && this.#failure === null;
  }

  #hold(bytes: Uint8Array): void {
    if (this.#held === NOTHING) this.#held = [bytes];
    else this.#held.push(bytes);
    this.#heldSize += bytes.length;
    if (this.#heldSize >= MOST_HELD) this.#wire.stopReading();
  }
}

const NOTHING: Uint8Array[] = [];

/** Head and body as one array: a copy of so few bytes is cheaper than a second write, corked or not. */
function joined(head: string, body: Uint8Array): Uint8Array {
  const bytes = Buffer.allocUnsafe(head.length + body.length);
  bytes.write(head, 'latin1');
  bytes.set(body, head.length);
  return bytes;
}
