import { concatenate } from '../../util/concatenate.ts';
import { md5 } from './md5.ts';

const BLOCK = 64;

/** HMAC-MD5 (RFC 2104) over the parts one after another. Keys are no longer than a block. */
export function hmacMd5(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  const padded = new Uint8Array(BLOCK);
  padded.set(key);
  const inner = md5(concatenate([padded.map((byte) => byte ^ 0x36), ...parts]));
  return md5(concatenate([padded.map((byte) => byte ^ 0x5c), inner]));
}
