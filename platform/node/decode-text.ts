import { isAscii } from 'node:buffer';
// Not the global one, which Jest's jsdom does not have.
import { TextDecoder } from 'node:util';
import type { TextDecoding } from '../../src/reply/reply-source.ts';

const utf8 = new TextDecoder();

/** Most large texts are JSON in ASCII: of these Node makes a string several times as fast as its TextDecoder does. */
export const decodeText: TextDecoding = (bytes) =>
  isAscii(bytes)
    ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
    : utf8.decode(bytes);
