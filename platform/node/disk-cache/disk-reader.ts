import type { BodyReader, MaybePromise } from '../../../src/cache/network-cache.ts';
import { BLOCK_SIZE, blockPosition, framedLength, openBlock } from './entry-format.ts';
import { closeFile, openFile, readAt } from './files.ts';

/** What of an entry's file a reader has to know. */
export interface EntryFile {
  readonly path: string;
  readonly id: number;
  readonly capacity: number;
  readonly bodyLength: number;
  /** The beginning of the file, as far as it has been read. */
  readonly head: Buffer;
}

/** Blocks that are read at a time by whoever has read one. */
const READ_AHEAD = 4;

/** Reads the body of an entry, block by block, each found sound before any byte of it is given away. */
export class DiskReader implements BodyReader {
  readonly #file: EntryFile;
  /** The blocks of the last read, from `#firstBlock` on. */
  #blocks: Buffer[] = [];
  #firstBlock = 0;
  #descriptor: Promise<number> | null = null;
  #closed = false;

  constructor(file: EntryFile) {
    this.#file = file;
  }

  read(offset: number, length: number): MaybePromise<Uint8Array> {
    if (offset >= this.#file.bodyLength) return new Uint8Array(0);
    const index = Math.floor(offset / BLOCK_SIZE);
    const block = this.#blocks[index - this.#firstBlock] ?? this.#blockOfHead(index);
    const cut = (data: Buffer): Uint8Array => {
      const start = offset - index * BLOCK_SIZE;
      return data.subarray(start, start + length);
    };
    return block === null ? this.#load(index).then(cut) : cut(block);
  }

  close(): void {
    this.#closed = true;
    this.#descriptor?.then(closeFile, () => {});
  }

  #blockOfHead(index: number): Buffer | null {
    const { head, capacity } = this.#file;
    const start = blockPosition(capacity, index);
    const frame = head.subarray(start, start + framedLength(this.#dataLength(index)));
    return frame.length < framedLength(this.#dataLength(index)) ? null : this.#open(frame, index);
  }

  async #load(index: number): Promise<Buffer> {
    if (this.#closed) throw new Error('the reader is closed');
    const { path, capacity, bodyLength } = this.#file;
    const count = this.#descriptor === null ? 1 : READ_AHEAD;
    this.#descriptor ??= openFile(path, 'r');
    const last = Math.min(index + count, Math.ceil(bodyLength / BLOCK_SIZE)) - 1;
    const start = blockPosition(capacity, index);
    const end = blockPosition(capacity, last) + framedLength(this.#dataLength(last));
    const bytes = await readAt(await this.#descriptor, start, end - start);
    const blocks: Buffer[] = [];
    for (let i = index; i <= last; i++) {
      const from = blockPosition(capacity, i) - start;
      blocks.push(this.#open(bytes.subarray(from, from + framedLength(this.#dataLength(i))), i));
    }
    this.#blocks = blocks;
    this.#firstBlock = index;
    return blocks[0]!;
  }

  #open(frame: Buffer, index: number): Buffer {
    return openBlock(frame, this.#dataLength(index), this.#file.id, index);
  }

  #dataLength(index: number): number {
    return Math.min(BLOCK_SIZE, this.#file.bodyLength - index * BLOCK_SIZE);
  }
}
