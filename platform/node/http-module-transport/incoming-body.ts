import type { IncomingMessage } from 'node:http';
import type { NetworkError } from '../../../src/error.ts';
import { FlowingBody } from '../../../src/message/flowing-body.ts';
import type { HttpHeaders } from '../../../src/message/headers.ts';
import { receivedHeaders } from './received-headers.ts';
import { checkTrailers } from './response-check.ts';

/** What an {@link IncomingBody} tells the attempt that owns its connection. */
export interface IncomingOwner {
  /** Every byte of the message was delivered. */
  ended(): void;
  /** Nobody wants what is left of the message. */
  abandoned(): void;
}

/** The body of an IncomingMessage. It reads ahead until its high-water mark; after that the socket stops reading. */
export class IncomingBody extends FlowingBody {
  readonly #message: IncomingMessage;
  readonly #owner: IncomingOwner;

  constructor(message: IncomingMessage, owner: IncomingOwner) {
    super();
    this.#message = message;
    this.#owner = owner;
  }

  /** The connection broke, or the exchange was given up. */
  fail(error: NetworkError): void {
    this.failBody(error);
  }

  protected override started(): void {
    const message = this.#message;
    if (this.isPaused) message.pause();
    message.on('data', (chunk: Buffer) => {
      // A Buffer's methods differ from those of the Uint8Array that every other transport delivers.
      this.deliver(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length), false);
    });
    message.on('end', () => this.#end());
  }

  protected flow(): void {
    this.#message.resume();
  }

  protected override halt(): void {
    this.#message.pause();
  }

  protected release(): void {
    this.#owner.abandoned();
  }

  #end(): void {
    if (this.isOver) return;
    this.#owner.ended();
    let trailers: HttpHeaders | null;
    try {
      trailers = trailersOf(this.#message);
    } catch (error) {
      this.failBody(error as NetworkError);
      return;
    }
    this.endBody(trailers);
  }
}

/** @throws NetworkError protocol-failure */
function trailersOf({ rawTrailers }: IncomingMessage): HttpHeaders | null {
  return rawTrailers.length === 0 ? null : checkTrailers(receivedHeaders(rawTrailers));
}
