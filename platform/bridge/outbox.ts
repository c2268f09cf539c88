import type { BridgePort } from './port.ts';
import { POST_MESSAGES, POST_SIZE } from './protocol.ts';

/**
 * What is said in one turn goes in one post, or a few large ones: a message costs more by being posted than by what is in it.
 *
 * @param failed called when the channel takes no more
 */
export class Outbox<Message> {
  readonly #port: BridgePort;
  readonly #failed: (cause: unknown) => void;
  #messages: Message[] = [];
  #transfer: ArrayBuffer[] = [];
  #size = 0;
  #isClosed = false;
  /** A post is on its way, at the end of the turn. */
  #isDue = false;
  readonly #later: (callback: () => void) => void;
  readonly #flush = (): void => this.flush();

  constructor(port: BridgePort, failed: (cause: unknown) => void) {
    this.#port = port;
    this.#failed = failed;
    this.#later = port.afterTurn ?? ((callback) => void NOW.then(callback));
  }

  /** Messages that wait for their post. */
  get size(): number {
    return this.#messages.length;
  }

  /** What was sent last, as long as it waits. */
  get last(): Message | null {
    return this.#messages.at(-1) ?? null;
  }

  /**
   * @param message may be the {@link last}, when it has grown
   * @param given bytes in the message, in memory of their own that is given away
   * @param size about the bytes of the message, where it may be large
   */
  send(message: Message, given: readonly Uint8Array[] = [], size = given[0]?.length ?? 0): void {
    if (this.#isClosed) return;
    if (message !== this.last) this.#messages.push(message);
    if (!this.#isDue) {
      this.#isDue = true;
      this.#later(this.#flush);
    }
    for (const { length, buffer } of given)
      if (length >= WORTH_A_TRANSFER && this.#port.transfers) this.#transfer.push(buffer as ArrayBuffer);
    this.#size += size;
    if (this.#messages.length >= POST_MESSAGES || this.#size >= POST_SIZE) this.flush();
  }

  /** Posts what waits, now. */
  flush(): void {
    this.#isDue = false;
    const messages = this.#messages;
    if (messages.length === 0 || this.#isClosed) return;
    const transfer = this.#transfer;
    this.#messages = [];
    this.#size = 0;
    if (transfer.length > 0) this.#transfer = [];
    try {
      this.#port.post(messages, transfer);
    } catch (cause) {
      this.#failed(cause);
    }
  }

  /** Nothing is sent any more. */
  close(): void {
    this.#isClosed = true;
    this.#messages = [];
    this.#transfer = [];
  }
}

const NOW = Promise.resolve();
/** What is smaller is copied sooner than handed over. */
export const WORTH_A_TRANSFER = 16 * 1024;
