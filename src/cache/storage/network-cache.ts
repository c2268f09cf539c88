import { copyBytes } from '../../util/bytes.ts';
import { storedCoding } from '../rules/content-coding.ts';
import type { ResponseMetadata, StoredResponse } from './metadata.ts';

/** Caches in memory answer at once, so that a hit waits for nothing; others give promises. */
export type MaybePromise<T> = T | Promise<T>;

/** Reads a stored body piece by piece, from anywhere. */
export interface BodyReader {
  /** What `read` gives belongs to the caller. Otherwise it is lent: copy what must outlive the next call. */
  readonly owned?: boolean;
  /**
   * At most `length` bytes at `offset`, at least one; an empty array at the end of the body. Throws or rejects when they
   * are damaged or gone; they are never wrong.
   */
  read(offset: number, length: number): MaybePromise<Uint8Array>;
  /** Releases what stands behind it. */
  close(): void;
}

/**
 * Stores a body while it arrives, and reads back what it has stored: that is how requests share a response that is
 * still arriving. The entry is not found before `commit`, and nothing is left of it when the writer is closed without
 * one.
 */
export interface EntryWriter extends BodyReader {
  /**
   * `write` only looks at its chunks, which then may be views of memory that others use. Otherwise each is an array of
   * its own, copied for it.
   */
  readonly borrows?: boolean;
  /** The chunk of a writer that borrows is valid only during the call. A promise asks to wait with the next one (back-pressure). */
  write(chunk: Uint8Array): MaybePromise<void>;
  /**
   * Publishes the entry in place of those that it supersedes. Rejects when that is not possible; then nothing is
   * stored. The writer is not closed before this has settled.
   */
  commit(): MaybePromise<void>;
}

/**
 * What the cache stage asks of a cache: to remember variants of responses under a key, and nothing about HTTP. Extend
 * `AbstractNetworkCache` to bring your own.
 *
 * Contract, proved for each of ours by one suite of tests:
 * - what `match` finds is complete and was committed; damage is a miss and the entry goes;
 * - a new entry replaces the one that it supersedes, in one step: of the same key, with equal `selecting`,
 *   `credentials` and Content-Encoding;
 * - `maximumSize` holds: the least recently used entries go first, and an entry above three quarters of it is not stored;
 * - no method fails because a disk is full or a database is gone: a miss, or nothing stored, and the fault is reported
 *   once.
 *
 * @typeParam Stored what `match` gives and the other methods take back, with whatever the cache adds to it
 */
export interface NetworkCache<Stored extends StoredResponse = StoredResponse> {
  /** Bytes that all entries together may take. */
  readonly maximumSize: number;
  /** Everything but `close` answers without a promise: no request ever waits for this cache. */
  readonly answersAtOnce?: boolean;
  /** Hears that it has not answered within a second: requests go on without it until it does. */
  silent?(fault: Error): void;
  /** All variants that are stored under the key. */
  match(key: string): MaybePromise<readonly Stored[]>;
  /** Opens a body for reading and counts as a use of it. Null when it has gone since. */
  open(stored: Stored): MaybePromise<BodyReader | null>;
  /** Begins an entry. `length` is that of its body, or null when it is not known. Null when it will not be stored. */
  insert(key: string, metadata: ResponseMetadata, length: number | null): EntryWriter | null;
  /** Replaces the metadata of an entry after a validation; its body stays. */
  update(key: string, stored: Stored, metadata: ResponseMetadata): MaybePromise<void>;
  /** Removes one variant, or all under the key. */
  remove(key: string, stored?: Stored): MaybePromise<void>;
  /** Removes everything; what is being written is not stored. Qt: `clear()`. */
  clear(): MaybePromise<void>;
  /** Bytes that are in use now. Qt: `cacheSize()`. */
  size(): MaybePromise<number>;
  /** Waits for what is being written and releases everything. The cache may not be used after it. */
  close(): Promise<void>;
}

/** Hands a chunk that is lent to a writer. */
export function writeLent(writer: EntryWriter, chunk: Uint8Array): MaybePromise<void> {
  return writer.write(writer.borrows === true ? chunk : copyBytes(chunk));
}

/** An entry above this part of `maximumSize` is not stored, and eviction goes down to that part of it. Both as in Qt. */
export const LARGEST_ENTRY = 0.75;
export const EVICTION_TARGET = 0.9;

/** A last use further (milliseconds) in the future was told by a clock that was wrong: such entries go first. */
export const WRONG_CLOCK = 24 * 60 * 60 * 1000;

/** Variants of one key that are kept; the least recently used one gives way. */
export const MAXIMUM_VARIANTS = 8;

/** True when a new response takes the place of a stored one: it answers the same requests (RFC 9111 §4). */
export function supersedes(next: ResponseMetadata, previous: ResponseMetadata): boolean {
  return (
    // Two codings of one resource are two representations, also where no Vary says so.
    storedCoding(next) === storedCoding(previous) &&
    next.credentials === previous.credentials &&
    next.selecting.length === previous.selecting.length &&
    next.selecting.every((item, index) => item === previous.selecting[index])
  );
}

/** Bytes that the metadata of an entry are counted with: about those of its JSON. */
export function metadataSize(key: string, metadata: ResponseMetadata): number {
  let size = 256 + key.length + metadata.url.length;
  for (const text of metadata.headers) size += text.length + 4;
  for (const text of metadata.selecting) size += (text ?? '').length + 4;
  return size;
}
