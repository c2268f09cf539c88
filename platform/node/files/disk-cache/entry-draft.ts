import { randomBytes } from 'node:crypto';
import type { BlockStore } from '../../../../src/cache/storage/block-writer.ts';
import { removeOwn } from '../own-files.ts';
import { persist } from '../refusals.ts';
import {
  BLOCK_SIZE,
  blockPosition,
  bodyPosition,
  capacityFor,
  encodeHeader,
  encodeSlot,
  framedLength,
  openBlock,
  sealBlock,
  slotPosition,
} from './entry-format.ts';
import { closeFile, readAt, writeAt } from './files.ts';

/** What a finished file is, for its publisher. */
export interface WrittenEntry {
  readonly path: string;
  readonly capacity: number;
  readonly bodyLength: number;
}

/** Finishes the file of an entry, as one of that many variants of its key, in an epoch. */
export type Finish = (variants: number, epoch: number) => Promise<WrittenEntry>;

/** What a draft needs of the cache. */
export interface DraftHost {
  /** Makes a temporary file, and its directory if need be. */
  create(): Promise<TemporaryFile>;
  /** Has the file finished and moves it to its place. */
  publish(finish: Finish): Promise<void>;
  failed(error: unknown): void;
  ending(end: Promise<void>): void;
}

export interface TemporaryFile {
  readonly path: string;
  readonly descriptor: number;
}

/**
 * An entry that is being written into a temporary file: blocks as they fill, header and metadata last, so that what is not
 * finished is no entry. A body of one block costs one write.
 */
export class EntryDraft implements BlockStore {
  readonly blockSize = BLOCK_SIZE;
  readonly limit: number;
  readonly #host: DraftHost;
  readonly #text: Buffer;
  readonly #id = randomBytes(4).readUInt32BE();
  readonly #capacity: number;
  #file: Promise<TemporaryFile> | null = null;

  constructor(host: DraftHost, text: Buffer, limit: number) {
    this.limit = limit;
    this.#host = host;
    this.#text = text;
    this.#capacity = capacityFor(text.length);
  }

  allocate(): Buffer<ArrayBuffer> {
    return Buffer.allocUnsafe(framedLength(BLOCK_SIZE));
  }

  put(index: number, block: Uint8Array<ArrayBuffer>): Promise<void> {
    return this.#write(blockPosition(this.#capacity, index), this.#seal(index, block, BLOCK_SIZE));
  }

  async read(index: number): Promise<Buffer> {
    const { descriptor } = await this.#opened();
    const frame = await readAt(descriptor, blockPosition(this.#capacity, index), framedLength(BLOCK_SIZE));
    const block = openBlock(frame, BLOCK_SIZE, this.#id, index);
    if (block === null) throw new Error(`block ${index} is damaged`);
    return block;
  }

  publish(index: number, block: Uint8Array<ArrayBuffer>, length: number): Promise<void> {
    return this.#host.publish((variants, epoch) => this.#finish(index, block, length, { variants, epoch }));
  }

  async dispose(isPublished: boolean): Promise<void> {
    if (this.#file === null) return;
    const { path, descriptor } = await this.#file;
    closeFile(descriptor);
    if (!isPublished) await persist(() => removeOwn(path));
  }

  failed(error: unknown): void {
    this.#host.failed(error);
  }

  ending(end: Promise<void>): void {
    this.#host.ending(end);
  }

  async #finish(
    index: number,
    block: Uint8Array<ArrayBuffer>,
    length: number,
    place: { readonly variants: number; readonly epoch: number },
  ): Promise<WrittenEntry> {
    const [id, capacity, bodyLength] = [this.#id, this.#capacity, index * BLOCK_SIZE + length];
    const start = Buffer.alloc(bodyPosition(capacity));
    encodeHeader({ id, capacity, bodyLength, ...place }).copy(start);
    encodeSlot(id, 1, this.#text).copy(start, slotPosition(capacity, 0));
    const last = length === 0 ? Buffer.alloc(0) : this.#seal(index, block, length);
    if (index === 0) await this.#write(0, Buffer.concat([start, last]));
    else {
      await this.#write(blockPosition(capacity, index), last);
      await this.#write(0, start);
    }
    const { path } = await this.#opened();
    return { path, capacity, bodyLength };
  }

  #opened(): Promise<TemporaryFile> {
    this.#file ??= this.#host.create();
    return this.#file;
  }

  async #write(position: number, bytes: Buffer): Promise<void> {
    const { descriptor } = await this.#opened();
    await writeAt(descriptor, position, bytes);
  }

  #seal(index: number, block: Uint8Array<ArrayBuffer>, length: number): Buffer {
    return sealBlock(Buffer.from(block.buffer, block.byteOffset, block.length), length, this.#id, index);
  }
}
