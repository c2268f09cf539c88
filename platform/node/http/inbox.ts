import type { OnReadOpts } from 'node:net';

/** Bytes of one read. Whoever copies them gets them from the allocator cheaply up to this size. */
const READ_SIZE = 64 * 1024;

/** Bytes that are held while there is no receiver. */
const MOST_EARLY = 64 * 1024;

/**
 * One buffer for the reads of all sockets: every read is handed on, and copied where it must be kept, before the next one
 * is made.
 */
const SHARED = new Uint8Array(READ_SIZE);

/**
 * Takes what a socket has read.
 * @param isLent the bytes are valid during the call only; otherwise they are the receiver's own
 */
export type Receiver = (bytes: Uint8Array, length: number, isLent: boolean) => void;

/**
 * Where a socket puts what it reads. Node wants to know when it makes the socket, so it is there before its receiver.
 *
 * A socket that fills the shared buffer is busy with something large: it reads into buffers of its own from then on, which
 * are given away and never copied, until a read does not fill half of one.
 */
export class Inbox {
  readonly onread: OnReadOpts = {
    buffer: () => this.#nextBuffer(),
    callback: (length, bytes) => {
      this.#take(length, bytes);
      return !this.isFull;
    },
  };
  /** What the next read goes into; null for a new one of the socket's own. */
  #buffer: Uint8Array | null = SHARED;
  #receiver: Receiver | null = null;
  #early: Uint8Array[] = [];
  #earlySize = 0;

  /** From now on everything goes to the receiver. */
  open(receiver: Receiver): void {
    this.#receiver = receiver;
  }

  /** Something arrived while there was no receiver. */
  get hasMail(): boolean {
    return this.#early.length > 0;
  }

  /** More has arrived without a receiver than anybody has to say then: the socket is not read any more. */
  get isFull(): boolean {
    return this.#earlySize >= MOST_EARLY;
  }

  /** What arrived while there was no receiver. */
  takeEarly(): Uint8Array[] {
    return this.#early.splice(0);
  }

  #take(length: number, bytes: Uint8Array): void {
    const isShared = bytes === SHARED;
    const isLarge = length >= (isShared ? READ_SIZE : READ_SIZE / 2);
    this.#buffer = isLarge ? null : SHARED;
    if (this.#receiver === null) this.#keep(bytes.slice(0, length));
    else this.#receiver(bytes, length, isShared || !isLarge);
  }

  #keep(bytes: Uint8Array): void {
    this.#early.push(bytes);
    this.#earlySize += bytes.length;
  }

  #nextBuffer(): Uint8Array {
    this.#buffer ??= new Uint8Array(Buffer.allocUnsafeSlow(READ_SIZE).buffer);
    return this.#buffer;
  }
}
