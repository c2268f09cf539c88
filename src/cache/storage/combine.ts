import { freshnessOf } from '../rules/freshness.ts';
import { strongEtag } from '../rules/validators.ts';
import type { ResponseMetadata, StoredResponse } from './metadata.ts';
import { type BodyReader, type EntryWriter, type NetworkCache, writeLent } from './network-cache.ts';
import { READ_SIZE } from './stored-body.ts';

/** Two parts of one representation, and what they make together. */
interface Combination {
  readonly metadata: ResponseMetadata;
  readonly length: number;
  /** Bytes of the new part. */
  readonly added: number;
  /** Bytes of the stored part before, and behind, the new one; offsets in the stored body. */
  readonly before: number;
  readonly after: number;
}

/**
 * How a new part and a stored one fit together: under the same strong validator, without a gap (RFC 9111 §3.4). Null when
 * they do not, or the new one holds all of the other.
 */
export function combination(
  next: ResponseMetadata,
  length: number,
  stored: StoredResponse,
): Combination | null {
  const [part, other] = [next.part, stored.metadata.part];
  const etag = strongEtag(freshnessOf(next).headers);
  if (part === null || other === null || part.total !== other.total || etag === null) return null;
  if (etag !== strongEtag(freshnessOf(stored.metadata).headers)) return null;
  const end = part.first + length;
  const otherEnd = other.first + stored.length;
  const adjoin = other.first <= end && part.first <= otherEnd;
  if (!adjoin || (part.first <= other.first && otherEnd <= end)) return null;
  const before = Math.max(0, part.first - other.first);
  const after = Math.min(stored.length, Math.max(0, end - other.first));
  const total = before + length + (stored.length - after);
  const grown = total === part.total ? null : { first: part.first - before, total: part.total };
  return { metadata: { ...next, part: grown }, length: total, added: length, before, after };
}

/** Writes the combination of a stored part and a new one as one entry. */
export async function combine<Stored extends StoredResponse>(
  cache: NetworkCache<Stored>,
  key: string,
  stored: Stored,
  next: EntryWriter,
  { metadata, length, added, before, after }: Combination,
): Promise<void> {
  const reader = await cache.open(stored);
  const writer = reader === null ? null : cache.insert(key, metadata, length);
  if (reader === null || writer === null) {
    reader?.close();
    return;
  }
  try {
    await copyStoredBytes(reader, 0, before, writer);
    await copyStoredBytes(next, 0, added, writer);
    await copyStoredBytes(reader, after, stored.length, writer);
    await writer.commit();
  } finally {
    reader.close();
    writer.close();
  }
}

/** Writes bytes `start` to `end` (exclusive) of a stored body into another entry. */
async function copyStoredBytes(from: BodyReader, start: number, end: number, to: EntryWriter): Promise<void> {
  for (let offset = start; offset < end; ) {
    const chunk = await from.read(offset, Math.min(READ_SIZE, end - offset));
    if (chunk.length === 0) throw new Error('the stored body is shorter than it should be');
    await writeLent(to, chunk);
    offset += chunk.length;
  }
}

/** Writes a whole body anew as another entry, and closes both. */
export async function rewriteEntry(reader: BodyReader, length: number, writer: EntryWriter): Promise<void> {
  try {
    await copyStoredBytes(reader, 0, length, writer);
    // Windows does not let a file be replaced that is open.
    reader.close();
    await writer.commit();
  } finally {
    reader.close();
    writer.close();
  }
}
