import type { ResponseMetadata } from '../../../src/cache/storage/metadata.ts';
import { metadataFromRecord } from '../../../src/cache/storage/metadata-record.ts';
import { isCount, recordJudge } from '../../../src/storage/record.ts';
import * as z from '../../../src/storage/zod.ts';

/**
 * What stands in the one object store, in the order of its keys, which is the only index there is:
 *
 * - `['b', id, n]`: chunk n of the body of an entry;
 * - `['l', used, key, id]`: the size of an entry, in order of its last use;
 * - `['m', key, id]`: an entry, see {@link EntryRecord};
 * - `['s']`: the sum of all sizes;
 * - `['t', id]`: when a chunk of an entry that is still being written was last put.
 */
export const CHUNK_SIZE = 128 * 1024;

/** The last field of a key that is greater than any string and number. */
const END: IDBValidKey = [];

export const chunkKey = (id: string, index: number): IDBValidKey => ['b', id, index];
export const chunkKeysOf = (id: string): IDBKeyRange => IDBKeyRange.bound(['b', id], ['b', id, END]);
export const entryKey = (key: string, id: string): IDBValidKey => ['m', key, id];
export const entriesOf = (key: string): IDBKeyRange => IDBKeyRange.bound(['m', key], ['m', key, END]);
export const useKey = (used: number, key: string, id: string): IDBValidKey => ['l', used, key, id];
/** From that time on; all uses without one. */
export const uses = (from?: number): IDBKeyRange =>
  IDBKeyRange.bound(from === undefined ? ['l'] : ['l', from], ['l', END]);
export const SUM_KEY: IDBValidKey = ['s'];
export const stagedKey = (id: string): IDBValidKey => ['t', id];
export const staged = (): IDBKeyRange => IDBKeyRange.bound(['t'], ['t', END]);

/** An entry that has been published. */
export interface EntryRecord {
  readonly schema: typeof SCHEMA;
  readonly id: string;
  /** Bytes of the body. */
  readonly length: number;
  /** Bytes that the entry is counted with. */
  readonly size: number;
  /** Last use, epoch milliseconds. */
  readonly used: number;
  /** CRC-32 of each chunk. */
  readonly checksums: readonly number[];
  readonly metadata: ResponseMetadata;
}

export const SCHEMA = 1;

const entryFromRecord = recordJudge(() => {
  const count = z.number().check(z.refine(isCount));
  return z
    .object({
      schema: z.literal(SCHEMA),
      id: z.string(),
      length: count,
      size: count,
      used: count,
      checksums: z.array(z.number()),
    })
    .check(z.refine(({ length, checksums }) => checksums.length === Math.ceil(length / CHUNK_SIZE)));
});

/** Anybody may write into the database of an origin. */
export function isEntryRecord(value: unknown): value is EntryRecord {
  return entryFromRecord(value) !== null && metadataFromRecord((value as EntryRecord).metadata) !== null;
}
