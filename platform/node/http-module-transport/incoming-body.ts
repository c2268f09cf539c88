import type { IncomingMessage } from 'node:http';
import type { NetworkError } from '../../../src/error.ts';
import type { BodySink, ResponseBody } from '../../../src/message/body.ts';
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
export class IncomingBody implements ResponseBody {
  readonly #message: IncomingMessage;
  readonly #owner: IncomingOwner;
  #sink: BodySink | null = null;
  #failure: NetworkError | null = null;
  #paused = false;
  #over = false;

  constructor(message: IncomingMessage, owner: IncomingOwner) {
    this.#message = message;
    this.#owner = owner;
  }

  start(sink: BodySink): void {
    if (this.#failure !== null) sink.fail(this.#failure);
    if (this.#over) return;
    this.#sink = sink;
    if (this.#paused) this.#message.pause();
    this.#message.on('data', (chunk: Buffer) => {
      // A Buffer's methods differ from those of the Uint8Array that every other transport delivers.
      this.#sink?.data(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length), false);
    });
    this.#message.on('end', () => {
      const last = this.#finish();
      if (last === null) return;
      this.#owner.ended();
      let trailers: HttpHeaders | null;
      try {
        trailers = trailersOf(this.#message);
      } catch (error) {
        last.fail(error as NetworkError);
        return;
      }
      last.end(trailers);
    });
  }

  pause(): void {
    this.#paused = true;
    if (this.#sink !== null) this.#message.pause();
  }

  resume(): void {
    this.#paused = false;
    // Without a listener the message would flow into the void.
    if (this.#sink !== null) this.#message.resume();
  }

  cancel(): void {
    if (this.#over) return;
    this.#finish();
    this.#owner.abandoned();
  }

  /** The connection broke, or the exchange was given up. Kept for `start` when that comes later. */
  fail(error: NetworkError): void {
    if (this.#over) return;
    this.#failure = error;
    this.#finish()?.fail(error);
  }

  /** The sink, for its last call. */
  #finish(): BodySink | null {
    const sink = this.#sink;
    this.#sink = null;
    this.#over = true;
    return sink;
  }
}

/** @throws NetworkError protocol-failure */
function trailersOf({ rawTrailers }: IncomingMessage): HttpHeaders | null {
  return rawTrailers.length === 0 ? null : checkTrailers(receivedHeaders(rawTrailers));
}
