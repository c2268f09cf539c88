/*
 * How memory and a store are kept alike
 *
 *     set ──▶ #pending ──▶ #writing ──▶ durable         one batch at a time; what is set meanwhile is the next one
 *                ▲            │
 *                └── refused ─┘                         told once, kept, and overruled by what was set since
 *
 * *Memory is the authority.* Whatever was set here wins over what the store says: over what is being loaded (`#setSinceLoad`),
 * and over what others change under a key that is pending or being written (`watch`). What others change while the store is
 * loaded is part of what it held (`#changedSinceLoad`), because the file may have been read before they wrote.
 *
 * *Time.* `#written` is the chain of all batches: each waits for the one before, then rests until `#restUntil` (ten times what
 * the last one took, a second at most), then writes what is pending at that moment. A flush ends the rest (`#isUrgent`). So a
 * batch is never older than a second, and a file of a megabyte is not rewritten for each of a thousand changes.
 *
 * *Several over one store object* (two managers with one jar's file) hear of each other's batches by `watching`, since a store
 * tells only of changes that were made elsewhere. `flushSync` writes what is under way once more, because it may end later.
 */

import { type Clock, systemClock } from '../util/clock.ts';
import { type FaultTeller, faultTeller } from './fault-teller.ts';
import type { FaultListener, KeyValueStore, StoredValue } from './key-value-store.ts';
import { reportLater } from './report-later.ts';

type Changes = ReadonlyMap<string, StoredValue | null>;

/** A batch waits for that many times what the last one took: a large file is not rewritten for each of many changes. */
const REST = 10;
/** Milliseconds. Shorter rests are not worth a timer, longer ones not the loss that a crash would mean. */
const SHORTEST_REST = 50;
const LONGEST_REST = 1000;

/** Those who watch one store object: a store tells only of what is changed elsewhere. */
const watching = new WeakMap<KeyValueStore, Set<(changes: Changes) => void>>();

/**
 * Keeps a {@link KeyValueStore} up to date behind a memory that is the authority: what is set within one turn is one
 * batch, one batch is under way at a time, and of several changes to a key only the last is written. The first batch goes
 * at once; after one that took long, the next one is collected for a while, a second at most.
 *
 * A batch that the store refuses is reported through `onFault`, once until one succeeds, and kept: it goes along with the
 * next one. Nothing here rejects. Several of these over one store object hear of each other's changes. The store belongs
 * to the one who made it and is never closed here.
 */
export class WriteBehind {
  readonly store: KeyValueStore;
  readonly #tell: FaultListener;
  readonly #faults: FaultTeller;
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
  readonly #clock: Clock;
  /** No batch begins before, by the monotonic clock, unless a flush waits for it. */
  #restUntil = 0;
  #isUrgent = false;
  #endRest = (): void => {};
  #hear: ((changes: Changes) => void) | null = null;
  #closed = false;

  constructor(store: KeyValueStore, onFault: FaultListener, clock: Clock = systemClock) {
    this.store = store;
    this.#clock = clock;
    this.#tell = reportLater(onFault);
    this.#faults = faultTeller(this.#tell);
  }

  /**
   * What the store holds, without the keys that have been set before it was read: memory knows those better. What it tells
   * of meanwhile, which for some stores is all that they load, is part of it. A store that cannot be read is reported, and
   * nothing of it is known.
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
      // Told beside a failure to write, which would be a loss of another kind.
      this.#tell(new Error('storage: the store could not be read; nothing of it is known', { cause }));
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
   * stops it. Where the store cannot tell, only those who share the store object are heard.
   */
  watch(listener: (changes: Changes) => void): () => void {
    const hear = (changes: Changes): void => {
      const foreign = new Map(changes);
      for (const key of changes.keys()) {
        if (this.#pending.has(key) || this.#writing.has(key)) foreign.delete(key);
      }
      if (this.#changedSinceLoad !== null)
        for (const change of foreign) this.#changedSinceLoad.set(...change);
      else if (foreign.size > 0) listener(foreign);
    };
    this.#hear = hear;
    const stop = this.store.watch?.(hear);
    const sharers = watching.get(this.store) ?? new Set();
    watching.set(this.store, sharers.add(hear));
    return () => {
      stop?.();
      sharers.delete(hear);
    };
  }

  /** Sees to it that changes made elsewhere are told; null when there is nothing to wait for. */
  look(): Promise<void> | null {
    return this.store.look?.() ?? null;
  }

  /** Resolves when everything that was set so far is durable, or the fault that prevents it has been reported. */
  flush(): Promise<void> {
    if (this.#pending.size > 0) {
      this.#isUrgent = true;
      this.#schedule();
      this.#endRest();
    }
    return this.#written;
  }

  /**
   * Writes everything that was set so far before it returns.
   * @throws TypeError when the store cannot do that; Error when it fails
   */
  flushSync(): void {
    const batch = new Map([...this.#writing, ...this.#pending]);
    if (batch.size === 0) return;
    if (this.store.applySync === undefined)
      throw new TypeError('storage: this store cannot be written at once; wait for flush() instead');
    this.store.applySync(batch);
    this.#tellSharers(batch);
    // What is under way is older, and may be written after this.
    if (this.#writing.size === 0) this.#pending = new Map();
  }

  /** Flushes for the last time. */
  close(): Promise<void> {
    this.#closed = true;
    return this.flush();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#written = this.#written.then(() => this.#rest()).then(() => this.#write());
  }

  /** Null when it is time for the next batch. The timer keeps a process alive, which would lose the batch otherwise. */
  #rest(): Promise<void> | null {
    const left = this.#restUntil - this.#clock.monotonic();
    if (this.#isUrgent || left < SHORTEST_REST) return null;
    return new Promise((resolve) => {
      const timer = this.#clock.setTimeout(() => this.#endRest(), left);
      const endRest = (): void => {
        this.#clock.clearTimeout(timer);
        resolve();
      };
      this.#endRest = endRest;
    });
  }

  async #write(): Promise<void> {
    this.#scheduled = false;
    this.#isUrgent = false;
    const batch = this.#pending;
    if (batch.size === 0) return;
    this.#pending = new Map();
    this.#writing = batch;
    const begun = this.#clock.monotonic();
    try {
      await this.store.apply(batch);
      this.#faults.succeeded();
      this.#tellSharers(batch);
    } catch (cause) {
      this.#pending = new Map([...batch, ...this.#pending]);
      this.#faults.failed(
        `storage: ${batch.size} changes could not be written; they are kept for later`,
        cause,
      );
    }
    const now = this.#clock.monotonic();
    this.#restUntil = now + Math.min((now - begun) * REST, LONGEST_REST);
    this.#writing = new Map();
  }

  #tellSharers(batch: Changes): void {
    for (const hear of watching.get(this.store) ?? []) if (hear !== this.#hear) hear(batch);
  }
}
