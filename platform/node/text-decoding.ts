import { isAscii } from 'node:buffer';
import type { TextDecoding } from '../../src/reply/reply-source.ts';

// Not the global one, which Jest's jsdom does not have; and not by an import, for which Node 22 and up load all that node:util
// could need, worker threads among it.
const { TextDecoder } = process.getBuiltinModule('node:util');
const utf8 = new TextDecoder();

export const textDecoding: TextDecoding = {
  /** Most large texts are JSON in ASCII: of these Node makes a string several times as fast as its TextDecoder does. */
  decodeUtf8: (bytes) =>
    isAscii(bytes)
      ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
      : utf8.decode(bytes),
  createDecoder: (label) => new TextDecoder(label) as globalThis.TextDecoder,
};
