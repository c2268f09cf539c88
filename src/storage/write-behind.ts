import { apart } from './apart.ts';
import type { FaultListener, KeyValueStore, StoredValue } from './key-value-store.ts';

/**
 * Keeps a {@link KeyValueStore} up to date behind a memory that is the authority: what is set within one turn is one
 * batch, one batch is under way at a time, and of several changes to a key only the last is written.
 *
 * A batch that the store refuses is reported through `onFault` and kept: it goes along with the next one. Nothing here
 * rejects, and no timer is used. The store belongs to whoever made it and is never closed here.
 */
export class WriteBehind {
  readonly store: KeyValueStore;
  readonly #onFault: FaultListener;
  /** Set and not yet given to the store. */
  #pending = new Map<string, StoredValue | null>();
  /** Given to the store, which has not answered yet. */
  #writing: ReadonlyMap<string, StoredValue | null> = new Map();
  /** Keys that were set while the store is being loaded. */
  #setSinceLoad: Set<string> | null = null;
  /** What was changed elsewhere meanwhile. */
  #changedSinceLoad: Map<string, StoredValue | null> | null = null;
  #scheduled = false;
  #written: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(store: KeyValueStore, onFault: FaultListener) {
    this.store = store;
    this.#onFault = apart(onFault);
  }

  /**
   * What the store holds, without the keys that have been set before it was read: memory knows those better. What it tells
   * of meanwhile, which for some stores is all that they load, is part of it. A store that cannot be read is reported and
   * counts as empty.
   */
  async load(): Promise<Map<string, StoredValue>> {
    const set = new Set(this.#pending.keys());
    for (const key of this.#writing.keys()) set.add(key);
    this.#setSinceLoad = set;
    const changed = new Map<string, StoredValue | null>();
    this.#changedSinceLoad = changed;
    let entries: Map<string, StoredValue>;
    try {
      entries = new Map(await this.store.load());
    } catch (cause) {
      this.#report('storage: the store could not be read and counts as empty', cause);
      entries = new Map();
    }
    this.#setSinceLoad = null;
    this.#changedSinceLoad = null;
    for (const [key, value] of changed) {
      if (value === null) entries.delete(key);
      else entries.set(key, value);
    }
    for (const key of set) entries.delete(key);
    return entries;
  }

  /** Sets a key, or removes it with `null`. After `close` it does nothing. */
  set(key: string, value: StoredValue | null): void {
    if (this.#closed) return;
    this.#pending.set(key, value);
    this.#setSinceLoad?.add(key);
    this.#schedule();
  }

  /**
   * Changes made elsewhere, without those to keys that are about to be overwritten from here. Returns the function that
   * stops it. Silent where the store cannot tell.
   */
  watch(listener: (changes: ReadonlyMap<string, StoredValue | null>) => void): () => void {
    const stop = this.store.watch?.((changes) => {
      const foreign = new Map(changes);
      for (const key of changes.keys()) {
        if (this.#pending.has(key) || this.#writing.has(key)) foreign.delete(key);
      }
      if (this.#changedSinceLoad !== null)
        for (const change of foreign) this.#changedSinceLoad.set(...change);
      else if (foreign.size > 0) listener(foreign);
    });
    return stop ?? (() => {});
  }

  /** Resolves when everything that was set so far is durable, or the fault that prevents it has been reported. */
  flush(): Promise<void> {
    if (this.#pending.size > 0) this.#schedule();
    return this.#written;
  }

  /** Flushes for the last time. */
  close(): Promise<void> {
    this.#closed = true;
    return this.flush();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#written = this.#written.then(() => this.#write());
  }

  async #write(): Promise<void> {
    this.#scheduled = false;
    const batch = this.#pending;
    this.#pending = new Map();
    this.#writing = batch;
    try {
      await this.store.apply(batch);
    } catch (cause) {
      this.#pending = new Map([...batch, ...this.#pending]);
      this.#report(`storage: ${batch.size} changes could not be written; they are kept for later`, cause);
    }
    this.#writing = new Map();
  }

  #report(message: string, cause: unknown): void {
    // In a turn of its own, so that a listener that throws breaks neither the batches nor a flush.
    this.#onFault(new Error(message, { cause }));
  }
}
