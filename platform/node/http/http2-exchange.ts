import type {
  ClientHttp2Session,
  ClientHttp2Stream,
  ClientSessionRequestOptions,
  OutgoingHttpHeaders,
} from 'node:http2';
import type { Call } from '../../../src/call/call.ts';
import type { HttpRequest } from '../../../src/call/request.ts';
import type { HttpResponse } from '../../../src/call/response.ts';
import { NetworkError } from '../../../src/error.ts';
import type { ConnectionSecurity } from '../../../src/message/connection-security.ts';
import { HttpHeaders } from '../../../src/message/headers.ts';
import type { ActiveSet } from '../../../src/util/collections.ts';
import { isTimeout } from '../is-timeout.ts';
import { nodeOptions } from '../node-options.ts';
import type { Http2Liveness } from './http2-liveness.ts';
import { http2RequestFields } from './http2-request-fields.ts';
import { type Http2StreamListener, listenToBody, listenToStream } from './http2-stream-listener.ts';
import { WireExchange } from './wire-exchange.ts';

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

/** One request on a stream of HTTP/2. */
export class Http2Exchange extends WireExchange implements Http2StreamListener {
  /** How often it was refused before. */
  readonly refusals: number;
  /** Undefined as long as nothing of it was sent. Node forgets it with the stream. */
  streamId: number | undefined = undefined;
  readonly #owner: Http2ExchangeOwner;
  readonly #fields: OutgoingHttpHeaders;
  #stream: ClientHttp2Stream | null = null;
  place = 0;
  #running: ActiveSet<Http2Exchange> | null = null;
  #trailers: HttpHeaders | null = null;
  #informationalResponses = 0;
  /** Signs of the peer's life when this was begun, and when it was last heard of. */
  #signs = 0;

  /** @throws NetworkError when the request cannot be written */
  constructor(owner: Http2ExchangeOwner, request: HttpRequest, call: Call, refusals: number) {
    const { fields, bodyLength } = http2RequestFields(request);
    super(request, call, bodyLength);
    this.#owner = owner;
    this.refusals = refusals;
    this.#fields = fields;
  }

  /**
   * Opens the stream.
   * @param running left when nothing of it is left, before the owner hears of that
   */
  begin(session: ClientHttp2Session, running: ActiveSet<Http2Exchange>): void {
    this.#running = running;
    running.add(this);
    let stream: ClientHttp2Stream;
    try {
      stream = session.request(this.#fields, this.request.body === null ? NO_BODY : BODY_FOLLOWS);
    } catch (error) {
      this.fail(unsendable(this.request, error as Error));
      return;
    }
    this.#stream = stream;
    this.streamId = stream.id;
    this.#signs = this.#owner.liveness.signs;
    this.#owner.liveness.watch();
    listenToStream(stream, this);
    this.sendBody();
  }

  /** Its stream is the first of the connection. */
  get isFirst(): boolean {
    return this.streamId === FIRST_STREAM;
  }

  /** The exchange ends with an error, wherever it stands. */
  fail(error: NetworkError): void {
    if (this.isOver) return;
    if (this.isAnswered) this.failBody(error);
    else this.reject(error);
    if (this.#stream === null) this.#left();
    else reset(this.#stream);
  }

  override replaceBy(response: Promise<HttpResponse>): void {
    if (this.#stream !== null && !this.#stream.closed) reset(this.#stream);
    super.replaceBy(response);
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
    const { mostInformational } = this.#owner;
    if (++this.#informationalResponses > mostInformational) {
      const what = `there are more than ${mostInformational} informational (1xx) responses`;
      this.fail(this.#refusal(`${what}, which is our limit (responseLimits.informationalResponses)`));
      return;
    }
    this.tellInformational(Number(raw[1]), '', fieldsOf(raw));
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
    const { security } = this.#owner;
    this.tellHead({ status, reason: '', httpVersion: '2', headers: fieldsOf(raw), security });
  }

  trailed(raw: readonly string[]): void {
    this.#heard();
    this.#trailers = HttpHeaders.adopt(raw.slice());
  }

  received({ buffer, byteOffset, length }: Buffer): void {
    this.#heard();
    this.deliver(new Uint8Array(buffer, byteOffset, length), false);
  }

  ended(isWhole: boolean): void {
    // nghttp2 ends the stream also when it was reset; then `close` tells the code.
    if (!isWhole || this.#stream!.rstCode !== 0 || this.isOver) return;
    // The answer is complete and the request is not: what is left of it would reach nobody (RFC 9113 §8.1).
    if (!this.isSent) reset(this.#stream!);
    this.endBody(this.#trailers);
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

  protected override started(): void {
    listenToBody(this.#stream!);
    if (this.isPaused) this.halt();
  }

  protected flow(): void {
    this.#stream!.resume();
  }

  protected override halt(): void {
    this.#stream!.pause();
  }

  protected release(): void {
    reset(this.#stream!);
  }

  giveUp(reason: NetworkError): void {
    const { liveness } = this.#owner;
    const isSilent = this.#stream !== null && this.#signs === liveness.signs;
    const { isAnswered } = this;
    this.fail(reason);
    if (isSilent && (isTimeout(reason) || !isAnswered)) this.#owner.silent(reason);
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
    this.#running?.remove(this);
    this.#owner.ended(this);
  }
}

/**
 * Ends a stream with RST_STREAM and nothing before it. Node ends what was written so far (END_STREAM) when a stream is
 * closed, and the peer would take half a request for a whole one.
 */
function reset(stream: ClientHttp2Stream): void {
  stream._final = endAtOnce;
  stream.close(CANCEL);
}

function endAtOnce(done: () => void): void {
  done();
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
