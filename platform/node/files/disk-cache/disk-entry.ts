import type { ResponseMetadata, StoredResponse } from '../../../../src/cache/storage/metadata.ts';
import { MAXIMUM_VARIANTS, supersedes } from '../../../../src/cache/storage/network-cache.ts';
import { fileSize } from './entry-format.ts';
import type { LoadedEntry } from './load-entry.ts';

/** An entry as it was found. */
export interface DiskEntry extends StoredResponse {
  readonly file: LoadedEntry;
  readonly slot: number;
}

/** Where a response goes: in place of the one that it supersedes, else where room is, else in place of the oldest. */
export function slotFor(metadata: ResponseMetadata, existing: readonly DiskEntry[]): number {
  const superseded = existing.find((entry) => supersedes(metadata, entry.metadata));
  if (superseded !== undefined) return superseded.slot;
  const taken = new Set(existing.map(({ slot }) => slot));
  for (let slot = 0; slot < MAXIMUM_VARIANTS; slot++) if (!taken.has(slot)) return slot;
  return existing.reduce((oldest, entry) =>
    entry.metadata.responseTime < oldest.metadata.responseTime ? entry : oldest,
  ).slot;
}

/** The path of the entry in another slot of the same key. */
export function slotPath(path: string, slot: number): string {
  return path.slice(0, -1) + slot;
}

/** Bytes that its file takes. */
export function sizeOf({ file }: DiskEntry): number {
  return fileSize(file.header.capacity, file.header.bodyLength);
}
