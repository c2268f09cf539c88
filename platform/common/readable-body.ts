import type { NetworkError } from '../../src/error.ts';
import { FlowingBody } from '../../src/message/flowing-body.ts';
import type { HttpHeaders } from '../../src/message/headers.ts';

/** What a {@link ReadableBody} tells the attempt that owns its connection. */
export interface ReadableBodyOwner {
  /** Every byte of the message was delivered. */
  ended(): void;
  /** Nobody wants what is left of the message. */
  abandoned(): void;
}

/** The part of a Readable of Node's that is used here: an IncomingMessage of `node:http`, and that of Electron's `net`. */
export interface ReadableMessage {
  // biome-ignore lint/suspicious/noExplicitAny: each event has arguments of its own.
  on(event: 'data' | 'end', listener: (...args: any[]) => void): unknown;
  pause(): unknown;
  resume(): unknown;
}

/** The body of a message that is a Readable. It reads ahead until its high-water mark; after that its source stops reading. */
export class ReadableBody extends FlowingBody {
  readonly #message: ReadableMessage;
  readonly #owner: ReadableBodyOwner;

  constructor(message: ReadableMessage, owner: ReadableBodyOwner) {
    super();
    this.#message = message;
    this.#owner = owner;
  }

  /** The connection broke, or the exchange was given up. */
  fail(error: NetworkError): void {
    this.failBody(error);
  }

  /** @throws NetworkError for trailers that are none */
  protected trailers(): HttpHeaders | null {
    return null;
  }

  protected override started(): void {
    const message = this.#message;
    if (this.isPaused) message.pause();
    message.on('data', ({ buffer, byteOffset, length }: Uint8Array) => {
      // A Buffer's methods differ from those of the Uint8Array that every other transport delivers.
      if (length > 0) this.deliver(new Uint8Array(buffer, byteOffset, length), false);
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
      trailers = this.trailers();
    } catch (error) {
      this.failBody(error as NetworkError);
      return;
    }
    this.endBody(trailers);
  }
}
