import { rename } from 'node:fs/promises';
import path from 'node:path';
import { type Checks, CLOCK, checkOptions, FUNCTION } from '../../../src/checks/checker.ts';
import { faultTeller } from '../../../src/storage/fault-teller.ts';
import type { FaultListener, KeyValueStore, StoredValue } from '../../../src/storage/key-value-store.ts';
import { reportLater } from '../../../src/storage/report-later.ts';
import { withinPatience } from '../../../src/storage/store-patience.ts';
import { type Clock, setBackgroundTimeout, systemClock } from '../../../src/util/clock.ts';
import { ChangeNotice } from './change-notice.ts';
import { ownPath } from './own-files.ts';
import { type FileContent, readIfChanged, readIfExists } from './read-file.ts';
import { replaceFile } from './replace-file.ts';
import { replaceFileSync } from './replace-file-sync.ts';

/** How a {@link FileStore} treats what it cannot read or write. */
export interface FileStoreOptions {
  /**
   * Path of the file, which must not be a link. Missing directories are made, readable for the user alone, as is the file.
   */
  readonly file: string;
  /** Hears when content was unreadable and set aside, and when the file cannot be looked at for changes of others. */
  readonly onFault?: FaultListener;
  /** @default the system's */
  readonly clock?: Clock;
}

const CHECKS: Checks<FileStoreOptions> = {
  file: ownPath('a file'),
  onFault: FUNCTION,
  clock: CLOCK,
};

type Entries = Map<string, StoredValue>;
type Changes = ReadonlyMap<string, StoredValue | null>;

/** What a look saw counts for so long (milliseconds): changes of other processes are seen within twice that. */
const FRESH = 200;
/** A store that was not asked for so long (milliseconds) is not looked at again before it is. */
const ATTENTION = 30_000;

/**
 * A {@link KeyValueStore} in one JSON file that several processes may share. Every batch reads the file anew, merges and
 * replaces it atomically. Content that is not ours or damaged is renamed to `<file>.corrupt-<epoch ms>`; what we knew of
 * it before is written anew, as it is when the file has vanished. An empty file is an empty store; one that cannot be read
 * is none: `load` rejects.
 *
 * Changes of other processes are found by looking at the file: when it is asked for, and for half a minute after that
 * every fifth of a second. Events of the file system only make it faster, because network file systems, containers
 * and exhausted watchers have none.
 *
 * Made for some thousand small entries on a local disk: a batch costs a rewrite of the file.
 */
export class FileStore implements KeyValueStore {
  readonly #file: string;
  readonly #onFault: FaultListener;
  readonly #lookFaults: ReturnType<typeof faultTeller>;
  readonly #listeners = new Set<(changes: Changes) => void>();
  readonly #notice: ChangeNotice;
  readonly #clock: Clock;
  #timer: unknown = null;
  /** By the monotonic clock: the last look, and when it was asked for last. */
  #lookedAt = Number.NEGATIVE_INFINITY;
  #askedAt = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | null = null;
  /** The content as we last saw or wrote it, and the file that it was in. */
  #known: Entries = new Map();
  #signature: string | null = null;
  /** The end of the operations, which run one after the other, and their number. */
  #last: Promise<unknown> = Promise.resolve();
  #operations = 0;

  constructor(options: FileStoreOptions) {
    const { file, onFault, clock } = checkOptions('FileStore', options, CHECKS);
    this.#clock = clock ?? systemClock;
    this.#file = path.resolve(file);
    this.#onFault = reportLater(onFault);
    this.#lookFaults = faultTeller(this.#onFault);
    this.#notice = new ChangeNotice(path.dirname(this.#file), () => this.#noticed());
  }

  load(): Promise<Entries> {
    return this.#queue(async () => {
      const found = await readIfExists(this.#file);
      const entries = this.#entriesIn(found?.content ?? null);
      if (entries === null) await this.#update(new Map());
      else this.#see(entries, found);
      return new Map(this.#known);
    });
  }

  apply(changes: Changes): Promise<void> {
    return this.#queue(() => this.#update(changes));
  }

  applySync(changes: Changes): void {
    const entries = replaceFileSync<Entries>(this.#file, (content) => {
      // What is damaged is left to the next load: nothing is told of at an exit.
      const found = this.#entriesIn(content);
      if (found === null) throw new Error(`storage: ${this.#file} is not readable as a store`);
      const merged = merge(found, changes);
      return { text: serialize(merged), result: merged };
    });
    this.#known = entries;
    this.#signature = null;
  }

  watch(listener: (changes: Changes) => void): () => void {
    this.#listeners.add(listener);
    this.#askedAt = this.#clock.monotonic();
    this.#notice.start();
    this.#lookLater();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#stopWatching();
    };
  }

  look(): Promise<void> | null {
    const now = this.#clock.monotonic();
    this.#askedAt = now;
    if (this.#listeners.size === 0) return null;
    this.#lookLater();
    if (now - this.#lookedAt < FRESH) return null;
    return this.#lookNow();
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    this.#stopWatching();
    await this.#last;
  }

  #queue<T>(operation: () => Promise<T>): Promise<T> {
    this.#operations++;
    const result = this.#last.then(operation).finally(() => {
      this.#operations--;
    });
    this.#last = result.catch(() => {});
    return result;
  }

  async #update(changes: Changes): Promise<void> {
    let merged: Entries = new Map();
    const signature = await replaceFile(this.#file, async (content) => {
      const entries = this.#entriesIn(content) ?? (await this.#setAside());
      this.#see(entries, null);
      merged = merge(entries, changes);
      return serialize(merged);
    });
    this.#known = merged;
    this.#signature = signature;
  }

  /** Null for what is no content of ours. What we knew counts on when the file has vanished, or was emptied. */
  #entriesIn(content: string | null): Entries | null {
    return content === null || content === '' ? this.#known : parse(content);
  }

  async #setAside(): Promise<Entries> {
    const aside = `${this.#file}.corrupt-${this.#clock.now()}`;
    await rename(this.#file, aside);
    this.#onFault(new Error(`storage: ${this.#file} is not readable as a store; it was moved to ${aside}`));
    return this.#known;
  }

  /** Takes note of the content, and tells what others have changed in it. */
  #see(entries: Entries, found: FileContent | null): void {
    const before = this.#known;
    this.#known = entries;
    this.#signature = found?.signature ?? null;
    if (this.#listeners.size === 0) return;
    const changes = difference(before, entries);
    if (changes.size === 0) return;
    for (const listener of this.#listeners) listener(changes);
  }

  #stopWatching(): void {
    this.#notice.stop();
    this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
  }

  #noticed(): void {
    if (this.#listeners.size > 0) void this.#lookNow();
  }

  #lookLater(): void {
    this.#timer ??= setBackgroundTimeout(
      () => {
        this.#timer = null;
        if (this.#listeners.size === 0 || this.#clock.monotonic() - this.#askedAt > ATTENTION) return;
        void this.#lookNow().then(() => {
          if (this.#listeners.size > 0) this.#lookLater();
        });
      },
      FRESH,
      this.#clock,
    );
  }

  /** Resolves when what others wrote has been told, and after a second at most. Does not reject. */
  #lookNow(): Promise<void> {
    // What is under way reads the file anyway, and may have to wait for others.
    if (this.#operations > 0) return this.#looking ?? Promise.resolve();
    const looking = this.#queue(() => this.#look());
    this.#looking = withinPatience(looking, `storage: a look at ${this.#file}`).then(
      () => this.#lookFaults.succeeded(),
      (cause) => this.#lookFaults.failed(`storage: ${this.#file} could not be looked at`, cause),
    );
    return this.#looking;
  }

  async #look(): Promise<void> {
    this.#lookedAt = this.#clock.monotonic();
    const found = await readIfChanged(this.#file, this.#signature);
    if (found === null) return;
    this.#notice.missed();
    const entries = this.#entriesIn(found.content);
    // What is damaged is left to the next load or apply, which set it aside.
    if (entries !== null) this.#see(entries, found);
    else this.#signature = found.signature;
  }
}

const FORMAT = 'fairlead store';
const VERSION = 1;

/** Pairs instead of an object, because keys come from the network; one a line, for people. */
function serialize(entries: Entries): string {
  const lines = Array.from(entries, (entry) => JSON.stringify(entry));
  return `{"format":"${FORMAT}","version":${VERSION},"entries":[\n${lines.join(',\n')}\n]}\n`;
}

function merge(entries: Entries, changes: Changes): Entries {
  const merged = new Map(entries);
  for (const [key, value] of changes) {
    if (value === null) merged.delete(key);
    else merged.set(key, value);
  }
  return merged;
}

/** Null for what we cannot have written. */
function parse(content: string): Entries | null {
  try {
    const { format, version, entries } = JSON.parse(content);
    if (format !== FORMAT || version !== VERSION || !entries.every(isEntry)) return null;
    return new Map(entries);
  } catch {
    return null;
  }
}

function isEntry(value: unknown): value is [string, StoredValue] {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string';
}

function difference(before: Entries, after: Entries): Map<string, StoredValue | null> {
  const changes = new Map<string, StoredValue | null>();
  for (const key of before.keys()) if (!after.has(key)) changes.set(key, null);
  for (const [key, value] of after) {
    const old = before.get(key);
    if (old === undefined || JSON.stringify(old) !== JSON.stringify(value)) changes.set(key, value);
  }
  return changes;
}
