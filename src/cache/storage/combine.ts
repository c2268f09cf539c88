import { freshnessOf } from '../rules/freshness.ts';
import { strongEtag } from '../rules/validators.ts';
import { copyStoredBytes } from './copy-stored-bytes.ts';
import type { ResponseMetadata, StoredResponse } from './metadata.ts';
import type { EntryWriter, NetworkCache } from './network-cache.ts';

/** Two parts of one representation, and what they make together. */
export interface Combination {
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
