/** SHA-512/256 (FIPS 180-4), which Web Crypto does not have. For short texts: it counts in BigInt. */
export function sha512Over256(message: Uint8Array): Uint8Array {
  return sha512(message, initialState()).slice(0, 32);
}

/** §5.3.6: the initial state is what SHA-512 makes, from a state of its own, of the name. */
function initialState(): BigUint64Array {
  if (initial === null) {
    const seed = FRACTIONS.square.map((word) => word ^ 0xa5a5a5a5a5a5a5a5n);
    const name = Uint8Array.from('SHA-512/256', (character) => character.charCodeAt(0));
    const digest = new DataView(sha512(name, seed).buffer);
    initial = seed.map((_, i) => digest.getBigUint64(i * 8));
  }
  return initial;
}

let initial: BigUint64Array | null = null;

/** The first 64 bits of the fractions of square roots (initial state) and cube roots (constants) of the first primes. */
const FRACTIONS = {
  get square(): BigUint64Array {
    return BigUint64Array.from(primes(8), (prime) => root(prime << 128n, 2n));
  },
  get cube(): BigUint64Array {
    return BigUint64Array.from(primes(80), (prime) => root(prime << 192n, 3n));
  },
};

let constants: BigUint64Array | null = null;

function primes(count: number): bigint[] {
  const found: bigint[] = [];
  for (let candidate = 2n; found.length < count; candidate++)
    if (found.every((prime) => candidate % prime !== 0n)) found.push(candidate);
  return found;
}

/** The whole root, found bit by bit. */
function root(value: bigint, degree: bigint): bigint {
  let found = 0n;
  for (let bit = 1n << 72n; bit > 0n; bit >>= 1n) if ((found | bit) ** degree <= value) found |= bit;
  return found;
}

function sha512(message: Uint8Array, before: BigUint64Array): Uint8Array {
  constants ??= FRACTIONS.cube;
  const padded = new DataView(new ArrayBuffer(Math.ceil((message.length + 17) / 128) * 128));
  new Uint8Array(padded.buffer).set(message);
  padded.setUint8(message.length, 0x80);
  padded.setBigUint64(padded.byteLength - 8, BigInt(message.length) << 3n);
  const state = before.slice();
  for (let at = 0; at < padded.byteLength; at += 128) compress(state, scheduleOf(padded, at), constants);
  const digest = new DataView(new ArrayBuffer(64));
  state.forEach((word, i) => {
    digest.setBigUint64(i * 8, word);
  });
  return new Uint8Array(digest.buffer);
}

function scheduleOf(padded: DataView, at: number): BigUint64Array {
  const words = new BigUint64Array(80);
  for (let i = 0; i < 16; i++) words[i] = padded.getBigUint64(at + i * 8);
  for (let i = 16; i < 80; i++) {
    const early = words[i - 15]!;
    const late = words[i - 2]!;
    const sigma0 = rotate(early, 1n) ^ rotate(early, 8n) ^ (early >> 7n);
    const sigma1 = rotate(late, 19n) ^ rotate(late, 61n) ^ (late >> 6n);
    words[i] = words[i - 16]! + sigma0 + words[i - 7]! + sigma1;
  }
  return words;
}

function compress(state: BigUint64Array, words: BigUint64Array, k: BigUint64Array): void {
  let [a, b, c, d, e, f, g, h] = state as unknown as bigint[] as [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  for (let i = 0; i < 80; i++) {
    const sum1 = rotate(e, 14n) ^ rotate(e, 18n) ^ rotate(e, 41n);
    const first = h + sum1 + ((e & f) ^ (~e & g)) + k[i]! + words[i]!;
    const sum0 = rotate(a, 28n) ^ rotate(a, 34n) ^ rotate(a, 39n);
    const second = sum0 + ((a & b) ^ (a & c) ^ (b & c));
    [h, g, f, e, d, c, b, a] = [g, f, e, word(d + first), c, b, a, word(first + second)];
  }
  [a, b, c, d, e, f, g, h].forEach((value, i) => {
    state[i]! += value;
  });
}

function rotate(value: bigint, bits: bigint): bigint {
  return word((value >> bits) | (value << (64n - bits)));
}

function word(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}
