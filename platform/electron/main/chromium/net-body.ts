import type { NetworkError } from '../../../../src/error.ts';
import { FlowingBody } from '../../../../src/message/flowing-body.ts';
import type { ElectronIncomingMessage } from './types.ts';

/** What a {@link NetBody} tells the exchange that it belongs to. */
export interface NetBodyOwner {
  ended(): void;
  /** Nobody wants what is left. */
  abandoned(): void;
}

/** What Electron's types do not say of an IncomingMessage: it is a Readable of Node. */
interface Readable {
  pause(): void;
  resume(): void;
}

/** The body of a response of Electron's `net`. Chromium reads some megabytes ahead, and then waits. */
export class NetBody extends FlowingBody {
  readonly #message: ElectronIncomingMessage & Readable;
  readonly #owner: NetBodyOwner;

  constructor(message: ElectronIncomingMessage, owner: NetBodyOwner) {
    super();
    this.#message = message as ElectronIncomingMessage & Readable;
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
      if (chunk.length > 0) this.deliver(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length), false);
    });
    message.on('end', () => {
      if (this.isOver) return;
      this.#owner.ended();
      this.endBody(null);
    });
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
}
