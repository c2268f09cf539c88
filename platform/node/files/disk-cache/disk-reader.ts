import type { BodyReader, MaybePromise } from '../../../../src/cache/storage/network-cache.ts';
import { bytesForBlocks, readBlocks } from './body-blocks.ts';
import { BLOCK_SIZE } from './entry-format.ts';
import type { OpenFile, OpenFiles } from './open-files.ts';

/** What of an entry's file a reader has to know. */
export interface EntryFile {
  readonly path: string;
  readonly id: number;
  readonly capacity: number;
  readonly bodyLength: number;
}

/**
 * Reads the body of an entry, whole blocks at a time, each found sound before any byte of it is given away. They are read
 * to where the caller will have them: nothing is copied but parts, behind which there may be memory that nothing was read to.
 */
export class DiskReader implements BodyReader {
  readonly owned = true;
  readonly #files: OpenFiles;
  readonly #entry: EntryFile;
  /** What came along with the metadata: the body, or its beginning. It is given away once. */
  #along: Uint8Array | null;
  #file: Promise<OpenFile> | null = null;
  #loading: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(files: OpenFiles, entry: EntryFile, along: Uint8Array | null) {
    this.#files = files;
    this.#entry = entry;
    this.#along = along;
  }

  read(offset: number, length: number): MaybePromise<Uint8Array> {
    const { path, bodyLength } = this.#entry;
    if (offset >= bodyLength) return new Uint8Array(0);
    const isWhole = offset === 0 && length >= bodyLength;
    if (isWhole) this.#files.noteTakenWhole(path);
    const along = this.#along;
    if (along === null || offset >= along.length) {
      const loading = this.#load(offset, Math.min(length, bodyLength - offset));
      this.#loading = loading;
      return loading;
    }
    if (!isWhole) return along.slice(offset, offset + length);
    this.#along = null;
    return along;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#along = null;
    // A read that is under way must not find another file behind the same number.
    const close = (): void =>
      void this.#file?.then(
        (file) => file.release(),
        () => {},
      );
    this.#loading.then(close, close);
  }

  /** All blocks that end within `length`, but at least one; of these, what comes before the first damaged one. */
  async #load(offset: number, length: number): Promise<Uint8Array> {
    if (this.#closed) throw new Error('the reader is closed');
    const { path, id, capacity, bodyLength } = this.#entry;
    const first = Math.floor(offset / BLOCK_SIZE);
    const reachesEnd = offset + length >= bodyLength;
    const last = reachesEnd ? Infinity : Math.max(first + 1, Math.floor((offset + length) / BLOCK_SIZE));
    const start = first * BLOCK_SIZE;
    this.#file ??= this.#files.open(path);
    const { descriptor } = await this.#file;
    const data = bytesForBlocks(Math.min(last * BLOCK_SIZE, bodyLength) - start);
    const sound = await readBlocks({ descriptor, id, capacity }, first, data);
    if (sound === 0) throw new Error(`block ${first} is damaged`);
    return offset === start && sound === data.length && sound <= length
      ? data
      : data.slice(offset - start, Math.min(offset - start + length, sound));
  }
}
