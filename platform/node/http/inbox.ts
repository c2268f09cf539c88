import type { OnReadOpts } from 'node:net';

/** Bytes of one read. Larger reads do not pay: 64 KiB is what the kernel hands over at a time on a fast network. */
const READ_SIZE = 64 * 1024;

/**
 * One buffer for the reads of all sockets: every read is handed on, and copied where it must be kept, before the next one
 * is made.
 */
const BUFFER = new Uint8Array(READ_SIZE);

/** Takes what a socket has read. The bytes are valid during the call. */
export type Receiver = (bytes: Uint8Array, length: number) => void;

/**
 * Where a socket puts what it reads, known before there is a socket: Node wants it when the socket is made, and the
 * receiver exists only when that is connected.
 */
export class Inbox {
  receiver: Receiver | null = null;
  readonly onread: OnReadOpts = {
    buffer: BUFFER,
    callback: (length, bytes) => {
      this.receiver?.(bytes, length);
      return true;
    },
  };
}
