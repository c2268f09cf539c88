import { COLON, LOWER_CASE_TOKEN } from './characters.ts';
import { decodeLatin1 } from './latin1.ts';

/**
 * The name last seen for each value of a hash over its lower-cased bytes. A server that makes up names can only push
 * others out, never fill memory.
 */
const SLOTS = 512;
const LONGEST_REMEMBERED = 64;
const remembered: (string | undefined)[] = new Array(SLOTS).fill(undefined);

/**
 * The lower-cased field name that begins at `start` and reaches to the first colon; empty when that is no token
 * (RFC 9112 §5.1). The names of everyday fields cost no allocation.
 */
export function readFieldName(bytes: Uint8Array, start: number, end: number): string {
  let hash = 0;
  let colon = start;
  for (; colon < end; colon++) {
    const lower = LOWER_CASE_TOKEN[bytes[colon]!]!;
    if (lower === 0) break;
    hash = (Math.imul(hash, 31) + lower) | 0;
  }
  if (colon === end || bytes[colon] !== COLON) return '';
  const slot = hash & (SLOTS - 1);
  const known = remembered[slot];
  if (known !== undefined && isName(known, bytes, start, colon)) return known;
  const name = decodeLatin1(bytes, start, colon).toLowerCase();
  if (name.length <= LONGEST_REMEMBERED) remembered[slot] = name;
  return name;
}

function isName(name: string, bytes: Uint8Array, start: number, end: number): boolean {
  if (name.length !== end - start) return false;
  for (let i = 0; i < name.length; i++) {
    if (LOWER_CASE_TOKEN[bytes[start + i]!] !== name.charCodeAt(i)) return false;
  }
  return true;
}
