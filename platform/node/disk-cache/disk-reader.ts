import type { BodyReader, MaybePromise } from '../../../src/cache/network-cache.ts';
import { bytesForBlocks, readBlocks } from './body-blocks.ts';
import { BLOCK_SIZE } from './entry-format.ts';
import { closeReadFile, openFile } from './files.ts';

/** What of an entry's file a reader has to know. */
export interface EntryFile {
  readonly path: string;
  readonly id: number;
  readonly capacity: number;
  readonly bodyLength: number;
}

/**
 * Reads the body of an entry, whole blocks at a time, each found sound before any byte of it is given away. They are read
 * to where the caller will have them: nothing is copied.
 */
export class DiskReader implements BodyReader {
  readonly owned = true;
  readonly #file: EntryFile;
  /** The whole body, where it came along with the metadata. It is given away once. */
  #body: Uint8Array | null;
  #descriptor: Promise<number> | null = null;
  #loading: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(file: EntryFile, body: Uint8Array | null) {
    this.#file = file;
    this.#body = body;
  }

  read(offset: number, length: number): MaybePromise<Uint8Array> {
    const { bodyLength } = this.#file;
    if (offset >= bodyLength) return new Uint8Array(0);
    const body = this.#body;
    if (body === null) {
      const loading = this.#load(offset, Math.min(length, bodyLength - offset));
      this.#loading = loading;
      return loading;
    }
    if (offset > 0 || length < bodyLength) return body.subarray(offset, offset + length);
    this.#body = null;
    return body;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#body = null;
    // A read that is under way must not find another file behind the same number.
    const close = (): void => void this.#descriptor?.then(closeReadFile, () => {});
    this.#loading.then(close, close);
  }

  /** All blocks that end within `length`, but at least one; of these, what comes before the first damaged one. */
  async #load(offset: number, length: number): Promise<Uint8Array> {
    if (this.#closed) throw new Error('the reader is closed');
    const { path, id, capacity, bodyLength } = this.#file;
    const first = Math.floor(offset / BLOCK_SIZE);
    const reachesEnd = offset + length >= bodyLength;
    const last = reachesEnd ? Infinity : Math.max(first + 1, Math.floor((offset + length) / BLOCK_SIZE));
    const start = first * BLOCK_SIZE;
    this.#descriptor ??= openFile(path, 'r');
    const descriptor = await this.#descriptor;
    const data = bytesForBlocks(Math.min(last * BLOCK_SIZE, bodyLength) - start);
    const sound = await readBlocks({ descriptor, id, capacity }, first, data);
    if (sound === 0) throw new Error(`block ${first} is damaged`);
    return offset === start && sound === data.length && sound <= length
      ? data
      : data.subarray(offset - start, Math.min(offset - start + length, sound));
  }
}
