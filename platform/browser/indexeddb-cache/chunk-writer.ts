import type { EntryWriter, MaybePromise } from '../../../src/cache/network-cache.ts';
import { readChunk } from './chunk-reader.ts';
import { crc32 } from './crc32.ts';
import type { Database } from './database.ts';
import { CHUNK_SIZE } from './records.ts';
import { type Chunk, discard, stage } from './transactions.ts';

/** What a writer has written, for its publisher. */
export interface WrittenBody {
  readonly id: string;
  readonly length: number;
  readonly checksums: readonly number[];
  /** The chunk that is not in the database yet. */
  readonly last: Chunk | null;
  readonly isStaged: boolean;
}

export interface ChunkWriterInit {
  readonly database: Database;
  /** Bytes of the largest body that is stored. */
  readonly limit: number;
  readonly publish: (body: WrittenBody) => Promise<void>;
  /** Called with what keeps the entry from being stored. */
  readonly failed: (error: unknown) => void;
}

/** Chunks that may wait for the database before the source is asked to wait. */
const MAXIMUM_PENDING = 4;

/**
 * Puts the chunks of a body under an id that nobody knows, one transaction each: a transaction cannot be kept open while
 * the network is slow. A body of one chunk is put when it is published.
 */
export class ChunkWriter implements EntryWriter {
  readonly #init: ChunkWriterInit;
  readonly #id = crypto.randomUUID();
  readonly #checksums: number[] = [];
  #chunk = new Uint8Array(CHUNK_SIZE);
  #filled = 0;
  /** Chunks on their way to the database. */
  readonly #pending = new Map<number, Uint8Array>();
  #tail: Promise<void> = Promise.resolve();
  #failure: unknown = null;
  #committed = false;

  constructor(init: ChunkWriterInit) {
    this.#init = init;
  }

  get #index(): number {
    return this.#checksums.length;
  }

  get #length(): number {
    return this.#index * CHUNK_SIZE + this.#filled;
  }

  write(chunk: Uint8Array): MaybePromise<void> {
    if (this.#failure !== null) throw this.#failure;
    if (this.#length + chunk.length > this.#init.limit) throw new Error('larger than the cache stores');
    for (let taken = 0; taken < chunk.length; ) {
      const part = chunk.subarray(taken, taken + CHUNK_SIZE - this.#filled);
      this.#chunk.set(part, this.#filled);
      this.#filled += part.length;
      taken += part.length;
      if (this.#filled === CHUNK_SIZE) this.#next();
    }
    if (this.#pending.size >= MAXIMUM_PENDING) return this.#settled();
  }

  read(offset: number, length: number): MaybePromise<Uint8Array> {
    const index = Math.floor(offset / CHUNK_SIZE);
    const start = offset - index * CHUNK_SIZE;
    if (index === this.#index) return this.#chunk.subarray(start, Math.min(start + length, this.#filled));
    const pending = this.#pending.get(index);
    if (pending !== undefined) return pending.subarray(start, start + length);
    return readChunk(this.#init.database, this.#id, index).then((bytes) => {
      if (bytes === undefined) throw new Error(`chunk ${index} is gone`);
      return bytes.subarray(start, start + length);
    });
  }

  async commit(): Promise<void> {
    try {
      const [index, length] = [this.#index, this.#length];
      // A copy: a view would be stored with all that stands behind it.
      const bytes = this.#chunk.slice(0, this.#filled);
      const last = this.#filled === 0 ? null : { index, bytes };
      const checksums = last === null ? [...this.#checksums] : [...this.#checksums, crc32(bytes)];
      await this.#settled();
      await this.#init.publish({ id: this.#id, length, checksums, last, isStaged: index > 0 });
      this.#committed = true;
    } catch (error) {
      this.#fail(error);
      throw error;
    }
  }

  close(): void {
    if (this.#committed || this.#index === 0) return;
    const drop = (): Promise<void> =>
      this.#init.database.write(async (entries) => discard(entries, this.#id));
    // What cannot be dropped now is swept later.
    this.#tail.then(drop).catch(() => {});
  }

  #next(): void {
    const index = this.#index;
    const bytes = this.#chunk;
    this.#pending.set(index, bytes);
    this.#checksums.push(crc32(bytes));
    this.#chunk = new Uint8Array(CHUNK_SIZE);
    this.#filled = 0;
    this.#tail = this.#tail.then(async () => {
      if (this.#failure !== null) return;
      try {
        await this.#init.database.write((entries) => stage(entries, this.#id, { index, bytes }, Date.now()));
        this.#pending.delete(index);
      } catch (error) {
        this.#fail(error);
      }
    });
  }

  /** Resolves when all is put, rejects when something could not be. */
  async #settled(): Promise<void> {
    await this.#tail;
    if (this.#failure !== null) throw this.#failure;
  }

  #fail(error: unknown): void {
    if (this.#failure !== null) return;
    this.#failure = error;
    this.#init.failed(error);
  }
}
