import { isAscii } from 'node:buffer';
// Not the global one, which Jest's jsdom does not have.
import { TextDecoder } from 'node:util';
import type { TextDecoding } from '../../src/reply/reply-source.ts';

const utf8 = new TextDecoder();

export const textDecoding: TextDecoding = {
  /** Most large texts are JSON in ASCII: of these Node makes a string several times as fast as its TextDecoder does. */
  decodeUtf8: (bytes) =>
    isAscii(bytes)
      ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
      : utf8.decode(bytes),
  createDecoder: (label) => new TextDecoder(label) as globalThis.TextDecoder,
};
