import { hash, randomBytes } from 'node:crypto';
import { rename } from 'node:fs/promises';
import path from 'node:path';
import {
  AbstractNetworkCache,
  DEFAULT_MAXIMUM_SIZE,
  MAXIMUM_SIZE,
} from '../../../src/cache/storage/abstract-network-cache.ts';
import { BlockWriter, EntryGone } from '../../../src/cache/storage/block-writer.ts';
import { rewriteEntry } from '../../../src/cache/storage/combine.ts';
import type { ResponseMetadata } from '../../../src/cache/storage/metadata.ts';
import {
  type BodyReader,
  type EntryWriter,
  LARGEST_ENTRY,
  MAXIMUM_VARIANTS,
} from '../../../src/cache/storage/network-cache.ts';
import { type Checks, CLOCK, checkOptions, FUNCTION } from '../../../src/checks/checker.ts';
import { type FaultTeller, faultTeller } from '../../../src/storage/fault-teller.ts';
import type { FaultListener } from '../../../src/storage/key-value-store.ts';
import { reportLater } from '../../../src/storage/report-later.ts';
import { type Clock, systemClock } from '../../../src/util/clock.ts';
import { CacheDirectory } from './disk-cache/cache-directory.ts';
import { type DiskEntry, sizeOf, slotFor, slotPath } from './disk-cache/disk-entry.ts';
import { DiskReader } from './disk-cache/disk-reader.ts';
import { DiskUsage } from './disk-cache/disk-usage.ts';
import { EntryDraft, type Finish, type TemporaryFile } from './disk-cache/entry-draft.ts';
import { discardEntry, noteVariants, readId, replaceText } from './disk-cache/entry-file.ts';
import { capacityFor, encodeText, fileSize, MAXIMUM_CAPACITY } from './disk-cache/entry-format.ts';
import { openFile } from './disk-cache/files.ts';
import { LAYOUT } from './disk-cache/layout.ts';
import { type LoadedEntry, loadEntry } from './disk-cache/load-entry.ts';
import { OpenFiles } from './disk-cache/open-files.ts';
import { ownPath, removeOwn, TO_CREATE } from './own-files.ts';
import { errorCode, isMissing, mayPass, persist } from './refusals.ts';

/** Where a {@link DiskCache} keeps its files, and how many bytes of them. */
export interface DiskCacheOptions {
  /**
   * Where the entries are. Made with the first one, readable for the user alone. Processes may share it. What is in it is
   * believed: a directory that is a link, belongs to another user or can be written by others is a fault, and no cache.
   */
  readonly directory: string;
  /** Bytes of all files together. @default 50 MiB, as in Qt */
  readonly maximumSize?: number;
  /** Hears once of each kind of trouble with the directory; requests go on without the cache. */
  readonly onFault?: FaultListener;
  /** Against which entries are old. @default the system's */
  readonly clock?: Clock;
}

const CHECKS: Checks<DiskCacheOptions> = {
  directory: ownPath('a directory'),
  maximumSize: MAXIMUM_SIZE,
  onFault: FUNCTION,
  clock: CLOCK,
};

/** How long (milliseconds) a request waits for an entry that cannot be opened just now. */
const READING_PATIENCE = 100;

/**
 * A cache in a directory: one file for each response, found by the hash of its key, so nothing is loaded to open it. What
 * is in the files is verified as it is read. Made to be killed at any instant, and to be shared. Files that were read stay
 * open for a second, at most 32 of them, and are found faster meanwhile.
 *
 * The least recently used entries go when the directory has grown above its maximum, down to 90 % of it, and an entry
 * above 75 % of it is not stored. Qt: `QNetworkDiskCache`.
 */
export class DiskCache extends AbstractNetworkCache<DiskEntry> {
  readonly maximumSize: number;
  readonly #root: string;
  readonly #files = new OpenFiles();
  readonly #directory: CacheDirectory;
  readonly #usage: DiskUsage;
  readonly #faults: FaultTeller;
  /** What was begun and has to end before `close`. */
  readonly #running = new Set<Promise<void>>();
  /** Entries that could not be removed, by their paths and ids: they are not found. */
  readonly #unremovable = new Map<string, number>();
  #timesCleared = 0;

  /** @throws TypeError when `directory` is no path or `maximumSize` is not a number of bytes */
  constructor(options: DiskCacheOptions) {
    super();
    const { directory, maximumSize, onFault, clock } = checkOptions('DiskCache', options, CHECKS);
    this.maximumSize = maximumSize ?? DEFAULT_MAXIMUM_SIZE;
    this.#root = path.join(path.resolve(directory), LAYOUT);
    this.#faults = faultTeller(reportLater(onFault));
    const onError = (error: unknown): void => this.#report(error);
    this.#directory = new CacheDirectory(this.#root, onError, clock);
    this.#usage = new DiskUsage(this.#root, this.maximumSize, this.#files, onError, clock ?? systemClock);
  }

  async match(key: string): Promise<readonly DiskEntry[]> {
    if (!this.#directory.isTrusted && !(await this.#directory.trust())) return [];
    const place = this.#placeOf(key);
    const first = await this.#find(place, key, 0);
    const count = Math.min(first?.file.header.variants ?? 0, MAXIMUM_VARIANTS);
    if (first === null || count < 2) return first === null ? [] : [first];
    const others = Array.from({ length: count - 1 }, (_, index) => this.#find(place, key, index + 1));
    return [first, ...(await Promise.all(others)).filter((entry) => entry !== null)];
  }

  open({ file, slot }: DiskEntry): BodyReader {
    const { path, header, body } = file;
    this.#usage.touch(path);
    // Without the first variant the others are not found: it has to outlive them.
    if (slot > 0) this.#usage.touch(slotPath(path, 0));
    file.body = null;
    return new DiskReader(this.#files, { path, ...header }, body);
  }

  insert(key: string, metadata: ResponseMetadata, length: number | null): EntryWriter | null {
    const text = encodeText(key, metadata);
    const capacity = capacityFor(text.length);
    const largest = this.maximumSize * LARGEST_ENTRY;
    if (capacity > MAXIMUM_CAPACITY || fileSize(capacity, length ?? 0) > largest) return null;
    const limit = largest - fileSize(capacity, 0);
    const begun = this.#timesCleared;
    const host = {
      create: () => this.#createTemporary(),
      publish: (finish: Finish) => this.#track(this.#publish(key, metadata, finish, begun)),
      failed: (error: unknown) => this.#report(error),
      ending: (end: Promise<void>) => void this.#track(end),
    };
    return new BlockWriter(new EntryDraft(host, text, limit));
  }

  async update(key: string, stored: DiskEntry, metadata: ResponseMetadata): Promise<void> {
    const { path, header } = stored.file;
    try {
      const text = encodeText(key, metadata);
      if (text.length <= header.capacity) {
        await replaceText(stored.file, text);
        this.#files.drop(path);
        return;
      }
      // Too long for its place: the whole entry is written anew, unless another one is there by now.
      if ((await readId(path)) !== header.id) return;
      const writer = this.insert(key, metadata, stored.length);
      if (writer !== null) await rewriteEntry(this.open(stored), stored.length, writer);
    } catch (error) {
      if (!isMissing(error)) this.#report(error);
    }
  }

  async remove(key: string, stored?: DiskEntry): Promise<void> {
    const found = stored === undefined || stored.slot === 0 ? await this.match(key) : [];
    if (stored === undefined) await Promise.all(found.map((entry) => this.#unlink(entry)));
    else await this.#unlink(stored, stored.slot === 0 ? found.findLast(({ slot }) => slot > 0) : undefined);
  }

  override silent(fault: Error): void {
    this.#report(fault);
  }

  /**
   * Whatever the disk says, nothing that was stored before is found after it, by any process: what cannot be removed is
   * made unreadable or outdated, and told. Only where the disk takes no byte either does it end with this process.
   */
  async clear(): Promise<void> {
    this.#timesCleared++;
    this.#files.dropAll();
    await this.#directory.clear();
    this.#files.dropAll();
    this.#usage.reset();
  }

  async size(): Promise<number> {
    return this.#directory.isTrusted || (await this.#directory.trust()) ? this.#usage.size() : 0;
  }

  async close(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
    await this.#directory.close();
    await this.#usage.settle().catch((error: unknown) => this.#report(error));
    this.#files.close();
  }

  #placeOf(key: string): string {
    const digest = hash('sha256', key);
    return `${this.#root}${path.sep}${digest.slice(0, 2)}${path.sep}${digest.slice(2, 42)}`;
  }

  /** The entry in a slot of a key; null when there is none, or none that is sound. */
  async #find(place: string, key: string, slot: number): Promise<DiskEntry | null> {
    const file = `${place}.${slot}`;
    if (this.#directory.isCleared(file)) return null;
    try {
      const loaded = await this.#load(file);
      if (loaded === null) {
        await removeOwn(file);
        return null;
      }
      if (loaded.slot.text.key !== key || !this.#counts(loaded)) return null;
      return { metadata: loaded.slot.text.metadata, length: loaded.header.bodyLength, file: loaded, slot };
    } catch (error) {
      if (!isMissing(error)) this.#report(error);
      return null;
    }
  }

  /** Whether the entry is of this epoch, and not to be removed. */
  #counts({ path, header }: LoadedEntry): boolean {
    return header.epoch === this.#directory.epoch && header.id !== this.#unremovable.get(path);
  }

  #load(file: string): Promise<LoadedEntry | null> {
    return loadEntry(this.#files, file).catch((error: unknown) => {
      if (!mayPass(error)) throw error;
      return persist(() => loadEntry(this.#files, file), { patience: READING_PATIENCE });
    });
  }

  async #createTemporary(): Promise<TemporaryFile> {
    const file = path.join(this.#root, 'tmp', randomBytes(12).toString('hex'));
    const create = (): Promise<number> => openFile(file, TO_CREATE, 0o600);
    return { path: file, descriptor: await this.#directory.withDirectoryOf(file, create) };
  }

  /** @param begun how often all had been cleared when the entry was begun */
  async #publish(key: string, metadata: ResponseMetadata, finish: Finish, begun: number): Promise<void> {
    const existing = await this.match(key);
    const slot = slotFor(metadata, existing);
    const variants = Math.max(existing[0]?.file.header.variants ?? 1, slot + 1);
    const entry = await finish(variants, this.#directory.epoch);
    if (begun !== this.#timesCleared) {
      await removeOwn(entry.path).catch(() => {});
      throw new EntryGone();
    }
    const place = this.#placeOf(key);
    const target = `${place}.${slot}`;
    try {
      await this.#directory.withDirectoryOf(target, () => rename(entry.path, target));
    } catch (error) {
      throw isMissing(error) ? new EntryGone() : error;
    }
    this.#files.drop(target);
    this.#unremovable.delete(target);
    this.#directory.published(target);
    this.#faults.succeeded();
    if (slot > 0) {
      await noteVariants(`${place}.0`, slot + 1);
      this.#files.drop(`${place}.0`);
    }
    const replaced = existing.find((one) => one.slot === slot);
    if (replaced !== undefined) this.#usage.subtract(sizeOf(replaced));
    this.#usage.add(target, fileSize(entry.capacity, entry.bodyLength));
  }

  /** @param heir the variant that takes the place, where the others are found from */
  async #unlink(entry: DiskEntry, heir?: DiskEntry): Promise<void> {
    const { path, header } = entry.file;
    try {
      // Another process may have put a new entry in its place.
      if ((await readId(path)) !== header.id) return;
      const left = heir !== undefined && (await this.#inherit(heir, path)) ? null : await discardEntry(path);
      if (left !== null && !left.isSpoilt) throw left.refusal;
      if (left !== null) this.#report(left.refusal);
      this.#files.drop(path);
      this.#usage.subtract(sizeOf(entry));
    } catch (error) {
      if (isMissing(error)) return;
      this.#unremovable.set(path, header.id);
      this.#report(error);
    }
  }

  /** Moves a variant to the place of the first. False when it has gone meanwhile. */
  async #inherit({ file, slot }: DiskEntry, first: string): Promise<boolean> {
    try {
      await noteVariants(file.path, slot);
      await persist(() => rename(file.path, first));
      this.#files.drop(file.path);
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }

  #track(work: Promise<void>): Promise<void> {
    this.#running.add(work);
    const done = (): void => {
      this.#running.delete(work);
    };
    work.then(done, done);
    return work;
  }

  #report(error: unknown): void {
    const kind = errorCode(error) ?? String(error);
    this.#faults.failed(`cache: ${this.#root} cannot be used (${kind})`, error);
  }
}
