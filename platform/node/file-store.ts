import { type FSWatcher, mkdirSync, watch as watchDirectory } from 'node:fs';
import { rename } from 'node:fs/promises';
import path from 'node:path';
import { apart } from '../../src/storage/apart.ts';
import type { FaultListener, KeyValueStore, StoredValue } from '../../src/storage/key-value-store.ts';
import { readIfExists, replaceFile } from './replace-file.ts';

export interface FileStoreOptions {
  /** Path of the file. Missing directories are made, readable for the user alone, as is the file. */
  readonly file: string;
  /** Hears when content was unreadable and set aside, when loading failed, when changes cannot be watched. */
  readonly onFault?: FaultListener;
}

type Entries = Map<string, StoredValue>;
type Changes = ReadonlyMap<string, StoredValue | null>;

/**
 * A {@link KeyValueStore} in one JSON file that several processes may share. Every batch reads the file anew, merges and
 * replaces it atomically. Content that is not ours or damaged is renamed to `<file>.corrupt-<epoch ms>`; what we knew of
 * it before is written anew, as it is when the file has vanished.
 *
 * Made for some thousand small entries on a local disk: a batch costs a rewrite of the file.
 */
export class FileStore implements KeyValueStore {
  readonly #file: string;
  readonly #onFault: FaultListener;
  readonly #listeners = new Set<(changes: Changes) => void>();
  #watcher: FSWatcher | null = null;
  #refreshing = false;
  /** The content as we last saw or wrote it. */
  #known: Entries = new Map();
  /** The end of the operations, which run one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: FileStoreOptions) {
    this.#file = path.resolve(options.file);
    this.#onFault = apart(options.onFault);
  }

  load(): Promise<Entries> {
    return this.#queue(async () => {
      try {
        const content = await readIfExists(this.#file);
        const entries = content === null ? this.#known : parse(content);
        if (entries === null) await this.#update(new Map());
        else this.#see(entries);
      } catch (cause) {
        this.#onFault(new Error(`storage: ${this.#file} could not be read`, { cause }));
      }
      return new Map(this.#known);
    });
  }

  apply(changes: Changes): Promise<void> {
    return this.#queue(() => this.#update(changes));
  }

  watch(listener: (changes: Changes) => void): () => void {
    this.#listeners.add(listener);
    if (this.#watcher === null) this.#startWatching();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#stopWatching();
    };
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    this.#stopWatching();
    await this.#last;
  }

  #queue<T>(operation: () => Promise<T>): Promise<T> {
    const result = this.#last.then(operation);
    this.#last = result.catch(() => {});
    return result;
  }

  async #update(changes: Changes): Promise<void> {
    let merged: Entries = new Map();
    await replaceFile(this.#file, async (content) => {
      const entries = content === null ? this.#known : (parse(content) ?? (await this.#setAside()));
      this.#see(entries);
      merged = new Map(entries);
      for (const [key, value] of changes) {
        if (value === null) merged.delete(key);
        else merged.set(key, value);
      }
      return serialize(merged);
    });
    this.#known = merged;
  }

  async #setAside(): Promise<Entries> {
    const aside = `${this.#file}.corrupt-${Date.now()}`;
    await rename(this.#file, aside);
    this.#onFault(new Error(`storage: ${this.#file} is not readable as a store; it was moved to ${aside}`));
    return this.#known;
  }

  /** Takes note of the content, and tells what others have changed in it. */
  #see(entries: Entries): void {
    const before = this.#known;
    this.#known = entries;
    if (this.#listeners.size === 0) return;
    const changes = difference(before, entries);
    if (changes.size === 0) return;
    for (const listener of this.#listeners) listener(changes);
  }

  /** Watches the directory: the file itself is another one after each replacement. */
  #startWatching(): void {
    const directory = path.dirname(this.#file);
    const fault = (cause: unknown): void => {
      this.#onFault(new Error(`storage: changes in ${directory} cannot be watched`, { cause }));
    };
    try {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      this.#watcher = watchDirectory(directory, { persistent: false }, (_event, name) => {
        if (name === null || name === path.basename(this.#file)) this.#refresh();
      });
      this.#watcher.on('error', fault);
    } catch (cause) {
      fault(cause);
    }
  }

  #stopWatching(): void {
    this.#watcher?.close();
    this.#watcher = null;
  }

  #refresh(): void {
    if (this.#refreshing) return;
    this.#refreshing = true;
    void this.#queue(async () => {
      this.#refreshing = false;
      // Trouble is left to the next load or apply, which report and mend it.
      const content = await readIfExists(this.#file).catch(() => null);
      const entries = content === null ? null : parse(content);
      if (entries !== null) this.#see(entries);
    });
  }
}

const FORMAT = 'fairlead store';
const VERSION = 1;

/** Pairs instead of an object, because keys come from the network; one a line, for people. */
function serialize(entries: Entries): string {
  const lines = Array.from(entries, (entry) => JSON.stringify(entry));
  return `{"format":"${FORMAT}","version":${VERSION},"entries":[\n${lines.join(',\n')}\n]}\n`;
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
