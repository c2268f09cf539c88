import { lstat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { EVICTION_TARGET, WRONG_CLOCK } from '../../../../src/cache/storage/network-cache.ts';
import { type Clock, setBackgroundTimeout, systemClock } from '../../../../src/util/clock.ts';
import { Lease } from '../lease.ts';
import { entriesIn, namesIn, removeOwn, statOwn } from '../own-files.ts';
import { isMissing, persist } from '../refusals.ts';
import { ENTRY_NAME, removeCleared, SHARD_NAME, TEMPORARY_NAME } from './layout.ts';
import type { OpenFiles } from './open-files.ts';

/** What a process has not touched for so long (milliseconds) in `tmp`, it has left there. */
const LEFT_AFTER = 30_000;
/** How long (milliseconds) a use may be known to this process alone. */
const TOUCH_DELAY = 1000;
/** How long (milliseconds) to leave eviction to the process that has the lease. */
const RETRY = 1000;
/** The part of the maximum that may be written before what others have written is counted anew. */
const RECOUNT = 0.1;
/** Calls of the file system at a time. */
const CONCURRENCY = 16;

interface Listed {
  readonly path: string;
  readonly size: number;
  readonly used: number;
}

/**
 * Knows how much a directory of entries holds and when each was used, and keeps it below its maximum. Nothing of it is
 * needed to find an entry: it counts with the first one that is written, in the background.
 *
 * The last use is the modification time of the file, so all processes see the same order. One process at a time evicts,
 * under a lease that expires with it.
 */
export class DiskUsage {
  readonly #root: string;
  readonly #maximumSize: number;
  readonly #files: OpenFiles;
  readonly #onError: (error: unknown) => void;
  readonly #lease: Lease;
  readonly #touched = new Map<string, number>();
  readonly #clock: Clock;
  #timer: unknown = null;
  /** Null until counted. */
  #total: number | null = null;
  #addedSinceCount = 0;
  /** Bytes of files that came while counting, which may have seen them or not. */
  readonly #cameMeanwhile = new Map<string, number>();
  #running: Promise<void> | null = null;
  #again = false;
  /** Another process evicts: there is no use in counting before. By the monotonic clock. */
  #notBefore = 0;

  constructor(
    root: string,
    maximumSize: number,
    files: OpenFiles,
    onError: (error: unknown) => void,
    clock: Clock,
  ) {
    this.#clock = clock;
    this.#root = root;
    this.#maximumSize = maximumSize;
    this.#files = files;
    this.#lease = new Lease(path.join(root, 'evicting'));
    this.#onError = onError;
  }

  touch(file: string): void {
    this.#touched.set(file, this.#clock.now());
    this.#timer ??= setBackgroundTimeout(
      () => {
        this.#flush().catch(this.#onError);
      },
      TOUCH_DELAY,
      this.#clock,
    );
  }

  add(file: string, bytes: number): void {
    this.#addedSinceCount += bytes;
    if (this.#running !== null) this.#cameMeanwhile.set(file, bytes);
    if (this.#total !== null) this.#total += bytes;
    const isUnsure = this.#total === null || this.#addedSinceCount > this.#maximumSize * RECOUNT;
    if (isUnsure || this.#total! > this.#maximumSize) this.#maintain();
  }

  subtract(bytes: number): void {
    if (this.#total !== null) this.#total = Math.max(0, this.#total - bytes);
  }

  /** Everything is gone. */
  reset(): void {
    this.#touched.clear();
    this.#total = 0;
    // Some of what is being counted is no more.
    if (this.#running !== null) this.#again = true;
  }

  /** Bytes in use, when what is being evicted has gone. */
  async size(): Promise<number> {
    if (this.#total === null) this.#maintain();
    while (this.#running !== null) await this.#running;
    return this.#total ?? 0;
  }

  /** Waits for the work in the background, and leaves nothing that only this process knows. */
  async settle(): Promise<void> {
    while (this.#running !== null) await this.#running;
    await this.#flush();
  }

  #maintain(): void {
    if (this.#clock.monotonic() < this.#notBefore) return;
    if (this.#running !== null) {
      this.#again = true;
      return;
    }
    this.#running = this.#count()
      .catch(this.#onError)
      .finally(() => {
        this.#running = null;
        if (this.#again) {
          this.#again = false;
          this.#maintain();
        }
      });
  }

  async #count(): Promise<void> {
    this.#addedSinceCount = 0;
    this.#cameMeanwhile.clear();
    const listed = await this.#list();
    const seen = listed.filter(({ path }) => !this.#cameMeanwhile.has(path)).map(({ size }) => size);
    this.#total = [...seen, ...this.#cameMeanwhile.values()].reduce((sum, size) => sum + size, 0);
    await this.#sweep();
    if (this.#total > this.#maximumSize) await this.#evict(listed);
  }

  async #list(): Promise<Listed[]> {
    const listed: Listed[] = [];
    const latest = this.#clock.now() + WRONG_CLOCK;
    for (const shard of await entriesIn(this.#root, SHARD_NAME)) {
      if (!shard.isDirectory()) continue;
      const directory = path.join(this.#root, shard.name);
      await each(await namesIn(directory, ENTRY_NAME), async (name) => {
        const file = path.join(directory, name);
        const found = await statOwn(file, process.getuid?.());
        if (found === null) return;
        const { size, mtimeMs } = found;
        const known = mtimeMs > latest ? 0 : mtimeMs;
        listed.push({ path: file, size, used: Math.max(known, this.#touched.get(file) ?? 0) });
      });
    }
    return listed;
  }

  async #evict(listed: Listed[]): Promise<void> {
    if (!(await persist(() => this.#lease.acquire()))) {
      this.#notBefore = this.#clock.monotonic() + RETRY;
      return;
    }
    try {
      const entries = listed.map((entry) => this.#asItIsNow(entry));
      // Of one key and time the first variant last: the others are found through it.
      entries.sort((one, other) => one.used - other.used || (one.path < other.path ? 1 : -1));
      const excess: Listed[] = [];
      let left = this.#total!;
      for (const entry of entries) {
        if (left <= this.#maximumSize * EVICTION_TARGET) break;
        excess.push(entry);
        left -= entry.size;
      }
      await each(excess, async (entry) => {
        await persist(() => removeOwn(entry.path));
        this.#files.drop(entry.path);
        this.#touched.delete(entry.path);
        this.subtract(entry.size);
      });
    } finally {
      await this.#lease.release();
    }
  }

  /** It may have been replaced since it was listed. */
  #asItIsNow(entry: Listed): Listed {
    const size = this.#cameMeanwhile.get(entry.path);
    return size === undefined ? entry : { ...entry, size, used: this.#clock.now() };
  }

  /** What killed processes have left: temporary files, and what was moved aside to be cleared. */
  async #sweep(): Promise<void> {
    const temporary = path.join(this.#root, 'tmp');
    await each(await namesIn(temporary, TEMPORARY_NAME), async (name) => {
      const file = path.join(temporary, name);
      if (await isLeft(file)) await removeOwn(file);
    });
    await removeCleared(this.#root, isLeft);
  }

  async #flush(): Promise<void> {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
    const touched = [...this.#touched];
    this.#touched.clear();
    await each(touched, ([file, used]) => utimes(file, used / 1000, used / 1000));
  }
}

async function isLeft(file: string): Promise<boolean> {
  const { mtimeMs } = await lstat(file);
  return Math.abs(systemClock.now() - mtimeMs) > LEFT_AFTER;
}

/** Does it with each, a few at a time. What has vanished meanwhile is left out; a failure is told when all are through. */
async function each<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  let next = 0;
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const item = items[next++]!;
      try {
        await work(item);
      } catch (error) {
        if (!isMissing(error)) failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
}
