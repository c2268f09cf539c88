import { littleEndianHash, rotateLeft, type Words } from './little-endian.ts';

/** MD5 (RFC 1321), where the platform has none: for Digest, whose servers seldom know more. Nothing new should use it. */
export function md5(message: Uint8Array): Uint8Array {
  return littleEndianHash(message, compress);
}

const SINES = Uint32Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32));
const SHIFTS: readonly (readonly number[])[] = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
];

function compress(state: Words, block: Uint32Array): Words {
  let [a, b, c, d] = state;
  for (let i = 0; i < 64; i++) {
    const round = i >> 4;
    const mixed = (a + mix(round, b, c, d) + block[wordOf(round, i)]! + SINES[i]!) | 0;
    [a, d, c, b] = [d, c, b, (b + rotateLeft(mixed, SHIFTS[round]![i & 3]!)) | 0];
  }
  return [a, b, c, d];
}

function mix(round: number, x: number, y: number, z: number): number {
  if (round === 0) return (x & y) | (~x & z);
  if (round === 1) return (x & z) | (y & ~z);
  return round === 2 ? x ^ y ^ z : y ^ (x | ~z);
}

function wordOf(round: number, i: number): number {
  return ([i, 5 * i + 1, 3 * i + 5, 7 * i][round]! & 15) >>> 0;
}
