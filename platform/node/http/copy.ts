/** Bytes of a slab that many small copies share: an array of one's own costs more than the rest of a small response. */
const SLAB_SIZE = 16 * 1024;
const LARGEST_SHARED = SLAB_SIZE / 4;

let slab: Uint8Array = new Uint8Array(0);
let used = 0;

/** A copy that stays valid. It may be a view of a larger buffer. */
export function copyOf(bytes: Uint8Array): Uint8Array {
  const { length } = bytes;
  if (length > LARGEST_SHARED) return bytes.slice();
  if (used + length > slab.length) {
    slab = newSlab();
    used = 0;
  }
  const copy = slab.subarray(used, used + length);
  copy.set(bytes);
  used += length;
  return copy;
}

/** Whoever moves his bytes to another thread must not take those of others along: like Node's own pool, it is copied then. */
function newSlab(): Uint8Array {
  const bytes = new Uint8Array(SLAB_SIZE);
  process.getBuiltinModule('node:worker_threads').markAsUntransferable(bytes.buffer);
  return bytes;
}
