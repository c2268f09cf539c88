import { type Checks, checkOptions } from '../../checks/checker.ts';
import { AbstractNetworkCache, DEFAULT_MAXIMUM_SIZE, MAXIMUM_SIZE } from './abstract-network-cache.ts';
import type { ResponseMetadata, StoredResponse } from './metadata.ts';
import {
  type BodyReader,
  type EntryWriter,
  EVICTION_TARGET,
  LARGEST_ENTRY,
  MAXIMUM_VARIANTS,
  metadataSize,
  supersedes,
} from './network-cache.ts';

/** How much a {@link MemoryCache} may hold. */
export interface MemoryCacheOptions {
  /** Bytes of bodies and metadata together. @default 50 MiB, as Qt's disk cache */
  readonly maximumSize?: number;
}

const CHECKS: Checks<MemoryCacheOptions> = { maximumSize: MAXIMUM_SIZE };

/** One entry. The object itself is its place in the order of use. */
interface MemoryEntry extends StoredResponse {
  readonly key: string;
  metadata: ResponseMetadata;
  readonly body: Uint8Array;
  size: number;
}

/**
 * A cache in memory: everywhere, at once, gone with the process. The least recently used entries make room for new ones,
 * counted in bytes.
 */
export class MemoryCache extends AbstractNetworkCache<MemoryEntry> {
  readonly maximumSize: number;
  readonly #keys = new Map<string, MemoryEntry[]>();
  /** In order of use, the oldest first. */
  readonly #recent = new Set<MemoryEntry>();
  #size = 0;
  #timesCleared = 0;

  /** @throws TypeError when `maximumSize` is not a number of bytes */
  constructor(options: MemoryCacheOptions = {}) {
    super();
    const { maximumSize = DEFAULT_MAXIMUM_SIZE } = checkOptions('MemoryCache', options, CHECKS);
    this.maximumSize = maximumSize;
  }

  override get answersAtOnce(): boolean {
    return true;
  }

  match(key: string): readonly MemoryEntry[] {
    return this.#keys.get(key) ?? [];
  }

  open(stored: MemoryEntry): BodyReader | null {
    if (!this.#recent.delete(stored)) return null;
    this.#recent.add(stored);
    const { body } = stored;
    return { read: (offset, length) => body.subarray(offset, offset + length), close: () => {} };
  }

  insert(key: string, metadata: ResponseMetadata, length: number | null): EntryWriter | null {
    const overhead = metadataSize(key, metadata);
    const limit = this.maximumSize * LARGEST_ENTRY - overhead;
    if ((length ?? 0) > limit) return null;
    const begun = this.#timesCleared;
    return new MemoryWriter(length, limit, (body) => {
      if (begun !== this.#timesCleared) return;
      this.#publish({ key, metadata, body, length: body.length, size: body.length + overhead });
    });
  }

  update(key: string, stored: MemoryEntry, metadata: ResponseMetadata): void {
    if (!this.#recent.has(stored)) return;
    const growth = metadataSize(key, metadata) - metadataSize(key, stored.metadata);
    stored.metadata = metadata;
    stored.size += growth;
    this.#size += growth;
    this.#makeRoom();
  }

  remove(key: string, stored?: MemoryEntry): void {
    for (const entry of stored === undefined ? [...this.match(key)] : [stored]) this.#drop(entry);
  }

  clear(): void {
    this.#timesCleared++;
    this.#keys.clear();
    this.#recent.clear();
    this.#size = 0;
  }

  size(): number {
    return this.#size;
  }

  override toJSON(): object {
    return { maximumSize: this.maximumSize, size: this.#size, entries: this.#recent.size };
  }

  async close(): Promise<void> {
    this.clear();
  }

  #publish(entry: MemoryEntry): void {
    const variants = this.#keys.get(entry.key) ?? [];
    for (const one of [...variants]) if (supersedes(entry.metadata, one.metadata)) this.#drop(one);
    if (variants.length >= MAXIMUM_VARIANTS) this.#drop(this.#leastRecent(variants));
    this.#keys.set(entry.key, variants);
    variants.push(entry);
    this.#recent.add(entry);
    this.#size += entry.size;
    this.#makeRoom();
  }

  #makeRoom(): void {
    if (this.#size <= this.maximumSize) return;
    for (const oldest of this.#recent) {
      if (this.#size <= this.maximumSize * EVICTION_TARGET) break;
      this.#drop(oldest);
    }
  }

  #leastRecent(variants: readonly MemoryEntry[]): MemoryEntry {
    for (const entry of this.#recent) if (variants.includes(entry)) return entry;
    return variants[0]!;
  }

  #drop(entry: MemoryEntry): void {
    if (!this.#recent.delete(entry)) return;
    this.#size -= entry.size;
    const variants = this.#keys.get(entry.key)!;
    variants.splice(variants.indexOf(entry), 1);
    if (variants.length === 0) this.#keys.delete(entry.key);
  }
}

/** What is allocated for a body before any of it is there: a length is only a claim. */
const FIRST_ALLOCATION = 256 * 1024;

/** Grows a buffer, exactly to the length where that is known. */
class MemoryWriter implements EntryWriter {
  readonly borrows = true;
  readonly #limit: number;
  readonly #expected: number;
  readonly #publish: (body: Uint8Array) => void;
  #buffer: Uint8Array;
  #length = 0;

  constructor(length: number | null, limit: number, publish: (body: Uint8Array) => void) {
    this.#limit = limit;
    this.#expected = length ?? 0;
    this.#publish = publish;
    this.#buffer = new Uint8Array(Math.min(this.#expected, FIRST_ALLOCATION));
  }

  write(chunk: Uint8Array): void {
    const end = this.#length + chunk.length;
    if (end > this.#limit) throw new Error('larger than the cache stores');
    if (end > this.#buffer.length) {
      const doubled = Math.max(end, this.#buffer.length * 2, 16 * 1024);
      const grown = new Uint8Array(end <= this.#expected ? Math.min(doubled, this.#expected) : doubled);
      grown.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = grown;
    }
    this.#buffer.set(chunk, this.#length);
    this.#length = end;
  }

  read(offset: number, length: number): Uint8Array {
    return this.#buffer.subarray(offset, Math.min(offset + length, this.#length));
  }

  commit(): void {
    const exact = this.#buffer.length === this.#length;
    this.#publish(exact ? this.#buffer : this.#buffer.slice(0, this.#length));
  }

  close(): void {
    this.#buffer = new Uint8Array(0);
  }
}
