import { littleEndianHash, rotateLeft, type Words } from './little-endian.ts';

/** MD4 (RFC 1320): what NTLM keeps passwords as. OpenSSL 3 has put it away, so it is here. Nothing else should use it. */
export function md4(message: Uint8Array): Uint8Array {
  return littleEndianHash(message, compress);
}

const CONSTANTS: readonly number[] = [0, 0x5a827999, 0x6ed9eba1];
const SHIFTS: readonly (readonly number[])[] = [
  [3, 7, 11, 19],
  [3, 5, 9, 13],
  [3, 9, 11, 15],
];
/** The order of the words in the third round. */
const THIRD: readonly number[] = [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15];

function compress(state: Words, block: Uint32Array): Words {
  let [a, b, c, d] = state;
  for (let i = 0; i < 48; i++) {
    const round = i >> 4;
    const word = block[wordOf(round, i & 15)]!;
    const mixed = (a + mix(round, b, c, d) + word + CONSTANTS[round]!) | 0;
    [a, d, c, b] = [d, c, b, rotateLeft(mixed, SHIFTS[round]![i & 3]!)];
  }
  return [a, b, c, d];
}

function mix(round: number, x: number, y: number, z: number): number {
  if (round === 0) return (x & y) | (~x & z);
  return round === 1 ? (x & y) | (x & z) | (y & z) : x ^ y ^ z;
}

function wordOf(round: number, step: number): number {
  if (round === 0) return step;
  return round === 1 ? (step & 3) * 4 + (step >> 2) : THIRD[step]!;
}
