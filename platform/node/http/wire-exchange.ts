import type { Call, Canceler } from '../../../src/call/call.ts';
import type { HttpRequest } from '../../../src/call/request.ts';
import type { HttpResponse } from '../../../src/call/response.ts';
import type { NetworkError } from '../../../src/error.ts';
import type { BodySink } from '../../../src/message/body.ts';
import type { ConnectionSecurity } from '../../../src/message/connection-security.ts';
import { FlowingBody } from '../../../src/message/flowing-body.ts';
import type { HttpHeaders } from '../../../src/message/headers.ts';
import { expectsContinue } from '../expect-continue.ts';
import { isWrittenAtOnce } from '../upload.ts';
import { OutgoingBody, type OutgoingTarget, tellRequestSent } from './outgoing-body.ts';

/** A final head as it came over a connection. */
export interface ReceivedHead {
  readonly status: number;
  readonly reason: string;
  readonly httpVersion: string;
  readonly headers: HttpHeaders;
  readonly security: ConnectionSecurity | null;
  readonly endsWithConnection?: boolean;
}

/**
 * One request on a connection of ours, whatever that speaks: the request on its way out, the promise of its response, and,
 * to its reader, the body of the response.
 */
export abstract class WireExchange extends FlowingBody implements OutgoingTarget, Canceler {
  /** The final head; rejects with a NetworkError. */
  readonly response: Promise<HttpResponse>;
  readonly request: HttpRequest;
  readonly call: Call;
  /** A response has arrived. */
  isAnswered = false;
  readonly #outgoing: OutgoingBody | null;
  #resolve!: (response: HttpResponse | Promise<HttpResponse>) => void;
  #reject!: (error: NetworkError) => void;

  /** @param bodyLength what the head promises of the body, null when it promises nothing */
  constructor(request: HttpRequest, call: Call, bodyLength: number | null) {
    super();
    this.request = request;
    this.call = call;
    const { body } = request;
    this.#outgoing = body === null ? null : new OutgoingBody(body, bodyLength, call, this);
    this.response = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    call.addCanceler(this);
    call.idle?.connected?.();
  }

  /** Nothing of the request is left that could be mistaken for the next one. */
  get isSent(): boolean {
    return this.#outgoing?.isComplete ?? true;
  }

  /** The answer will come of another attempt. */
  replaceBy(response: Promise<HttpResponse>): void {
    this.finish();
    this.#resolve(response);
  }

  abstract write(chunk: Uint8Array, taken: () => void): void;
  abstract end(): void;
  abstract failed(error: NetworkError): void;

  /** The application, a timeout or the manager wants no more of it. */
  abstract giveUp(reason: NetworkError): void;

  /** {@link sendBody} will write the whole body before it returns. */
  protected get sendsBodyAtOnce(): boolean {
    const { body } = this.request;
    return body !== null && isWrittenAtOnce(body) && !expectsContinue(this.request);
  }

  /** The head of the request was written: its body follows, at once or when the peer asks for it. */
  protected sendBody(): void {
    const outgoing = this.#outgoing;
    if (outgoing === null) tellRequestSent(this.call);
    else if (expectsContinue(this.request)) outgoing.startOnContinue();
    else outgoing.start();
  }

  /** Nothing more of the request is sent. */
  protected stopSending(): void {
    this.#outgoing?.stop();
  }

  protected tellInformational(status: number, reason: string, headers: HttpHeaders): void {
    this.call.emit({ type: 'informational', status, reason, headers: headers.pairs });
    if (status === 100) this.#outgoing?.continue();
  }

  protected tellHead(head: ReceivedHead): void {
    this.isAnswered = true;
    // A peer that answers before it asked for the body does not want it.
    if (this.#outgoing?.isStarted === false) this.#outgoing.stop();
    const { call, request } = this;
    call.timings.responseStart = call.time();
    const { status, reason, httpVersion, headers, security, endsWithConnection = false } = head;
    this.#resolve({
      url: request.url,
      status,
      reason,
      httpVersion,
      headers,
      security,
      endsWithConnection,
      body: this,
      source: 'network',
    });
  }

  /** There is no response and no other attempt. */
  protected reject(error: NetworkError): void {
    this.finish();
    this.#reject(error);
  }

  protected override finish(): BodySink | null {
    this.call.offCancel(this);
    this.#outgoing?.stop();
    return super.finish();
  }
}
