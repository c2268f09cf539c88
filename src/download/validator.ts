import { parseHttpDate } from '../util/http-date.ts';

/** Milliseconds by which a Last-Modified must be older than its response to be a strong validator. */
const STRONG_AFTER = 60_000;

/**
 * The strong validator of a response, for `If-Range`, or null: an ETag that is not weak; else a Last-Modified that is at least a
 * minute older than the response's Date, so that no second change has the same (RFC 9110 §8.8.2.2, §13.1.5).
 */
export function strongValidator(field: (name: string) => string | null, now: number): string | null {
  const tag = field('etag');
  if (tag !== null) return /^"[\x21\x23-\x7e\x80-\xff]*"$/.test(tag) ? tag : null;
  const changed = field('last-modified');
  if (changed === null) return null;
  const date = parseHttpDate(field('date') ?? '', now);
  const at = parseHttpDate(changed, now);
  return date !== null && at !== null && date - at >= STRONG_AFTER ? changed : null;
}
