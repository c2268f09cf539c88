import { promisifyRequest } from 'idb-keyval';
import type { BodyReader, MaybePromise } from '../../../src/cache/storage/network-cache.ts';
import { crc32 } from './crc32.ts';
import type { Database } from './database.ts';
import { CHUNK_SIZE, chunkKey, type EntryRecord } from './records.ts';

/** Reads the chunks of an entry, each found sound before any byte of it is given away. */
export class ChunkReader implements BodyReader {
  readonly #database: Database;
  readonly #record: EntryRecord;
  #chunk: { readonly index: number; readonly bytes: Uint8Array } | null = null;

  constructor(database: Database, record: EntryRecord) {
    this.#database = database;
    this.#record = record;
  }

  read(offset: number, length: number): MaybePromise<Uint8Array> {
    if (offset >= this.#record.length) return new Uint8Array(0);
    const index = Math.floor(offset / CHUNK_SIZE);
    const start = offset - index * CHUNK_SIZE;
    if (this.#chunk?.index === index) return this.#chunk.bytes.subarray(start, start + length);
    return this.#load(index).then((bytes) => bytes.subarray(start, start + length));
  }

  close(): void {
    this.#chunk = null;
  }

  async #load(index: number): Promise<Uint8Array> {
    const { id, length, checksums } = this.#record;
    const bytes = await readChunk(this.#database, id, index);
    const expected = Math.min(CHUNK_SIZE, length - index * CHUNK_SIZE);
    if (bytes?.length !== expected || crc32(bytes) !== checksums[index]) {
      throw new Error(`chunk ${index} is damaged`);
    }
    this.#chunk = { index, bytes };
    return bytes;
  }
}

/** A chunk as it is stored; undefined when it is none. */
export async function readChunk(
  database: Database,
  id: string,
  index: number,
): Promise<Uint8Array | undefined> {
  const value: unknown = await database.read((entries) => promisifyRequest(entries.get(chunkKey(id, index))));
  return value instanceof Uint8Array ? value : undefined;
}
