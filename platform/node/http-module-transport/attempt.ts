import type { ClientRequest, IncomingMessage, InformationEvent } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { ask } from '../../../src/call/ask.ts';
import type { Call } from '../../../src/call/call.ts';
import type { HttpRequest } from '../../../src/call/request.ts';
import type { HttpResponse } from '../../../src/call/response.ts';
import { NetworkError, type NetworkErrorCode } from '../../../src/error.ts';
import type { ResponseFraming } from '../../../src/http1/response-framing.ts';
import { networkFailure } from '../../common/network-failure.ts';
import { securityOfAny } from '../dial/security.ts';
import { expectsContinue } from '../expect-continue.ts';
import { OutgoingBody, type OutgoingTarget, tellRequestSent } from '../http/outgoing-body.ts';
import { canBeRepeated, isIdleTimeout, mayBeRepeated } from '../may-be-repeated.ts';
import { IncomingBody } from './incoming-body.ts';
import type { KeptSockets } from './kept-sockets.ts';
import { receivedHeaders } from './received-headers.ts';
import { checkResponse, failureOfNode, isBegun } from './response-check.ts';
import { isHandshaking, watchPhases, watchReads, watchWrites } from './watch-socket.ts';

/** 1xx responses before the final one; more is a peer that plays for time. */
const MOST_INFORMATIONAL = 20;

/** One request on one socket, from its first byte to the last byte of the answer. */
export class Attempt implements OutgoingTarget {
  place = 0;
  /** The final head; rejects with a NetworkError. */
  readonly response: Promise<HttpResponse>;
  readonly #request: HttpRequest;
  readonly #call: Call;
  readonly client: ClientRequest;
  readonly #outgoing: OutgoingBody | null;
  readonly #kept: KeptSockets;
  readonly #onOver: () => void;
  readonly #forgetCancel: () => void;
  #resolve!: (response: HttpResponse) => void;
  #reject!: (error: NetworkError) => void;
  #over = false;
  #message: IncomingMessage | null = null;
  #body: IncomingBody | null = null;
  #informational = 0;
  #socket: Socket | null = null;
  #isWritten = false;
  /** Its connection broke, and the server has not answered it: it has not even seen it, or may have. */
  #loss: 'unseen' | 'unanswered' | null = null;
  #framing: ResponseFraming | null = null;
  /** What ends each of the watches over the socket. */
  readonly #watches: (() => void)[] = [];

  /**
   * @param client made for the request, nothing written to it yet
   * @param bodyLength what the head promises of the body
   * @param kept what is known of the sockets of all attempts
   * @param onOver called once, when nothing of the attempt is left
   */
  constructor(
    request: HttpRequest,
    call: Call,
    client: ClientRequest,
    bodyLength: number | null,
    kept: KeptSockets,
    onOver: () => void,
  ) {
    this.#kept = kept;
    this.#request = request;
    this.#call = call;
    this.client = client;
    this.#outgoing = request.body === null ? null : new OutgoingBody(request.body, bodyLength, call, this);
    this.#onOver = onOver;
    this.response = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    client.maxHeadersCount = 0;
    client.on('socket', (socket) => this.#connect(socket));
    client.on('continue', () => this.#outgoing?.continue());
    client.on('information', (info) => this.#inform(info));
    client.on('response', (message) => this.#deliver(message));
    const refuse = (_message: IncomingMessage, socket: Duplex): void => {
      socket.destroy();
      this.fail(this.#error('protocol-failure', 'the peer switched to another protocol'));
    };
    client.on('upgrade', refuse).on('connect', refuse);
    client.on('error', (cause) => this.#broken(cause));
    this.#forgetCancel = call.onCancel((reason) => this.fail(reason));
  }

  /** Whether it failed on a kept-alive socket that was no good any more, and may go out once more. */
  get isStale(): boolean {
    if (this.#loss === null || !this.client.reusedSocket || this.#call.cancelled !== null) return false;
    return this.#loss === 'unseen' ? canBeRepeated(this.#request) : mayBeRepeated(this.#request);
  }

  /** Ends it with an error, wherever it stands. */
  fail(error: NetworkError): void {
    if (this.#over) return;
    this.#finish();
    this.client.destroy();
    if (this.#body === null) this.#reject(error);
    else this.#body.fail(error);
  }

  #connect(socket: Socket): void {
    this.#socket = socket;
    // Node writes a head with Expect as soon as there is a socket, be it one that is still to be judged.
    socket.cork();
    this.#watches.push(watchReads(socket, this.#call));
    if (this.#request.body !== null) {
      this.#watches.push(
        watchWrites(socket, this.#call, (error) => {
          if (this.#message === null) this.#broken(error);
        }),
      );
    }
    if (this.client.reusedSocket) this.#writeWhenRested(socket);
    else this.#writeWhenOpen(socket);
  }

  /** A kept socket is written to when it has been read since its last response. */
  #writeWhenRested(socket: Socket): void {
    this.#kept.rested(this.#request.url.origin, socket).then(
      (isRested) => {
        if (this.#over) return;
        if (isRested) this.#write();
        else this.#unasked();
      },
      (cause: unknown) => this.#broken(cause),
    );
  }

  #writeWhenOpen(socket: Socket): void {
    this.#watches.push(watchPhases(socket, this.#call, () => this.#askEncrypted()));
    this.#call.emit({ type: 'socket-started-connecting' });
    // Who hears of it may have given the request up.
    if (this.#over) return;
    // An agent of the caller's may hand over a socket whose handshake is done.
    if (!isHandshaking(socket)) this.#write();
  }

  /** What arrives before the request was sent is no answer to it. */
  #unasked(): void {
    this.#loss = 'unseen';
    this.fail(this.#error('protocol-failure', 'the server sent a response before there was a request'));
  }

  /** No byte of the request is sent before the application has seen the certificate. */
  #askEncrypted(): void {
    ask(this.#call, { type: 'encrypted', security: securityOfAny(this.#socket) }).then(
      ({ allowed }) => {
        if (this.#over) return;
        if (allowed) this.#write();
        else this.fail(this.#error('operation-canceled', 'the encrypted connection was declined'));
      },
      (cause: unknown) => this.fail(networkFailure(cause, this.url)),
    );
  }

  #write(): void {
    this.#isWritten = true;
    this.#socket!.uncork();
    this.#call.idle?.connected?.();
    const outgoing = this.#outgoing;
    if (outgoing === null) {
      this.client.end(() => {
        if (!this.#over) tellRequestSent(this.#call);
      });
    } else if (expectsContinue(this.#request)) {
      this.client.flushHeaders();
      outgoing.startOnContinue();
    } else {
      outgoing.start();
    }
  }

  write(chunk: Uint8Array, taken: () => void): void {
    this.client.write(chunk, (error) => {
      if (!error) taken();
    });
  }

  end(): void {
    this.client.end();
  }

  failed(error: NetworkError): void {
    this.fail(error);
  }

  #inform({ statusCode, statusMessage, rawHeaders }: InformationEvent): void {
    if (!this.#isWritten) {
      this.#unasked();
      return;
    }
    if (++this.#informational > MOST_INFORMATIONAL) {
      this.fail(this.#error('protocol-failure', `more than ${MOST_INFORMATIONAL} informational responses`));
      return;
    }
    this.#call.emit({
      type: 'informational',
      status: statusCode,
      reason: statusMessage,
      headers: receivedHeaders(rawHeaders).pairs,
    });
  }

  #deliver(message: IncomingMessage): void {
    if (this.#over) return;
    if (!this.#isWritten) {
      this.#unasked();
      return;
    }
    const headers = receivedHeaders(message.rawHeaders);
    let framing: ResponseFraming;
    try {
      framing = checkResponse(this.#request.method, message, headers);
    } catch (cause) {
      this.fail(this.#error('protocol-failure', (cause as NetworkError).message));
      return;
    }
    const isFirst = this.client.reusedSocket && this.#informational === 0;
    if (isFirst && isIdleTimeout(message.statusCode!, framing.keepAlive) && canBeRepeated(this.#request)) {
      this.#loss = 'unseen';
      this.fail(this.#error('remote-host-closed', 'the server gave up an idle connection (408)'));
      return;
    }
    // A server that answers before it asked for the body does not want it.
    if (this.#outgoing?.isStarted === false) this.#outgoing.stop();
    this.#framing = framing;
    this.#message = message;
    this.#call.timings.responseStart = this.#call.time();
    message.on('error', (cause) => this.#broken(cause));
    this.#body = new IncomingBody(message, {
      ended: () => this.#ended(),
      abandoned: () => this.#abandoned(),
    });
    const { url } = this.#request;
    this.#resolve({
      url,
      status: message.statusCode!,
      reason: message.statusMessage!,
      httpVersion: message.httpVersion,
      headers,
      body: this.#body,
      security: url.scheme === 'https' ? securityOfAny(this.#socket) : null,
      endsWithConnection: framing.kind === 'close',
      source: 'network',
    });
  }

  #broken(cause: unknown): void {
    // What follows a complete message on its connection is not part of it.
    if (this.#message?.complete === true || this.#over) return;
    if (!this.#isWritten) this.#loss = 'unseen';
    else if (this.#message === null && this.#informational === 0 && !isBegun(cause))
      this.#loss = 'unanswered';
    this.fail(failureOfNode(cause, this.url));
  }

  #ended(): void {
    this.#finish();
    this.#keepSocket();
  }

  #abandoned(): void {
    this.#finish();
    // A message that has arrived in whole leaves its connection usable.
    if (this.#message!.complete && this.#keepSocket()) this.#message!.resume();
    else this.client.destroy();
  }

  /**
   * Its agent may keep the socket of an answer that is complete, unless the request is not: what is left of that would
   * reach nobody (RFC 9112 §9.3). Node also keeps connections that are not to be trusted with another request.
   */
  #keepSocket(): boolean {
    const { keepAlive, announced } = this.#framing!;
    const isKept = keepAlive && this.client.writableFinished;
    if (isKept) this.#kept.ended(this.#request.url.origin, this.#socket!, announced);
    // Node takes a request that is answered for destroyed.
    else this.#socket!.destroy();
    return isKept;
  }

  #finish(): void {
    this.#over = true;
    this.#forgetCancel();
    for (const endWatch of this.#watches) endWatch();
    this.#outgoing?.stop();
    this.#onOver();
  }

  get url(): string {
    return this.#request.url.href;
  }

  #error(code: NetworkErrorCode, message: string): NetworkError {
    return new NetworkError(code, message, { url: this.url });
  }
}
