import { encodeUtf8 } from './bytes.ts';

/**
 * SHA-256 (FIPS 180-4), synchronous: Web Crypto only has an asynchronous one, and a key must be known before the next
 * turn. For short texts: what a platform brings is faster.
 */
export function sha256(message: Uint8Array): Uint8Array {
  const padded = pad(message);
  const state = INITIAL.slice();
  const schedule = new Uint32Array(64);
  const view = new DataView(padded.buffer);
  for (let block = 0; block < padded.length; block += 64) compress(state, schedule, view, block);
  const digest = new Uint8Array(32);
  const output = new DataView(digest.buffer);
  state.forEach((word, index) => {
    output.setUint32(index * 4, word);
  });
  return digest;
}

/** The digest of a text's UTF-8 bytes, lower-case hexadecimal. */
export function sha256Hex(text: string): string {
  let hex = '';
  for (const byte of sha256(encodeUtf8(text))) hex += byte.toString(16).padStart(2, '0');
  return hex;
}

/** First 32 bits of the fractional parts of the square roots (initial state) and cube roots (constants) of the primes. */
const PRIMES = firstPrimes(64);
const INITIAL = Uint32Array.from(PRIMES.slice(0, 8), (prime) => fraction(prime ** (1 / 2)));
const CONSTANTS = Uint32Array.from(PRIMES, (prime) => fraction(prime ** (1 / 3)));

function fraction(value: number): number {
  return (value - Math.floor(value)) * 2 ** 32;
}

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let candidate = 2; primes.length < count; candidate++) {
    if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate);
  }
  return primes;
}

function pad(message: Uint8Array): Uint8Array<ArrayBuffer> {
  const padded = new Uint8Array(Math.ceil((message.length + 9) / 64) * 64);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(message.length / 2 ** 29));
  view.setUint32(padded.length - 4, message.length << 3);
  return padded;
}

/** Takes one block of 64 bytes into the state. @param schedule 64 words, for what is in between */
function compress(state: Uint32Array, schedule: Uint32Array, view: DataView, offset: number): void {
  for (let i = 0; i < 16; i++) schedule[i] = view.getUint32(offset + i * 4);
  for (let i = 16; i < 64; i++) {
    const early = schedule[i - 15]!;
    const late = schedule[i - 2]!;
    const sigma0 = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3);
    const sigma1 = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10);
    schedule[i] = schedule[i - 16]! + sigma0 + schedule[i - 7]! + sigma1;
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  for (let i = 0; i < 64; i++) {
    const sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const choice = (e & f) ^ (~e & g);
    const first = (h + sum1 + choice + CONSTANTS[i]! + schedule[i]!) | 0;
    const sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + sum0 + majority) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((word, index) => {
    state[index]! += word;
  });
}

function rotate(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}

const BLOCK = 64;

/**
 * SHA-256 of bytes that come one after the other (FIPS 180-4), where the platform has none that keeps a state: Web Crypto takes the
 * whole at once, which of a file would be all of it in memory.
 */
export class RunningSha256 {
  readonly #state = INITIAL.slice();
  readonly #schedule = new Uint32Array(64);
  readonly #block = new Uint8Array(BLOCK);
  readonly #view = new DataView(this.#block.buffer);
  /** Bytes that the block has. */
  #filled = 0;
  #length = 0;

  update(chunk: Uint8Array): void {
    this.#length += chunk.length;
    let at = 0;
    if (this.#filled > 0) {
      at = Math.min(BLOCK - this.#filled, chunk.length);
      this.#fill(chunk.subarray(0, at));
    }
    const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    for (; at + BLOCK <= chunk.length; at += BLOCK) compress(this.#state, this.#schedule, view, at);
    this.#fill(chunk.subarray(at));
  }

  /** Of all that came. Nothing can follow it. */
  digest(): Uint8Array {
    const bits = new DataView(new ArrayBuffer(8));
    bits.setUint32(0, Math.floor(this.#length / 2 ** 29));
    bits.setUint32(4, this.#length << 3);
    this.#fill(Uint8Array.of(0x80));
    this.#fill(new Uint8Array((2 * BLOCK - 8 - this.#filled) % BLOCK));
    this.#fill(new Uint8Array(bits.buffer));
    const digest = new DataView(new ArrayBuffer(32));
    this.#state.forEach((word, index) => {
      digest.setUint32(index * 4, word);
    });
    return new Uint8Array(digest.buffer);
  }

  #fill(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const some = bytes.subarray(at, at + BLOCK - this.#filled);
      this.#block.set(some, this.#filled);
      this.#filled += some.length;
      at += some.length;
      if (this.#filled < BLOCK) return;
      compress(this.#state, this.#schedule, this.#view, 0);
      this.#filled = 0;
    }
  }
}
