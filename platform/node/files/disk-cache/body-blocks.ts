import { BLOCK_SIZE, blockChecksum, blockPosition, CHECKSUM_SIZE, type EntryHeader } from './entry-format.ts';
import { readIntoAt } from './files.ts';

/** Where blocks are read from. */
export interface BlockSource extends Pick<EntryHeader, 'id' | 'capacity'> {
  readonly descriptor: number;
}

/** Bytes that are about to be overwritten: filling a megabyte with zeros before costs as much as reading it. */
export function bytesForBlocks(length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
}

/**
 * Fills `data` with the blocks of a body from number `first` on. Gives how many bytes of it come before the first block
 * that is damaged. Rejects when the file cannot be read.
 *
 * @param head filled with the beginning of the file in the same call, for block 0. It is when one block is sound
 */
export async function readBlocks(
  { descriptor, id, capacity }: BlockSource,
  first: number,
  data: Uint8Array,
  head: Uint8Array = new Uint8Array(0),
): Promise<number> {
  const count = Math.ceil(data.length / BLOCK_SIZE);
  const checksums = Buffer.allocUnsafe(count * CHECKSUM_SIZE);
  const parts: Uint8Array[] = [head];
  for (let i = 0; i < count; i++) {
    parts.push(data.subarray(i * BLOCK_SIZE, (i + 1) * BLOCK_SIZE));
    parts.push(checksums.subarray(i * CHECKSUM_SIZE, (i + 1) * CHECKSUM_SIZE));
  }
  let left =
    (await readIntoAt(descriptor, blockPosition(capacity, first) - head.length, parts)) - head.length;
  let sound = 0;
  for (let i = 0; i < count; i++) {
    const block = parts[1 + 2 * i]!;
    left -= block.length + CHECKSUM_SIZE;
    if (left < 0 || blockChecksum(block, id, first + i) !== checksums.readUInt32BE(i * CHECKSUM_SIZE)) break;
    sound += block.length;
  }
  return sound;
}
