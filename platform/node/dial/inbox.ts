import type { OnReadOpts } from 'node:net';
import type { Wire } from './step.ts';

/**
 * Takes what a connection has read.
 * @param isLent the bytes are valid during the call only; otherwise they are the receiver's own
 */
export type Receiver = (bytes: Uint8Array, length: number, isLent: boolean) => void;

/** Where the bytes of a connection arrive. */
export interface Inbox {
  /** Something arrived while there was no receiver. It was not taken. */
  readonly hasMail: boolean;
  /** From now on everything goes to the receiver. */
  open(receiver: Receiver): void;
}

/** Bytes of one read. Copies come cheaply from the allocator up to this size. */
const READ_SIZE = 64 * 1024;

/**
 * One buffer for the reads of all sockets: every read is handed on, and copied where it must be kept, before the next one
 * is made.
 */
const SHARED = new Uint8Array(READ_SIZE);

/**
 * The inbox of a socket of our own that is not encrypted. Node wants its `onread` when it makes the socket, and reads into
 * buffers that it is given; it does so for no other stream, and Deno goes on doing so when HTTP/2 has taken the socket over.
 *
 * A socket that fills the shared buffer is busy with something large: it reads into buffers of its own from then on, which
 * are given away and never copied, until a read does not fill half of one.
 */
export class SocketInbox implements Inbox {
  readonly onread: OnReadOpts = {
    buffer: () => this.#nextBuffer(),
    callback: (length, bytes) => this.#take(length, bytes),
  };
  hasMail = false;
  /** What the next read goes into; null for a new one of the socket's own. */
  #buffer: Uint8Array | null = SHARED;
  #receiver: Receiver | null = null;

  open(receiver: Receiver): void {
    this.#receiver = receiver;
  }

  /** Whether the socket is to be read on. */
  #take(length: number, bytes: Uint8Array): boolean {
    const isShared = bytes === SHARED;
    const isLarge = length >= (isShared ? READ_SIZE : READ_SIZE / 2);
    this.#buffer = isLarge ? null : SHARED;
    if (this.#receiver === null) this.hasMail = true;
    else this.#receiver(bytes, length, isShared || !isLarge);
    return !this.hasMail;
  }

  #nextBuffer(): Uint8Array {
    this.#buffer ??= new Uint8Array(Buffer.allocUnsafeSlow(READ_SIZE).buffer);
    return this.#buffer;
  }
}

/** The inbox of every other stream, which keeps what arrives until it has a receiver. */
export class StreamInbox implements Inbox {
  readonly #wire: Wire;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  get hasMail(): boolean {
    return this.#wire.readableLength > 0;
  }

  open(receiver: Receiver): void {
    this.#wire.on('data', ({ buffer, byteOffset, length }: Buffer) => {
      receiver(new Uint8Array(buffer, byteOffset, length), length, false);
    });
  }
}
