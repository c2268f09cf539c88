import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { EVICTION_TARGET, WRONG_CLOCK } from '../../../src/cache/network-cache.ts';
import { type Clock, setBackgroundTimeout, systemClock } from '../../../src/util/clock.ts';
import { nodeOptions } from '../node-options.ts';
import { errorCode, isMissing } from './files.ts';
import type { OpenFiles } from './open-files.ts';

/** An eviction or a temporary file of a process that has not touched it for so long (milliseconds) is abandoned. */
const LEASE = 30_000;
/** A lease without a name in it, so long (milliseconds) after it was taken, is that of a process killed in between. */
const NAMING = 1000;
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
    for (const shard of await names(this.#root, /^[\da-f]{2}$/)) {
      const directory = path.join(this.#root, shard);
      await each(await names(directory, /^[\da-f]{40}\.\d$/), async (name) => {
        const file = path.join(directory, name);
        const { size, mtimeMs } = await stat(file);
        const known = mtimeMs > latest ? 0 : mtimeMs;
        listed.push({ path: file, size, used: Math.max(known, this.#touched.get(file) ?? 0) });
      });
    }
    return listed;
  }

  async #evict(listed: Listed[]): Promise<void> {
    const lease = path.join(this.#root, 'evicting');
    const isOurs = await acquire(lease).catch((error: unknown) => {
      // Taken over by another one in between.
      if (isMissing(error)) return false;
      throw error;
    });
    if (!isOurs) {
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
        await rm(entry.path, nodeOptions('file', { force: true }));
        this.#files.drop(entry.path);
        this.#touched.delete(entry.path);
        this.subtract(entry.size);
      });
    } finally {
      await rm(lease, nodeOptions('file', { force: true }));
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
    const above = path.dirname(this.#root);
    const layout = path.basename(this.#root);
    const cleared = new RegExp(`^${layout}-[\\da-f]{12}$`);
    const left = [
      ...(await names(temporary, /^[\da-f]{24}$/)).map((name) => path.join(temporary, name)),
      ...(await names(above, cleared)).map((name) => path.join(above, name)),
    ];
    await each(left, async (file) => {
      if (await isAbandoned(file, LEASE))
        await rm(file, nodeOptions('file', { recursive: true, force: true }));
    });
  }

  async #flush(): Promise<void> {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
    const touched = [...this.#touched];
    this.#touched.clear();
    await each(touched, ([file, used]) => utimes(file, used / 1000, used / 1000));
  }
}

/** A name for what is moved aside to be cleared. The directory is the user's: nothing of another name is ours. */
export function clearedName(layout: string): string {
  return `${layout}-${randomBytes(6).toString('hex')}`;
}

/** Takes the lease, at once from a process that is dead. False: another one has it. Two at a time do no harm. */
async function acquire(lease: string): Promise<boolean> {
  if (await create(lease)) return true;
  if (!(await isAbandoned(lease, LEASE)) && (await mayBeHeld(lease))) return false;
  // Of several that see it abandoned one moves it away, to where it is swept if that one is killed here.
  const aside = path.join(path.dirname(lease), 'tmp', randomBytes(12).toString('hex'));
  await rename(lease, aside);
  await rm(aside, nodeOptions('file', { force: true }));
  return create(lease);
}

async function create(lease: string): Promise<boolean> {
  try {
    await writeFile(lease, String(process.pid), nodeOptions('file', { flag: 'wx', mode: 0o600 }));
    return true;
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    return false;
  }
}

async function mayBeHeld(lease: string): Promise<boolean> {
  const pid = Number(await readFile(lease, 'utf8'));
  // Killed between making the file and writing into it, or about to write.
  if (!Number.isSafeInteger(pid) || pid <= 0) return !(await isAbandoned(lease, NAMING));
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process may not be signalled, but it is there.
    return errorCode(error) === 'EPERM';
  }
}

async function isAbandoned(file: string, after: number): Promise<boolean> {
  const { mtimeMs } = await stat(file);
  return Math.abs(systemClock.now() - mtimeMs) > after;
}

/**
 * The names in a directory that are ours; none when there is no such directory. What else is there is left alone: others
 * put things into directories (`.DS_Store`, `@eaDir`), and a link may lead out of ours.
 */
async function names(directory: string, ours: RegExp): Promise<string[]> {
  try {
    return (await readdir(directory)).filter((name) => ours.test(name));
  } catch (error) {
    if (isMissing(error) || errorCode(error) === 'ENOTDIR') return [];
    throw error;
  }
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

/** Makes the directory of a file, for the user alone. */
export async function makeDirectoryOf(file: string): Promise<void> {
  await mkdir(path.dirname(file), nodeOptions('file', { recursive: true, mode: 0o700 }));
}
