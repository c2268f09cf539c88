/**
 * What MD4 (RFC 1320) and MD5 (RFC 1321) have in common: a message in blocks of sixteen words, little-endian, and a state
 * of four that each block is added to.
 */
export type Words = [number, number, number, number];

/** @param compress the state after one block, before it is added to the state before it */
export function littleEndianHash(
  message: Uint8Array,
  compress: (state: Words, block: Uint32Array) => Words,
): Uint8Array {
  const padded = new DataView(new ArrayBuffer(Math.ceil((message.length + 9) / 64) * 64));
  new Uint8Array(padded.buffer).set(message);
  padded.setUint8(message.length, 0x80);
  padded.setUint32(padded.byteLength - 8, message.length << 3, true);
  padded.setUint32(padded.byteLength - 4, Math.floor(message.length / 2 ** 29), true);
  let state: Words = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  const block = new Uint32Array(16);
  for (let at = 0; at < padded.byteLength; at += 64) {
    for (let i = 0; i < 16; i++) block[i] = padded.getUint32(at + i * 4, true);
    const after = compress(state, block);
    state = state.map((word, i) => (word + after[i]!) | 0) as Words;
  }
  const digest = new DataView(new ArrayBuffer(16));
  state.forEach((word, i) => {
    digest.setUint32(i * 4, word, true);
  });
  return new Uint8Array(digest.buffer);
}

export function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
