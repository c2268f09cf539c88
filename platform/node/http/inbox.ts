import type { OnReadOpts } from 'node:net';

/** Bytes of one read. Whoever copies them gets them from the allocator cheaply up to this size. */
const READ_SIZE = 64 * 1024;

/**
 * One buffer for the reads of all sockets: every read is handed on, and copied where it must be kept, before the next one
 * is made.
 */
const BUFFER = new Uint8Array(READ_SIZE);

/** Takes what a socket has read. The bytes are valid during the call. */
export type Receiver = (bytes: Uint8Array, length: number) => void;

/** Where a socket puts what it reads. Node wants to know when it makes the socket, so it is there before its receiver. */
export class Inbox {
  readonly onread: OnReadOpts = {
    buffer: BUFFER,
    callback: (length, bytes) => {
      if (this.#receiver === null) this.#early.push(bytes.slice(0, length));
      else this.#receiver(bytes, length);
      return true;
    },
  };
  #receiver: Receiver | null = null;
  #early: Uint8Array[] = [];

  /** From now on everything goes to the receiver. */
  open(receiver: Receiver): void {
    this.#receiver = receiver;
  }

  /** Something arrived while there was no receiver. */
  get hasMail(): boolean {
    return this.#early.length > 0;
  }

  /** What arrived while there was no receiver. */
  takeEarly(): Uint8Array[] {
    return this.#early.splice(0);
  }
}
