import type { ClientHttp2Session, ClientHttp2Stream, ClientSessionRequestOptions } from 'node:http2';
import type { Call } from '../../../src/call/call.ts';
import type { HttpRequest } from '../../../src/call/request.ts';
import type { HttpResponse } from '../../../src/call/response.ts';
import { NetworkError } from '../../../src/error.ts';
import type { BodySink, ResponseBody } from '../../../src/message/body.ts';
import type { ConnectionSecurity } from '../../../src/message/connection-security.ts';
import { HttpHeaders } from '../../../src/message/headers.ts';
import type { Place } from '../../../src/util/bag.ts';
import { expectsContinue } from '../expect-continue.ts';
import { isTimeout } from '../is-timeout.ts';
import { nodeOptions } from '../node-options.ts';
import type { Http2Liveness } from './http2-liveness.ts';
import { type Http2RequestFields, http2RequestFields } from './http2-request-fields.ts';
import { type Http2StreamListener, listenToBody, listenToStream } from './http2-stream-listener.ts';
import { OutgoingBody, type OutgoingTarget, tellRequestSent } from './outgoing-body.ts';

/** RFC 9113 §7. */
const CANCEL = 8;

/** RFC 9113 §5.1.1: streams of a client have odd numbers, and 1 is not for those of an upgrade alone. */
const FIRST_STREAM = 1;

/** Who has the streams of a connection. */
export interface Http2ExchangeOwner {
  readonly security: ConnectionSecurity | null;
  /** 1xx responses that one request may have. */
  readonly mostInformational: number;
  /** Whether the peer is there. */
  readonly liveness: Http2Liveness;
  /** Nothing of the exchange is left on the connection. */
  ended(exchange: Http2Exchange): void;
  /** It was given up while the whole connection was silent: before an answer, or because no byte of it came in time. */
  silent(reason: NetworkError): void;
  /** What comes of it when its stream has ended before its response: another attempt, or why there is none. */
  outcomeOf(lost: Http2Exchange, stream: ClientHttp2Stream): Promise<HttpResponse> | NetworkError;
}

/** One request on a stream of HTTP/2. To its reader it is the body of the response. */
export class Http2Exchange implements ResponseBody, OutgoingTarget, Http2StreamListener {
  /** The final head; rejects with a NetworkError. */
  readonly response: Promise<HttpResponse>;
  readonly request: HttpRequest;
  readonly exchange: Call;
  /** How often it was refused before. */
  readonly refusals: number;
  /** A response has arrived. */
  isAnswered = false;
  /** Nobody waits for it any more. */
  isOver = false;
  /** Undefined as long as nothing of it was sent. Node forgets it with the stream. */
  streamId: number | undefined = undefined;
  readonly #owner: Http2ExchangeOwner;
  readonly #fields: Http2RequestFields;
  readonly #outgoing: OutgoingBody | null;
  readonly #forgetCancel: () => void;
  #resolve!: (response: HttpResponse | Promise<HttpResponse>) => void;
  #reject!: (error: NetworkError) => void;
  #stream: ClientHttp2Stream | null = null;
  #place: Place | null = null;
  #sink: BodySink | null = null;
  #isPaused = false;
  #failure: NetworkError | null = null;
  #trailers: HttpHeaders | null = null;
  #informationalResponses = 0;
  /** Signs of the peer's life when this was begun, and when it was last heard of. */
  #signs = 0;

  /** @throws NetworkError when the request cannot be written */
  constructor(owner: Http2ExchangeOwner, request: HttpRequest, exchange: Call, refusals: number) {
    this.#owner = owner;
    this.request = request;
    this.exchange = exchange;
    this.refusals = refusals;
    this.#fields = http2RequestFields(request);
    this.#outgoing =
      request.body === null ? null : new OutgoingBody(request.body, this.#fields.bodyLength, exchange, this);
    this.response = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#forgetCancel = exchange.onCancel((reason) => {
      const isSilent = this.#stream !== null && this.#signs === owner.liveness.signs;
      this.fail(reason);
      if (isSilent && (isTimeout(reason) || !this.isAnswered)) owner.silent(reason);
    });
  }

  /**
   * Opens the stream.
   * @param place left when nothing of it is left, before the owner hears of that
   */
  begin(session: ClientHttp2Session, place: Place): void {
    this.#place = place;
    const outgoing = this.#outgoing;
    let stream: ClientHttp2Stream;
    try {
      stream = session.request(this.#fields.fields, this.request.body === null ? NO_BODY : BODY_FOLLOWS);
    } catch (error) {
      this.fail(unsendable(this.request, error as Error));
      return;
    }
    this.#stream = stream;
    this.streamId = stream.id;
    this.#signs = this.#owner.liveness.signs;
    this.#owner.liveness.watch();
    listenToStream(stream, this);
    if (outgoing === null) tellRequestSent(this.exchange);
    else if (expectsContinue(this.request)) outgoing.startOnContinue();
    else outgoing.start();
  }

  /** Its stream is the first of the connection. */
  get isFirst(): boolean {
    return this.streamId === FIRST_STREAM;
  }

  /** The exchange ends with an error, wherever it stands. */
  fail(error: NetworkError): void {
    if (this.isOver) return;
    const sink = this.#finish();
    if (this.#stream === null) this.#left();
    else reset(this.#stream);
    this.#failure = error;
    if (this.isAnswered) sink?.fail(error);
    else this.#reject(error);
  }

  /** The answer will come of another attempt. */
  replaceBy(response: Promise<HttpResponse>): void {
    this.#finish();
    if (this.#stream !== null && !this.#stream.closed) reset(this.#stream);
    this.#resolve(response);
  }

  start(sink: BodySink): void {
    if (this.#failure !== null) sink.fail(this.#failure);
    if (this.isOver) return;
    this.#sink = sink;
    const stream = this.#stream!;
    listenToBody(stream);
    if (this.#isPaused) stream.pause();
  }

  pause(): void {
    this.#isPaused = true;
    if (this.#sink !== null) this.#stream!.pause();
  }

  resume(): void {
    this.#isPaused = false;
    // Without a listener the stream would flow into the void.
    if (this.#sink !== null) this.#stream!.resume();
  }

  cancel(): void {
    if (this.isOver) return;
    this.#finish();
    reset(this.#stream!);
  }

  write(chunk: Uint8Array, taken: () => void): void {
    this.#stream!.write(chunk, (error) => {
      if (!error) taken();
    });
  }

  end(): void {
    this.#stream!.end();
  }

  failed(error: NetworkError): void {
    this.fail(error);
  }

  informed(raw: readonly string[]): void {
    this.#heard();
    if (this.isOver) return;
    if (++this.#informationalResponses > this.#owner.mostInformational) {
      this.fail(this.#refusal('there are too many informational (1xx) responses'));
      return;
    }
    const status = Number(raw[1]);
    this.exchange.emit({ type: 'informational', status, reason: '', headers: fieldsOf(raw).pairs });
    if (status === 100) this.#outgoing?.continue();
  }

  answered(raw: readonly string[]): void {
    this.#heard();
    if (this.isOver) return;
    const status = Number(raw[1]);
    // For nghttp2, any three digits will do.
    if (status < 100) {
      this.fail(this.#refusal('its status is below 100 (RFC 9110 §15)'));
      return;
    }
    this.isAnswered = true;
    // Who answers before it asked for the body does not want it.
    if (this.#outgoing !== null && !this.#outgoing.isStarted) this.#outgoing.stop();
    this.exchange.timings.responseStart = this.exchange.time();
    this.#resolve({
      url: this.request.url,
      status,
      reason: '',
      httpVersion: '2',
      headers: fieldsOf(raw),
      body: this,
      security: this.#owner.security,
      source: 'network',
    });
  }

  trailed(raw: readonly string[]): void {
    this.#heard();
    this.#trailers = HttpHeaders.adopt(raw.slice());
  }

  received({ buffer, byteOffset, length }: Buffer): void {
    this.#heard();
    this.#sink?.data(new Uint8Array(buffer, byteOffset, length), false);
  }

  ended(isWhole: boolean): void {
    // nghttp2 ends the stream also when it was reset; then `close` tells the code.
    if (!isWhole || this.#stream!.rstCode !== 0 || this.isOver) return;
    const isSent = this.#outgoing?.isComplete ?? true;
    const sink = this.#finish();
    // The answer is complete and the request is not: what is left of it would reach nobody (RFC 9113 §8.1).
    if (!isSent) reset(this.#stream!);
    sink?.end(this.#trailers);
  }

  closed(stream: ClientHttp2Stream): void {
    // What has not ended by us was ended by the peer.
    if (!this.isOver) this.#heard();
    this.#left();
    if (this.isOver) return;
    const outcome = this.#owner.outcomeOf(this, stream);
    if (outcome instanceof NetworkError) this.fail(outcome);
    else this.replaceBy(outcome);
  }

  #heard(): void {
    const { liveness } = this.#owner;
    liveness.heard();
    this.#signs = liveness.signs;
  }

  #refusal(reason: string): NetworkError {
    return new NetworkError('protocol-failure', `the response is not valid HTTP: ${reason}`, {
      url: this.request.url.href,
    });
  }

  #left(): void {
    this.#place?.leave();
    this.#owner.ended(this);
  }

  /** The sink, for its last call. */
  #finish(): BodySink | null {
    const sink = this.#sink;
    this.#sink = null;
    this.isOver = true;
    this.#forgetCancel();
    this.#outgoing?.stop();
    return sink;
  }
}

/**
 * Ends a stream with RST_STREAM and nothing before it. Node ends what was written so far (END_STREAM) when a stream is
 * closed, and the peer would take half a request for a whole one.
 */
function reset(stream: ClientHttp2Stream): void {
  stream._final = (done) => done();
  stream.close(CANCEL);
}

/** Whether the head of a request ends its stream, as Node is told. */
const BODY_FOLLOWS: ClientSessionRequestOptions = { ...nodeOptions('http2Request', { endStream: false }) };
const NO_BODY: ClientSessionRequestOptions = { ...nodeOptions('http2Request', { endStream: true }) };

/** Node refuses what RFC 9113 forbids: a field that may stand only once, twice. */
function unsendable({ url }: HttpRequest, { message }: Error): NetworkError {
  return new NetworkError('protocol-invalid-operation', `request fields: ${message}`, { url: url.href });
}

/**
 * The fields behind the status, which is the first of a response (RFC 9113 §8.3.2). Their names are in lower case: nghttp2
 * takes no other (§8.2.1).
 */
function fieldsOf(raw: readonly string[]): HttpHeaders {
  return HttpHeaders.adopt(raw.slice(2));
}
