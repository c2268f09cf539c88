import type { ClientRequest, IncomingMessage, InformationEvent } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { NetworkError, type NetworkErrorCode } from '../../../src/error.ts';
import { ask } from '../../../src/pipeline/ask.ts';
import type { Exchange } from '../../../src/pipeline/exchange.ts';
import type { HttpRequest, HttpResponse } from '../../../src/pipeline/stage.ts';
import { networkFailure } from '../../common/network-failure.ts';
import { CONTINUE_WAIT, expectsContinue } from '../expect-continue.ts';
import { mayBeRepeated } from '../may-be-repeated.ts';
import { Upload } from '../upload.ts';
import { IncomingBody } from './incoming-body.ts';
import { receivedHeaders } from './received-headers.ts';
import { checkResponse } from './response-check.ts';

/** 1xx responses before the final one; more is a peer that plays for time. */
const MOST_INFORMATIONAL = 20;

/** One request on one socket, from its first byte to the last byte of the answer. */
export class Attempt {
  /** The final head; rejects with a NetworkError. */
  readonly response: Promise<HttpResponse>;
  readonly #request: HttpRequest;
  readonly #exchange: Exchange;
  readonly #client: ClientRequest;
  readonly #bodyLength: number | null;
  readonly #onOver: () => void;
  readonly #forgetCancel: () => void;
  #resolve!: (response: HttpResponse) => void;
  #reject!: (error: NetworkError) => void;
  #over = false;
  #message: IncomingMessage | null = null;
  #body: IncomingBody | null = null;
  #upload: Upload | null = null;
  #continueTimer: unknown = null;
  #informational = 0;
  #socket: Socket | null = null;
  #bytesReadBefore = 0;
  #forgetSocket: () => void = () => {};

  /**
   * @param client made for the request, nothing written to it yet
   * @param bodyLength what the head promises of the body
   * @param onOver called once, when nothing of the attempt is left
   */
  constructor(
    request: HttpRequest,
    exchange: Exchange,
    client: ClientRequest,
    bodyLength: number | null,
    onOver: () => void,
  ) {
    this.#request = request;
    this.#exchange = exchange;
    this.#client = client;
    this.#bodyLength = bodyLength;
    this.#onOver = onOver;
    this.response = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    client.maxHeadersCount = 0;
    client.on('socket', (socket) => this.#connect(socket));
    client.on('finish', () => this.#sent());
    client.on('continue', () => this.#startUpload());
    client.on('information', (info) => this.#inform(info));
    client.on('response', (message) => this.#deliver(message));
    client.on('upgrade', (_, socket) => this.#refuseSwitch(socket));
    client.on('connect', (_, socket) => this.#refuseSwitch(socket));
    client.on('error', (cause) => this.#broken(cause));
    this.#forgetCancel = exchange.onCancel((reason) => this.fail(reason));
  }

  /** Whether it failed on a kept-alive socket that the peer had closed meanwhile, and may go out once more. */
  get isStale(): boolean {
    return (
      this.#client.reusedSocket &&
      this.#message === null &&
      this.#socket?.bytesRead === this.#bytesReadBefore &&
      this.#exchange.cancelled === null &&
      mayBeRepeated(this.#request)
    );
  }

  /** Ends it with an error, wherever it stands. */
  fail(error: NetworkError): void {
    if (this.#over) return;
    this.#finish();
    this.#client.destroy();
    if (this.#body === null) this.#reject(error);
    else this.#body.fail(error);
  }

  #connect(socket: Socket): void {
    this.#socket = socket;
    this.#bytesReadBefore = socket.bytesRead;
    if (this.#client.reusedSocket) {
      this.#write();
      return;
    }
    const { timings, clock } = this.#exchange;
    const looked = (): void => {
      timings.lookupEnd = clock.now();
    };
    const connected = (): void => {
      timings.connectEnd = clock.now();
    };
    const secured = (): void => {
      timings.secureConnectEnd = clock.now();
      this.#askEncrypted();
    };
    socket.once('lookup', looked).once('connect', connected).once('secureConnect', secured);
    this.#forgetSocket = () => {
      socket.off('lookup', looked).off('connect', connected).off('secureConnect', secured);
    };
    this.#exchange.emit({ type: 'socket-started-connecting' });
    // Who hears of it may have given the request up.
    if (this.#over) return;
    // An agent of the caller's may hand over a socket whose handshake is done.
    if (!isHandshaking(socket)) this.#write();
  }

  /** No byte of the request is sent before the application has seen the certificate. */
  #askEncrypted(): void {
    ask(this.#exchange, { type: 'encrypted' }).then(
      ({ allowed }) => {
        if (this.#over) return;
        if (allowed) this.#write();
        else this.fail(this.#error('operation-canceled', 'the encrypted connection was declined'));
      },
      (cause: unknown) => this.fail(networkFailure(cause, this.url)),
    );
  }

  #write(): void {
    if (this.#request.body === null) {
      this.#client.end();
    } else if (expectsContinue(this.#request)) {
      this.#client.flushHeaders();
      this.#continueTimer = this.#exchange.clock.setTimeout(() => this.#startUpload(), CONTINUE_WAIT);
    } else {
      this.#startUpload();
    }
  }

  #startUpload(): void {
    const { body } = this.#request;
    if (this.#over || this.#message !== null || this.#upload !== null || body === null) return;
    const client = this.#client;
    const target = {
      write: (chunk: Uint8Array, taken: () => void) => {
        client.write(chunk, (error) => {
          if (!error) taken();
        });
      },
      end: () => {
        client.end();
      },
    };
    const total = this.#bodyLength ?? -1;
    this.#upload = new Upload(body, this.#bodyLength, target, {
      progress: (sent) => this.#exchange.emit({ type: 'upload-progress', sent, total }),
      failed: (error) => this.fail(error),
    });
    this.#upload.start();
  }

  #sent(): void {
    if (this.#over) return;
    this.#exchange.timings.requestSent = this.#exchange.clock.now();
    this.#exchange.emit({ type: 'request-sent' });
  }

  #inform({ statusCode, statusMessage, rawHeaders }: InformationEvent): void {
    if (++this.#informational > MOST_INFORMATIONAL) {
      this.fail(this.#error('protocol-failure', `more than ${MOST_INFORMATIONAL} informational responses`));
      return;
    }
    this.#exchange.emit({
      type: 'informational',
      status: statusCode,
      reason: statusMessage,
      headers: receivedHeaders(rawHeaders).pairs,
    });
  }

  #deliver(message: IncomingMessage): void {
    if (this.#over) return;
    const headers = receivedHeaders(message.rawHeaders);
    try {
      checkResponse(this.#request.method, message, headers);
    } catch (cause) {
      this.fail(this.#error('protocol-failure', (cause as NetworkError).message));
      return;
    }
    this.#message = message;
    this.#exchange.timings.responseStart = this.#exchange.clock.now();
    message.on('error', (cause) => this.#broken(cause));
    this.#body = new IncomingBody(message, {
      ended: () => this.#ended(),
      abandoned: () => this.#abandoned(),
    });
    const { url } = this.#request;
    const encrypted = url.scheme === 'https';
    this.#resolve({
      url,
      status: message.statusCode!,
      reason: message.statusMessage!,
      httpVersion: message.httpVersion,
      headers,
      body: this.#body,
      encrypted,
      certificateErrorsIgnored: encrypted && !(message.socket as TLSSocket).authorized,
      source: 'network',
    });
  }

  #refuseSwitch(socket: Duplex): void {
    socket.destroy();
    this.fail(this.#error('protocol-failure', 'the peer switched to another protocol'));
  }

  #broken(cause: unknown): void {
    // What follows a complete message on its connection is not part of it.
    if (this.#message?.complete !== true) this.fail(networkFailure(cause, this.url));
  }

  #ended(): void {
    this.#finish();
    // The answer is complete and the request is not: what is left of it would reach nobody (RFC 9112 §9.3).
    if (!this.#client.writableFinished) this.#client.destroy();
  }

  #abandoned(): void {
    this.#finish();
    // A message that has arrived in whole leaves its connection usable.
    if (this.#message!.complete && this.#client.writableFinished) this.#message!.resume();
    else this.#client.destroy();
  }

  #finish(): void {
    this.#over = true;
    this.#forgetCancel();
    this.#forgetSocket();
    this.#upload?.stop();
    if (this.#continueTimer !== null) this.#exchange.clock.clearTimeout(this.#continueTimer);
    this.#onOver();
  }

  get url(): string {
    return this.#request.url.href;
  }

  #error(code: NetworkErrorCode, message: string): NetworkError {
    return new NetworkError(code, message, { url: this.url });
  }
}

function isHandshaking(socket: Socket): boolean {
  return (socket as Partial<TLSSocket> & { secureConnecting?: boolean }).secureConnecting === true;
}
