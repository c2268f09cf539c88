import { randomBytes } from 'node:crypto';
import { unlink } from 'node:fs/promises';
import type { EntryWriter, MaybePromise } from '../../../src/cache/network-cache.ts';
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
  readonly id: number;
  readonly capacity: number;
  readonly bodyLength: number;
}

/** What a writer needs of the cache. */
export interface WriterHost {
  /** Makes a temporary file, and its directory if need be. */
  create(): Promise<{ readonly path: string; readonly descriptor: number }>;
  /** How many variants the key has, with this one. */
  variants(): Promise<number>;
  /** Moves the finished file to its place. */
  publish(entry: WrittenEntry): Promise<void>;
  /** Called with what keeps an entry from being stored. */
  failed(error: unknown): void;
}

/** Blocks that may wait for the disk before the source is asked to wait. */
const MAXIMUM_PENDING = 4;

/**
 * Writes an entry into a temporary file: blocks as they fill, header and metadata last, so that what is not finished is
 * no entry. A body of one block costs one write.
 */
export class DiskWriter implements EntryWriter {
  readonly #host: WriterHost;
  readonly #text: Buffer;
  readonly #limit: number;
  readonly #id = randomBytes(4).readUInt32BE();
  readonly #capacity: number;
  #file: Promise<{ readonly path: string; readonly descriptor: number }> | null = null;
  #block = Buffer.allocUnsafe(framedLength(BLOCK_SIZE));
  #filled = 0;
  #index = 0;
  /** Blocks on their way to the disk. */
  readonly #pending = new Map<number, Buffer>();
  /** The end of the writes, which go one after the other. */
  #tail: Promise<void> = Promise.resolve();
  #failure: unknown = null;
  #committed = false;
  #isClosed = false;

  /** @param limit bytes of the largest body that is stored */
  constructor(host: WriterHost, text: Buffer, limit: number) {
    this.#host = host;
    this.#text = text;
    this.#limit = limit;
    this.#capacity = capacityFor(text.length);
  }

  get #length(): number {
    return this.#index * BLOCK_SIZE + this.#filled;
  }

  write(chunk: Uint8Array): MaybePromise<void> {
    if (this.#failure !== null) throw this.#failure;
    if (this.#length + chunk.length > this.#limit) throw new Error('larger than the cache stores');
    for (let taken = 0; taken < chunk.length; ) {
      const part = chunk.subarray(taken, taken + BLOCK_SIZE - this.#filled);
      this.#block.set(part, this.#filled);
      this.#filled += part.length;
      taken += part.length;
      if (this.#filled === BLOCK_SIZE) this.#next();
    }
    if (this.#pending.size >= MAXIMUM_PENDING) return this.#settled();
  }

  read(offset: number, length: number): MaybePromise<Uint8Array> {
    const index = Math.floor(offset / BLOCK_SIZE);
    const start = offset - index * BLOCK_SIZE;
    if (index === this.#index) return this.#block.subarray(start, Math.min(start + length, this.#filled));
    const pending = this.#pending.get(index);
    const block = pending === undefined ? this.#load(index) : pending;
    const cut = (data: Buffer): Uint8Array => data.subarray(start, Math.min(start + length, BLOCK_SIZE));
    return block instanceof Promise ? block.then(cut) : cut(block);
  }

  async commit(): Promise<void> {
    try {
      const [bodyLength, last] = [this.#length, this.#filled];
      const head = {
        id: this.#id,
        capacity: this.#capacity,
        bodyLength,
        variants: await this.#host.variants(),
      };
      const start = Buffer.alloc(bodyPosition(this.#capacity));
      encodeHeader(head).copy(start);
      encodeSlot(this.#id, 1, this.#text).copy(start, slotPosition(this.#capacity, 0));
      const tail = last === 0 ? Buffer.alloc(0) : sealBlock(this.#block, last, this.#id, this.#index);
      if (this.#index === 0) this.#put(0, Buffer.concat([start, tail]));
      else {
        this.#put(blockPosition(this.#capacity, this.#index), tail);
        this.#put(0, start);
      }
      await this.#settled();
      const { path } = await this.#opened();
      await this.#host.publish({ path, id: this.#id, capacity: this.#capacity, bodyLength });
      this.#committed = true;
    } catch (error) {
      this.#fail(error);
      throw error;
    }
  }

  close(): void {
    // Once: a descriptor that is closed twice may be somebody else's by then.
    if (this.#file === null || this.#isClosed) return;
    this.#isClosed = true;
    const file = this.#file;
    const release = async (): Promise<void> => {
      const { path, descriptor } = await file;
      closeFile(descriptor);
      if (!this.#committed) await unlink(path);
    };
    this.#tail.then(release).catch(() => {});
  }

  #opened(): Promise<{ readonly path: string; readonly descriptor: number }> {
    this.#file ??= this.#host.create();
    return this.#file;
  }

  /** Sends the full block off and begins another. */
  #next(): void {
    const index = this.#index++;
    const frame = sealBlock(this.#block, BLOCK_SIZE, this.#id, index);
    this.#pending.set(index, frame);
    this.#put(blockPosition(this.#capacity, index), frame);
    this.#tail = this.#tail.then(() => {
      if (this.#failure === null) this.#pending.delete(index);
    });
    this.#block = Buffer.allocUnsafe(framedLength(BLOCK_SIZE));
    this.#filled = 0;
  }

  #put(position: number, bytes: Buffer): void {
    this.#tail = this.#tail.then(async () => {
      if (this.#failure !== null) return;
      try {
        const { descriptor } = await this.#opened();
        await writeAt(descriptor, position, bytes);
      } catch (error) {
        this.#fail(error);
      }
    });
  }

  /** Resolves when all is written, rejects when something could not be. */
  async #settled(): Promise<void> {
    await this.#tail;
    if (this.#failure !== null) throw this.#failure;
  }

  #fail(error: unknown): void {
    if (this.#failure !== null) return;
    this.#failure = error;
    this.#host.failed(error);
  }

  async #load(index: number): Promise<Buffer> {
    const { descriptor } = await this.#opened();
    const frame = await readAt(descriptor, blockPosition(this.#capacity, index), framedLength(BLOCK_SIZE));
    const block = openBlock(frame, BLOCK_SIZE, this.#id, index);
    if (block === null) throw new Error(`block ${index} is damaged`);
    return block;
  }
}
