import {
  AbstractNetworkCache,
  DEFAULT_MAXIMUM_SIZE,
  MAXIMUM_SIZE,
} from '../../src/cache/storage/abstract-network-cache.ts';
import { BlockWriter, EntryGone } from '../../src/cache/storage/block-writer.ts';
import type { ResponseMetadata, StoredResponse } from '../../src/cache/storage/metadata.ts';
import {
  type BodyReader,
  type EntryWriter,
  LARGEST_ENTRY,
  metadataSize,
} from '../../src/cache/storage/network-cache.ts';
import { type Checks, CLOCK, checkOptions, FUNCTION, TEXT } from '../../src/checks/checker.ts';
import type { FaultListener } from '../../src/storage/key-value-store.ts';
import { reportLater } from '../../src/storage/report-later.ts';
import { withinPatience } from '../../src/storage/store-patience.ts';
import { type Clock, systemClock } from '../../src/util/clock.ts';
import { ChunkReader } from './indexeddb-cache/chunk-reader.ts';
import { Database } from './indexeddb-cache/database.ts';
import { type EntryRecord, SCHEMA, SUM_KEY } from './indexeddb-cache/records.ts';
import { StagedEntry, type WrittenBody } from './indexeddb-cache/staged-entry.ts';
import {
  evict,
  publish,
  readSum,
  readVariants,
  remove,
  sweep,
  touch,
  update,
} from './indexeddb-cache/transactions.ts';

/** Where an {@link IndexedDbCache} keeps its entries, and how many bytes of them. */
export interface IndexedDbCacheOptions {
  /** Name of the database, which must have no other user. @default 'fairlead-cache' */
  readonly name?: string;
  /** Bytes of all entries together. @default 50 MiB */
  readonly maximumSize?: number;
  /** Hears once of each kind of trouble (quota, private windows); requests go on without the cache. */
  readonly onFault?: FaultListener;
  /** @default the system's */
  readonly clock?: Clock;
}

const CHECKS: Checks<IndexedDbCacheOptions> = {
  name: TEXT,
  maximumSize: MAXIMUM_SIZE,
  onFault: FUNCTION,
  clock: CLOCK,
};

/** An entry as it was found. */
export interface IndexedDbEntry extends StoredResponse {
  readonly record: EntryRecord;
}

/** Chunks of an entry that has not grown for so long (milliseconds) are left-overs of a page that was closed. */
const ABANDONED = 60_000;
/** How long (milliseconds) a use may be known to this page alone. */
const TOUCH_DELAY = 500;
/** What is kept when the browser's quota is exceeded. */
const QUOTA_TARGET = 0.5;

/**
 * A cache in IndexedDB, shared by the pages and workers of an origin. Bodies are staged chunk by chunk; one transaction
 * then publishes an entry with its place in the order of use and the sum of all sizes, and makes room for it.
 */
export class IndexedDbCache extends AbstractNetworkCache<IndexedDbEntry> {
  readonly maximumSize: number;
  readonly #database: Database;
  readonly #onFault: FaultListener;
  readonly #reported = new Set<string>();
  #touched = new Map<string, { readonly key: string; readonly used: number }>();
  readonly #clock: Clock;
  #timer: unknown = null;
  #swept: Promise<void> | null = null;
  #timesCleared = 0;
  /** The database refused it: nothing is found until it does not. */
  #isUncleared = false;
  /** What was begun and has to end before `close`. */
  readonly #running = new Set<Promise<unknown>>();
  readonly #keys = new WeakMap<IndexedDbEntry, string>();

  /** @throws TypeError when `maximumSize` is not a number of bytes */
  constructor(options: IndexedDbCacheOptions = {}) {
    super();
    const {
      name = 'fairlead-cache',
      maximumSize,
      onFault,
      clock = systemClock,
    } = checkOptions('IndexedDbCache', options, CHECKS);
    this.maximumSize = maximumSize ?? DEFAULT_MAXIMUM_SIZE;
    this.#clock = clock;
    this.#database = new Database(name);
    this.#onFault = reportLater(onFault);
  }

  async match(key: string): Promise<readonly IndexedDbEntry[]> {
    try {
      if (this.#isUncleared) await this.#clearAll();
      const records = await this.#database.read((entries) => readVariants(entries, key));
      return records.map((record) => {
        const entry = { metadata: record.metadata, length: record.length, record };
        this.#keys.set(entry, key);
        return entry;
      });
    } catch (error) {
      this.#report(error);
      return [];
    }
  }

  open(stored: IndexedDbEntry): BodyReader {
    const key = this.#keys.get(stored);
    if (key !== undefined) this.#touched.set(stored.record.id, { key, used: this.#clock.now() });
    this.#timer ??= this.#clock.setTimeout(() => void this.#flush(), TOUCH_DELAY);
    return new ChunkReader(this.#database, stored.record);
  }

  insert(key: string, metadata: ResponseMetadata, length: number | null): EntryWriter | null {
    const limit = this.maximumSize * LARGEST_ENTRY - metadataSize(key, metadata);
    if ((length ?? 0) > limit) return null;
    this.#swept ??= this.#write((entries) => sweep(entries, this.#clock.now() - ABANDONED));
    const begun = this.#timesCleared;
    const entry = new StagedEntry({
      database: this.#database,
      limit,
      publish: (body) => this.#track(this.#publish(key, metadata, body, begun)),
      failed: (error) => {
        this.#report(error);
        if (isQuota(error)) this.#makeRoom();
      },
      ending: (end) => void this.#track(end),
    });
    return new BlockWriter(entry);
  }

  async update(key: string, stored: IndexedDbEntry, metadata: ResponseMetadata): Promise<void> {
    const size = stored.length + metadataSize(key, metadata);
    const record = { ...stored.record, metadata, size };
    await this.#write((entries) => update(entries, key, record, this.maximumSize, this.#clock.now()));
  }

  async remove(key: string, stored?: IndexedDbEntry): Promise<void> {
    await this.#write((entries) => remove(entries, key, stored?.record.id ?? null));
  }

  override silent(fault: Error): void {
    this.#report(fault);
  }

  async clear(): Promise<void> {
    this.#timesCleared++;
    this.#touched.clear();
    const cleared = this.#clearAll().catch((error: unknown) => {
      this.#isUncleared = true;
      this.#report(error);
    });
    await this.#track(cleared);
  }

  async #clearAll(): Promise<void> {
    await this.#database.write(async (entries) => {
      entries.clear();
    });
    this.#isUncleared = false;
  }

  async size(): Promise<number> {
    try {
      return await this.#database.read(readSum);
    } catch (error) {
      this.#report(error);
      return 0;
    }
  }

  async close(): Promise<void> {
    const ending = Promise.allSettled(this.#running)
      .then(() => this.#flush())
      .then(() => this.#database.close());
    // It may never have been opened, or never answer.
    await withinPatience(ending, 'cache: closing').catch(() => {});
  }

  /** @param begun how often all had been cleared when the entry was begun */
  async #publish(key: string, metadata: ResponseMetadata, body: WrittenBody, begun: number): Promise<void> {
    const { id, length, checksums, last, isStaged } = body;
    const size = length + metadataSize(key, metadata);
    const record: EntryRecord = {
      schema: SCHEMA,
      id,
      length,
      size,
      used: this.#clock.now(),
      checksums,
      metadata,
    };
    // Uses decide what makes room.
    await this.#flush();
    if (begun !== this.#timesCleared) throw new EntryGone();
    const { maximumSize } = this;
    await this.#database.write((entries) => publish(entries, { key, record, last, isStaged, maximumSize }));
  }

  #makeRoom(): void {
    void this.#write(async (entries) => {
      const sum = await readSum(entries);
      entries.put(await evict(entries, sum, sum * QUOTA_TARGET, this.#clock.now()), SUM_KEY);
    });
  }

  async #flush(): Promise<void> {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
    const touched = this.#touched;
    if (touched.size === 0) return;
    this.#touched = new Map();
    await this.#write((entries) => touch(entries, touched));
  }

  /** A write whose failure is reported, and nothing else. */
  #write(work: (entries: IDBObjectStore) => Promise<void>): Promise<void> {
    return this.#track(this.#database.write(work).catch((error: unknown) => this.#report(error)));
  }

  #track<Result>(work: Promise<Result>): Promise<Result> {
    this.#running.add(work);
    const done = (): void => {
      this.#running.delete(work);
    };
    work.then(done, done);
    return work;
  }

  #report(error: unknown): void {
    const kind = error instanceof Error || error instanceof DOMException ? error.name : String(error);
    if (this.#reported.has(kind)) return;
    this.#reported.add(kind);
    const fault = new Error(`cache: IndexedDB cannot be used (${kind})`, { cause: error });
    this.#onFault(fault);
  }
}

function isQuota(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'QuotaExceededError';
}
