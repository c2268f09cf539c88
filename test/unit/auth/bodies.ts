import type { AuthenticatingServer } from '../../../src/call/authentication.ts';
import type { RequestBody } from '../../../src/message/body.ts';

/** A body in memory. */
export function bytesOf(text: string): RequestBody {
  const bytes = new TextEncoder().encode(text);
  return {
    length: bytes.length,
    replayable: true,
    bytes,
    contentType: null,
    async *open() {
      yield bytes;
    },
  };
}

/** A body in pieces, like a file, or a stream. */
export function streamOf(pieces: readonly string[], replayable: boolean): RequestBody {
  return {
    length: null,
    replayable,
    bytes: null,
    contentType: null,
    async *open() {
      for (const piece of pieces) yield new TextEncoder().encode(piece);
    },
  };
}

/** Who asks, where it does not matter who. */
export const SERVER: AuthenticatingServer = {
  isProxy: false,
  origin: 'https://h.test',
  hostname: 'h.test',
  authority: 'h.test',
  isEncrypted: true,
  username: '',
  password: '',
};
