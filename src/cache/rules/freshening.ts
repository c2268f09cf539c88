import { HttpHeaders } from '../../message/headers.ts';
import type { ResponseMetadata, StoredResponse } from '../storage/metadata.ts';
import { freshnessOf } from './freshness.ts';
import { type ExchangeTimes, keptFields } from './storage-rules.ts';
import { confirms, sameEtagOrAbsent, sameOrAbsent } from './validators.ts';
import { selectingFields } from './vary.ts';

/**
 * Fields that describe the stored bytes: an update without bytes does not change them (RFC 9111 §3.2; Content-Type as in
 * Qt, so that a 304 cannot turn text into script; ETag because a server may name a 304 without the coding that it had
 * applied, and parts of two codings would then be put together under one strong tag).
 */
const OF_THE_BYTES = new Set(['content-length', 'content-encoding', 'content-range', 'content-type', 'etag']);

/** Fields of the last exchange that do not outlive it when the new one has none. */
const OF_THE_EXCHANGE = ['age', 'date', 'cache-status', 'warning'];

/**
 * A stored response after a 304, or after the answer to a HEAD (RFC 9111 §3.2 and §4.3.4): its fields are replaced by
 * the new ones, and it belongs to the request that has just been answered, under the `Vary` that it has now. Null when
 * that is `*` or the update may not be kept.
 */
export function freshen(
  metadata: ResponseMetadata,
  update: HttpHeaders,
  request: HttpHeaders,
  times: ExchangeTimes,
): ResponseMetadata | null {
  const fresh = keptFields(update);
  const replaced = new Set([...OF_THE_EXCHANGE, ...fresh.filter((_, index) => index % 2 === 0)]);
  const merged: string[] = [];
  takeFields(merged, metadata.headers, (name) => OF_THE_BYTES.has(name) || !replaced.has(name));
  takeFields(merged, fresh, (name) => !OF_THE_BYTES.has(name));
  const selecting = selectingFields(HttpHeaders.adopt(merged), request, metadata.fidelity);
  if (selecting === null) return null;
  const { outdated: _, ...kept } = metadata;
  return { ...kept, headers: merged, selecting, ...times };
}

function takeFields(to: string[], from: readonly string[], accepts: (name: string) => boolean): void {
  for (let i = 0; i < from.length; i += 2) {
    if (accepts(from[i]!)) to.push(from[i]!, from[i + 1]!);
  }
}

/** Whether the answer to a HEAD, maybe one with a condition, describes the stored response (RFC 9111 §4.3.5). */
export function describesStored(head: HttpHeaders, status: number, stored: StoredResponse): boolean {
  const { metadata } = stored;
  if (status === 304) return confirms(head, metadata, false);
  const { headers } = freshnessOf(metadata);
  const length = String(metadata.part?.total ?? stored.length);
  return (
    status === metadata.status &&
    sameEtagOrAbsent(head.get('etag'), headers.get('etag')) &&
    sameOrAbsent(head.get('last-modified'), headers.get('last-modified')) &&
    // Where the platform decodes, the length on the wire is not that of what is stored.
    (metadata.fidelity !== 'exact' || sameOrAbsent(head.get('content-length'), length))
  );
}
