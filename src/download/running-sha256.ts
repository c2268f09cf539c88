import { compress, INITIAL } from '../util/sha256.ts';

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
