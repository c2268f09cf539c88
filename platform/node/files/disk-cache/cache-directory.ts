import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { type Clock, systemClock } from '../../../../src/util/clock.ts';
import { openRegular } from '../own-files.ts';
import { isMissing, persist } from '../refusals.ts';
import { discardEntry } from './entry-file.ts';
import { clearEntries, isSafe, makeDirectoryOf } from './layout.ts';

/** How long (milliseconds) a look at the directory counts: so late at most is a new epoch of another process seen. */
const FRESH = 1000;

/** The directory of a cache: whether it may be believed, which of its entries count, and what could not be cleared. */
export class CacheDirectory {
  readonly root: string;
  readonly #onError: (error: unknown) => void;
  readonly #clock: Clock;
  #isTrusted = false;
  /** By the monotonic clock. */
  #lookedAt = Number.NEGATIVE_INFINITY;
  #looking: Promise<boolean> | null = null;
  /** Why what lies there is no directory of ours, as far as the last look told. */
  #refusal: unknown = null;
  #epoch = FIRST_EPOCH;
  /** Entries that were to be cleared, could not be, and where not even a new epoch could be written: they are not found. */
  readonly #uncleared = new Set<string>();
  /** The same, where not even the entries could be listed: what was published since, and only that is found. */
  #publishedSince: Set<string> | null = null;

  constructor(root: string, onError: (error: unknown) => void, clock: Clock = systemClock) {
    this.root = root;
    this.#onError = onError;
    this.#clock = clock;
  }

  /** The directory was looked at a moment ago and found to be the user's own. */
  get isTrusted(): boolean {
    return this.#isTrusted && this.#clock.monotonic() - this.#lookedAt < FRESH;
  }

  /** The epoch whose entries are found. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Whether the directory is there, and the user's own. */
  trust(): Promise<boolean> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  async #look(): Promise<boolean> {
    const lookedAt = this.#clock.monotonic();
    try {
      const isThere = await isSafe(this.root);
      this.#epoch = isThere ? await readEpoch(this.root) : FIRST_EPOCH;
      this.#isTrusted = isThere;
      this.#refusal = null;
      this.#lookedAt = lookedAt;
    } catch (error) {
      this.#isTrusted = false;
      this.#refusal = error;
      this.#onError(error);
    }
    return this.#isTrusted;
  }

  /** Does it again while it is refused for a moment, and when the directory of the file was missing. */
  async withDirectoryOf<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
    if (this.#refusal !== null) throw this.#refusal;
    if (!this.#isTrusted) await makeDirectoryOf(this.root, file);
    try {
      return await persist(work);
    } catch (error) {
      if (!isMissing(error)) throw error;
      await makeDirectoryOf(this.root, file);
      return persist(work);
    }
  }

  /** Whether what lies there was to be cleared. */
  isCleared(file: string): boolean {
    return this.#uncleared.has(file) || this.#publishedSince?.has(file) === false;
  }

  /** A new entry lies there. */
  published(file: string): void {
    this.#uncleared.delete(file);
    this.#publishedSince?.add(file);
  }

  async clear(): Promise<void> {
    if (!this.isTrusted && !(await this.trust())) {
      // What lies there may be believed later, when it can be looked at.
      if (this.#refusal !== null) this.#publishedSince = new Set();
      return;
    }
    const left = await clearEntries(this.root);
    this.#isTrusted = false;
    this.#publishedSince = null;
    if (left === null) return;
    this.#onError(left.error);
    if (left.entries.length > 0) await this.#outdate(left.entries);
  }

  /** Tries for the last time to get rid of what was to be cleared. */
  async close(): Promise<void> {
    // What came since goes along: an entry that is fetched again is better than one that was to be forgotten.
    if (this.#publishedSince !== null) await this.clear();
    const uncleared = [...this.#uncleared];
    const left = await Promise.all(uncleared.map((file) => discardEntry(file)));
    for (const [index, one] of left.entries()) {
      if (one === null || one.isSpoilt) this.#uncleared.delete(uncleared[index]!);
      if (one !== null) this.#onError(one.refusal);
    }
  }

  /** Has the entries not found any more: by anybody, or by this process when the disk takes nothing at all. */
  async #outdate(entries: readonly string[]): Promise<void> {
    try {
      this.#epoch = await beginEpoch(this.root);
      this.#uncleared.clear();
    } catch {
      // It was told that they could not be removed.
      for (const file of entries) {
        if (file === this.root) this.#publishedSince = new Set();
        else this.#uncleared.add(file);
      }
    }
  }
}

/**
 * The epoch of a cache: entries of another one are not found. A new one begins when a `clear()` could not get rid of all
 * entries, so that they are gone for every process and after a restart. The file is written in place, because a disk that
 * refuses to remove files often refuses to replace them; what was half written is a new epoch as well.
 */
const EPOCH_FILE = 'cleared';

/** Before there was need of any. */
const FIRST_EPOCH = 0;

/** The epoch of the cache in that directory, for its entries' headers: 32 bits. */
async function readEpoch(root: string): Promise<number> {
  try {
    return await persist(async () => {
      const handle = await openRegular(path.join(root, EPOCH_FILE), constants.O_RDONLY);
      try {
        return epochOf(await handle.readFile());
      } finally {
        await handle.close();
      }
    });
  } catch (error) {
    if (isMissing(error)) return FIRST_EPOCH;
    throw error;
  }
}

/** Begins another epoch. Rejects when the disk refuses that, too. */
async function beginEpoch(root: string): Promise<number> {
  const content = Buffer.from(`${randomBytes(8).toString('hex')}\n`);
  await persist(async () => {
    const handle = await openRegular(
      path.join(root, EPOCH_FILE),
      constants.O_RDWR | constants.O_CREAT,
      0o600,
    );
    try {
      await handle.write(content, 0, content.length, 0);
      await handle.sync().catch(() => {});
    } finally {
      await handle.close();
    }
  });
  return epochOf(content);
}

/** Never the first one. */
function epochOf(content: Uint8Array): number {
  return (crc32(content) | 1) >>> 0;
}
