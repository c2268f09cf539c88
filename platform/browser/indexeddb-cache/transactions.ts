import { promisifyRequest } from 'idb-keyval';
import { EntryGone } from '../../../src/cache/storage/block-writer.ts';
import {
  EVICTION_TARGET,
  MAXIMUM_VARIANTS,
  supersedes,
  WRONG_CLOCK,
} from '../../../src/cache/storage/network-cache.ts';
import {
  chunkKey,
  chunkKeysOf,
  type EntryRecord,
  entriesOf,
  entryKey,
  isEntryRecord,
  SUM_KEY,
  staged,
  stagedKey,
  useKey,
  uses,
} from './records.ts';

/**
 * What happens to the object store, each function within one transaction: all of it or nothing, whatever becomes of the
 * page, and one after the other in all tabs.
 */
type Entries = IDBObjectStore;

/** A body chunk on its way. */
export interface Chunk {
  readonly index: number;
  readonly bytes: Uint8Array;
}

/** An entry that is complete. */
export interface Publication {
  readonly key: string;
  readonly record: EntryRecord;
  /** The chunk that was not put yet. */
  readonly last: Chunk | null;
  /** Chunks were put before, under the protection of a mark that must still be there. */
  readonly isStaged: boolean;
  readonly maximumSize: number;
}

export async function stage(
  entries: Entries,
  id: string,
  { index, bytes }: Chunk,
  now: number,
): Promise<void> {
  if (index > 0) await requireStaged(entries, id);
  entries.put(bytes, chunkKey(id, index));
  entries.put(now, stagedKey(id));
  await promisifyRequest(entries.transaction);
}

export async function publish(entries: Entries, publication: Publication): Promise<void> {
  const { key, record, last, isStaged, maximumSize } = publication;
  if (isStaged) await requireStaged(entries, record.id);
  entries.delete(stagedKey(record.id));
  if (last !== null) entries.put(last.bytes, chunkKey(record.id, last.index));
  let sum = await readSum(entries);
  const kept: EntryRecord[] = [];
  for (const one of await readVariants(entries, key)) {
    if (supersedes(record.metadata, one.metadata)) sum -= removeEntry(entries, key, one);
    else kept.push(one);
  }
  if (kept.length >= MAXIMUM_VARIANTS) {
    const oldest = kept.reduce((one, other) => (other.used < one.used ? other : one));
    sum -= removeEntry(entries, key, oldest);
  }
  entries.put(record, entryKey(key, record.id));
  entries.put(record.size, useKey(record.used, key, record.id));
  await keepBelow(entries, sum + record.size, maximumSize, record.used);
  await promisifyRequest(entries.transaction);
}

/** Notes the sum, after making room if it is above the maximum. */
async function keepBelow(entries: Entries, sum: number, maximumSize: number, now: number): Promise<void> {
  const left = sum > maximumSize ? await evict(entries, sum, maximumSize * EVICTION_TARGET, now) : sum;
  entries.put(Math.max(0, left), SUM_KEY);
}

/** Fails when the chunks that were put are gone: all was cleared, or the entry was taken for abandoned. */
async function requireStaged(entries: Entries, id: string): Promise<void> {
  if ((await promisifyRequest(entries.get(stagedKey(id)))) === undefined) throw new EntryGone();
}

export async function readVariants(entries: Entries, key: string): Promise<EntryRecord[]> {
  const found: unknown[] = await promisifyRequest(entries.getAll(entriesOf(key)));
  return found.filter(isEntryRecord);
}

export async function readSum(entries: Entries): Promise<number> {
  const sum: unknown = await promisifyRequest(entries.get(SUM_KEY));
  return typeof sum === 'number' && sum >= 0 ? sum : 0;
}

/** Replaces metadata, counting their new size. */
export async function update(
  entries: Entries,
  key: string,
  record: EntryRecord,
  maximumSize: number,
  now: number,
): Promise<void> {
  const current: unknown = await promisifyRequest(entries.get(entryKey(key, record.id)));
  if (!isEntryRecord(current)) return;
  const sum = await readSum(entries);
  entries.put({ ...record, used: current.used }, entryKey(key, record.id));
  entries.put(record.size, useKey(current.used, key, record.id));
  await keepBelow(entries, sum - current.size + record.size, maximumSize, now);
  await promisifyRequest(entries.transaction);
}

/** Notes uses, by id. */
export async function touch(
  entries: Entries,
  touched: ReadonlyMap<string, { readonly key: string; readonly used: number }>,
): Promise<void> {
  for (const [id, { key, used }] of touched) {
    const record: unknown = await promisifyRequest(entries.get(entryKey(key, id)));
    if (!isEntryRecord(record)) continue;
    entries.delete(useKey(record.used, key, id));
    entries.put({ ...record, used }, entryKey(key, id));
    entries.put(record.size, useKey(used, key, id));
  }
}

/** Removes those variants of a key, or all. */
export async function remove(entries: Entries, key: string, id: string | null): Promise<void> {
  let sum = await readSum(entries);
  for (const record of await readVariants(entries, key)) {
    if (id === null || record.id === id) sum -= removeEntry(entries, key, record);
  }
  // What is no sound record goes too.
  if (id === null) entries.delete(entriesOf(key));
  entries.put(Math.max(0, sum), SUM_KEY);
  await promisifyRequest(entries.transaction);
}

/** Removes entries, the least recently used first, and returns the sum that is left. */
export async function evict(entries: Entries, sum: number, target: number, now: number): Promise<number> {
  let left = sum;
  for (const range of [uses(now + WRONG_CLOCK), uses()]) {
    const request = entries.openCursor(range);
    for (;;) {
      const cursor = await promisifyRequest(request);
      if (left <= target) return left;
      if (cursor === null) break;
      const [, , key, id] = cursor.key as [string, number, string, string];
      entries.delete(entryKey(key, id));
      entries.delete(chunkKeysOf(id));
      cursor.delete();
      left -= cursor.value as number;
      cursor.continue();
    }
  }
  return left;
}

/** What pages that were closed have left of entries they were writing. */
export async function sweep(entries: Entries, before: number): Promise<void> {
  const request = entries.openCursor(staged());
  for (;;) {
    const cursor = await promisifyRequest(request);
    if (cursor === null) return;
    const [, id] = cursor.key as [string, string];
    if ((cursor.value as number) < before) discard(entries, id);
    cursor.continue();
  }
}

/** Drops the chunks of an entry that is not published. */
export function discard(entries: Entries, id: string): void {
  entries.delete(chunkKeysOf(id));
  entries.delete(stagedKey(id));
}

function removeEntry(entries: Entries, key: string, { id, used, size }: EntryRecord): number {
  entries.delete(entryKey(key, id));
  entries.delete(useKey(used, key, id));
  entries.delete(chunkKeysOf(id));
  return size;
}
