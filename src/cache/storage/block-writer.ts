import type { EntryWriter, MaybePromise } from './network-cache.ts';

/** Where the blocks of an entry are kept. Each call but `read` waits until the one before it has ended. */
export interface BlockStore {
  /** Bytes of every block but the last. */
  readonly blockSize: number;
  /** Bytes of the largest body that is stored. */
  readonly limit: number;
  /** Memory for a block; what is beyond its size is the store's. */
  allocate(): Uint8Array<ArrayBuffer>;
  /** Keeps a full block. */
  put(index: number, block: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Gives one again. Rejects when it is damaged or gone. */
  read(index: number): Promise<Uint8Array>;
  /** Makes an entry of what was put and of the last block, of which the first `length` bytes count. */
  publish(index: number, block: Uint8Array<ArrayBuffer>, length: number): Promise<void>;
  /** Gives up what the writer holds and, unless it was published, what was put. Called once, when all has come to its end. */
  dispose(isPublished: boolean): Promise<void>;
  /** Hears of the end, which has to be waited for before what is below may be closed. Never rejects. */
  ending(end: Promise<void>): void;
  /** Hears what keeps the entry from being stored: once, and not of an {@link EntryGone}. */
  failed(error: unknown): void;
}

/** What was put has been removed on purpose (the cache was cleared): the entry is not stored, and that is no fault. */
export class EntryGone extends Error {
  constructor() {
    super('what was written has been removed');
  }
}

/** Blocks that may wait for the store before the source is asked to wait. */
const MAXIMUM_PENDING = 4;

/**
 * Cuts a body into blocks and has them stored one after the other. It may be closed at any time, also while blocks are on
 * their way or the entry is being published: the store is released behind all that, so it never meets a call too late.
 */
export class BlockWriter implements EntryWriter {
  readonly borrows = true;
  readonly #store: BlockStore;
  #block: Uint8Array<ArrayBuffer>;
  #filled = 0;
  #index = 0;
  /** Blocks on their way to the store. */
  readonly #pending = new Map<number, Uint8Array>();
  /** The end of what the store has to do. */
  #tail: Promise<void> = Promise.resolve();
  #reading: Promise<unknown> = Promise.resolve();
  #failure: unknown = null;
  #isCommitting = false;
  #isPublished = false;
  #isClosed = false;

  constructor(store: BlockStore) {
    this.#store = store;
    this.#block = store.allocate();
  }

  write(chunk: Uint8Array): MaybePromise<void> {
    if (this.#failure !== null) throw this.#failure;
    const { blockSize, limit } = this.#store;
    if (this.#index * blockSize + this.#filled + chunk.length > limit) {
      throw new Error('larger than the cache stores');
    }
    for (let taken = 0; taken < chunk.length; ) {
      const part = chunk.subarray(taken, taken + blockSize - this.#filled);
      this.#block.set(part, this.#filled);
      this.#filled += part.length;
      taken += part.length;
      if (this.#filled === blockSize) this.#next();
    }
    if (this.#pending.size >= MAXIMUM_PENDING) return this.#settled();
  }

  read(offset: number, length: number): MaybePromise<Uint8Array> {
    const { blockSize } = this.#store;
    const index = Math.floor(offset / blockSize);
    const start = offset - index * blockSize;
    const size = index === this.#index ? this.#filled : blockSize;
    const cut = (block: Uint8Array): Uint8Array => block.subarray(start, Math.min(start + length, size));
    const block = index === this.#index ? this.#block : this.#pending.get(index);
    if (block !== undefined) return cut(block);
    if (this.#isClosed) return Promise.reject(new Error('the writer is closed'));
    const reading = this.#store.read(index).then(cut);
    this.#reading = Promise.allSettled([this.#reading, reading]);
    return reading;
  }

  commit(): Promise<void> {
    this.#isCommitting = true;
    this.#then(async () => {
      await this.#store.publish(this.#index, this.#block, this.#filled);
      this.#isPublished = true;
    });
    return this.#settled();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (!this.#isCommitting) this.#failure ??= new Error('the writer is closed');
    const dispose = (): Promise<void> => this.#store.dispose(this.#isPublished);
    const end = Promise.all([this.#tail, this.#reading]).then(dispose);
    this.#store.ending(end.catch(() => {}));
  }

  /** Sends the full block off and begins another. */
  #next(): void {
    const [index, block] = [this.#index++, this.#block];
    this.#pending.set(index, block);
    this.#then(async () => {
      await this.#store.put(index, block);
      this.#pending.delete(index);
    });
    this.#block = this.#store.allocate();
    this.#filled = 0;
  }

  #then(work: () => Promise<void>): void {
    this.#tail = this.#tail.then(async () => {
      if (this.#failure !== null) return;
      try {
        await work();
      } catch (error) {
        this.#failure = error;
        if (!(error instanceof EntryGone)) this.#store.failed(error);
      }
    });
  }

  /** Resolves when all is stored, rejects when something could not be. */
  async #settled(): Promise<void> {
    await this.#tail;
    if (this.#failure !== null) throw this.#failure;
  }
}
