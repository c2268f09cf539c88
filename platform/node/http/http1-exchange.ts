import type { Call } from '../../../src/call/call.ts';
import type { HttpRequest } from '../../../src/call/request.ts';
import type { HttpResponse } from '../../../src/call/response.ts';
import type { NetworkError } from '../../../src/error.ts';
import { CHUNK_END, chunkHeader, LAST_CHUNK } from '../../../src/http1/chunk-writer.ts';
import type { ResponseHead } from '../../../src/http1/response-handler.ts';
import type { BodySink, ResponseBody } from '../../../src/message/body.ts';
import type { ConnectionSecurity } from '../../../src/message/connection-security.ts';
import type { HttpHeaders } from '../../../src/message/headers.ts';
import type { Wire } from '../dial/step.ts';
import { expectsContinue } from '../expect-continue.ts';
import { copyOf } from './copy.ts';
import { type RequestHead, requestHead } from './http1-request-head.ts';
import { OutgoingBody, type OutgoingTarget, tellRequestSent } from './outgoing-body.ts';

/** A connection as the exchange on it sees it. */
export interface Http1Wire {
  readonly socket: Wire;
  readonly security: ConnectionSecurity | null;
  stopReading(): void;
  goOnReading(): void;
  /** What is left of the exchange is not wanted, or was given up: the connection ends with it. */
  abandon(reason?: NetworkError): void;
}

/** Bytes that are held for a body which nobody has started; then the socket is not read any more. */
const MOST_HELD = 64 * 1024;

/** One request on one HTTP/1.1 connection. To its reader it is the body of the response. */
export class Http1Exchange implements ResponseBody, OutgoingTarget {
  /** The final head; rejects with a NetworkError. */
  readonly response: Promise<HttpResponse>;
  readonly request: HttpRequest;
  readonly exchange: Call;
  readonly #wire: Http1Wire;
  readonly #head: RequestHead;
  readonly #outgoing: OutgoingBody | null;
  #resolve!: (response: HttpResponse | Promise<HttpResponse>) => void;
  #reject!: (error: NetworkError) => void;
  #isAnswered = false;
  /** The message is complete, whether or not its reader has had all of it. */
  #isReceived = false;
  #isOver = false;
  #sink: BodySink | null = null;
  #isPaused = false;
  #isDelivering = false;
  #held: Uint8Array[] = NOTHING;
  #heldSize = 0;
  #failure: NetworkError | null = null;
  #trailers: HttpHeaders | null = null;

  /** @throws NetworkError when the request cannot be written */
  constructor(wire: Http1Wire, request: HttpRequest, exchange: Call) {
    this.#wire = wire;
    this.request = request;
    this.exchange = exchange;
    this.#head = requestHead(request);
    this.#outgoing =
      request.body === null ? null : new OutgoingBody(request.body, this.#head.bodyLength, exchange, this);
    this.response = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    exchange.onCancel(this.#giveUp);
  }

  /** Nothing of the request is left that could be mistaken for the next one. */
  get isSent(): boolean {
    return this.#outgoing?.isComplete ?? true;
  }

  /** Writes the request; of one that waits for `100 (Continue)`, the head. */
  begin(): void {
    const { socket } = this.#wire;
    if (this.#outgoing === null) {
      socket.write(this.#head.text, 'latin1');
      tellRequestSent(this.exchange);
      return;
    }
    // A body that is in memory goes out in one piece with the head.
    socket.cork();
    socket.write(this.#head.text, 'latin1');
    if (expectsContinue(this.request)) this.#outgoing.startOnContinue();
    else this.#outgoing.start();
    socket.uncork();
  }

  inform({ status, reason, headers }: ResponseHead): void {
    this.exchange.emit({ type: 'informational', status, reason, headers: headers.pairs });
    if (status === 100) this.#outgoing?.continue();
  }

  /** @param endsWithConnection see {@link HttpResponse.endsWithConnection} */
  answer({ status, reason, minorVersion, headers }: ResponseHead, endsWithConnection: boolean): void {
    this.#isAnswered = true;
    // Who answers before it asked for the body does not want it.
    if (this.#outgoing !== null && !this.#outgoing.isStarted) this.#outgoing.stop();
    this.exchange.timings.responseStart = this.exchange.time();
    this.#resolve({
      url: this.request.url,
      status,
      reason,
      httpVersion: minorVersion === 1 ? '1.1' : '1.0',
      headers,
      body: this,
      security: this.#wire.security,
      endsWithConnection,
      source: 'network',
    });
  }

  /** Content has arrived. Bytes that are lent are valid during the call only. */
  receive(bytes: Uint8Array, isLent: boolean): void {
    if (this.#sink !== null && this.#held === NOTHING) this.#sink.data(bytes, isLent);
    else if (!this.#isOver) this.#hold(isLent ? copyOf(bytes) : bytes);
  }

  /** The message has arrived in whole. */
  complete(trailers: HttpHeaders | null): void {
    if (this.#isOver) return;
    this.#isReceived = true;
    this.#trailers = trailers;
    this.#outgoing?.stop();
    this.#deliver();
  }

  /** The message will not arrive in whole. What has arrived of it stays readable. */
  fail(error: NetworkError): void {
    if (this.#isOver || this.#failure !== null) return;
    this.#failure = error;
    this.#outgoing?.stop();
    if (this.#isAnswered) {
      this.#deliver();
    } else {
      this.#finish();
      this.#reject(error);
    }
  }

  /** The answer will come of another attempt. */
  replaceBy(response: Promise<HttpResponse>): void {
    this.#finish();
    this.#resolve(response);
  }

  start(sink: BodySink): void {
    if (this.#isOver) return;
    this.#sink = sink;
    this.#deliver();
  }

  pause(): void {
    this.#isPaused = true;
    if (this.#isOnTheWire) this.#wire.stopReading();
  }

  resume(): void {
    this.#isPaused = false;
    this.#deliver();
  }

  cancel(): void {
    if (this.#isOver) return;
    const onTheWire = this.#isOnTheWire;
    this.#finish();
    if (onTheWire) this.#wire.abandon();
  }

  write(chunk: Uint8Array, taken: () => void): void {
    const { socket } = this.#wire;
    const whenTaken = (error?: Error | null): void => {
      if (!error) taken();
    };
    if (this.#head.bodyLength !== null) {
      socket.write(chunk, whenTaken);
      return;
    }
    socket.cork();
    socket.write(chunkHeader(chunk.length), 'latin1');
    socket.write(chunk, whenTaken);
    socket.write(CHUNK_END, 'latin1');
    socket.uncork();
  }

  end(): void {
    if (this.#head.bodyLength === null) this.#wire.socket.write(LAST_CHUNK, 'latin1');
  }

  failed(error: NetworkError): void {
    this.#wire.abandon();
    this.fail(error);
  }

  get #isOnTheWire(): boolean {
    return !this.#isReceived && this.#failure === null && !this.#isOver;
  }

  #hold(bytes: Uint8Array): void {
    if (this.#held === NOTHING) this.#held = [bytes];
    else this.#held.push(bytes);
    this.#heldSize += bytes.length;
    if (this.#heldSize >= MOST_HELD) this.#wire.stopReading();
  }

  /** Hands on what was held, and then the end or the failure if there was one; otherwise the peer may go on. */
  #deliver(): void {
    if (this.#isDelivering) return;
    this.#isDelivering = true;
    while (this.#sink !== null && !this.#isPaused && this.#held.length > 0) {
      this.#sink.data(this.#held.shift()!, false);
    }
    this.#isDelivering = false;
    if (this.#sink === null || this.#held.length > 0) return;
    this.#held = NOTHING;
    this.#heldSize = 0;
    if (this.#failure !== null) this.#finish()?.fail(this.#failure);
    else if (this.#isReceived) this.#finish()?.end(this.#trailers);
    else if (!this.#isPaused) this.#wire.goOnReading();
  }

  /** The application, a timeout or the manager wants no more of it. */
  readonly #giveUp = (reason: NetworkError): void => {
    if (this.#isOnTheWire) this.#wire.abandon(reason);
    this.#held = NOTHING;
    this.#failure = null;
    this.fail(reason);
  };

  /** The sink, for its last call. */
  #finish(): BodySink | null {
    const sink = this.#sink;
    this.#sink = null;
    this.#isOver = true;
    this.#held = NOTHING;
    this.exchange.offCancel(this.#giveUp);
    this.#outgoing?.stop();
    return sink;
  }
}

const NOTHING: Uint8Array[] = [];
