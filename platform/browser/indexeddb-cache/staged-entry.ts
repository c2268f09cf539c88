import type { BlockStore } from '../../../src/cache/storage/block-writer.ts';
import { systemClock } from '../../../src/util/clock.ts';
import { readChunk } from './chunk-reader.ts';
import { crc32 } from './crc32.ts';
import type { Database } from './database.ts';
import { CHUNK_SIZE } from './records.ts';
import { type Chunk, discard, stage } from './transactions.ts';

/** What has been written, for its publisher. */
export interface WrittenBody {
  readonly id: string;
  readonly length: number;
  readonly checksums: readonly number[];
  /** The chunk that is not in the database yet. */
  readonly last: Chunk | null;
  readonly isStaged: boolean;
}

export interface StagedEntryInit {
  readonly database: Database;
  readonly limit: number;
  readonly publish: (body: WrittenBody) => Promise<void>;
  readonly failed: (error: unknown) => void;
  readonly ending: (end: Promise<void>) => void;
}

/**
 * An entry that is being written: its chunks stand under an id that no other page knows, one transaction each, for a transaction
 * cannot be kept open while the network is slow. A body of one chunk is put when it is published.
 */
export class StagedEntry implements BlockStore {
  readonly blockSize = CHUNK_SIZE;
  readonly limit: number;
  readonly failed: (error: unknown) => void;
  readonly ending: (end: Promise<void>) => void;
  readonly #init: StagedEntryInit;
  readonly #id = crypto.randomUUID();
  readonly #checksums: number[] = [];

  constructor(init: StagedEntryInit) {
    this.#init = init;
    this.limit = init.limit;
    this.failed = init.failed;
    this.ending = init.ending;
  }

  allocate(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(CHUNK_SIZE);
  }

  put(index: number, bytes: Uint8Array): Promise<void> {
    this.#checksums.push(crc32(bytes));
    return this.#init.database.write((entries) =>
      stage(entries, this.#id, { index, bytes }, systemClock.now()),
    );
  }

  async read(index: number): Promise<Uint8Array> {
    const bytes = await readChunk(this.#init.database, this.#id, index);
    if (bytes === undefined) throw new Error(`chunk ${index} is gone`);
    return bytes;
  }

  publish(index: number, chunk: Uint8Array<ArrayBuffer>, length: number): Promise<void> {
    // A copy: a view would be stored with all that stands behind it.
    const bytes = chunk.slice(0, length);
    const last = length === 0 ? null : { index, bytes };
    if (last !== null) this.#checksums.push(crc32(bytes));
    const [id, checksums] = [this.#id, this.#checksums];
    return this.#init.publish({
      id,
      length: index * CHUNK_SIZE + length,
      checksums,
      last,
      isStaged: index > 0,
    });
  }

  async dispose(isPublished: boolean): Promise<void> {
    if (isPublished || this.#checksums.length === 0) return;
    // What cannot be dropped now is swept later.
    await this.#init.database.write(async (entries) => discard(entries, this.#id));
  }
}
