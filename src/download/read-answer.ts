import type { ResponseHead } from '../call/reply-event.ts';
import { HttpHeaders } from '../message/headers.ts';
import { parseHttpDate } from '../util/http-date.ts';
import { digestsOf, type ExpectedDigest } from './digest.ts';
import { type DownloadStep, type PartOfFile, parseContentRange, planAnswer } from './plan.ts';

/** What the head of an answer means for a download. */
export interface ReadAnswer {
  readonly step: DownloadStep;
  /** Under which the file can be continued, or null. */
  readonly validator: string | null;
  /** Bytes of the whole file, null while they are not known. */
  readonly total: number | null;
  /** Its Content-Type, '' for none. */
  readonly type: string;
  /** What the file must come to, as this answer says. */
  readonly digests: ExpectedDigest[];
}

/**
 * @param asked what the request has asked to continue, or null
 * @param showsCodings codings are seen; where they are hidden, a length that is known says that there is none
 * @param now epoch milliseconds
 */
export function readAnswer(
  head: ResponseHead,
  asked: PartOfFile | null,
  showsCodings: boolean,
  now: number,
): ReadAnswer {
  const headers = HttpHeaders.adopt(head.headers);
  const field = (name: string): string | null => headers.get(name);
  const contentRange = field('content-range');
  const isEncoded = (field('content-encoding') ?? 'identity').toLowerCase() !== 'identity';
  const hasOffsets = !isEncoded && (showsCodings || head.total >= 0);
  const validator = hasOffsets ? strongValidator(field, now) : null;
  const step = planAnswer({ status: head.status, contentRange, validator, isEncoded }, asked);
  const type = field('content-type') ?? '';
  const ofWhole = isEncoded ? [] : digestsOf(field('repr-digest'), 'Repr-Digest');
  if (step === 'append') {
    const total = parseContentRange(contentRange)!.total ?? asked!.total;
    return { step, validator: asked!.validator, total, type, digests: ofWhole };
  }
  // That of a part says nothing of the whole.
  const ofContent = isEncoded ? [] : digestsOf(field('content-digest'), 'Content-Digest');
  return {
    step,
    validator,
    total: head.total < 0 ? null : head.total,
    type,
    digests: [...ofWhole, ...ofContent],
  };
}

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
