import { type HttpRequest, withHeaders } from '../call/request.ts';
import type { NetworkErrorCode } from '../error.ts';
import { NO_TIMEOUTS } from '../options/timeouts.ts';

/** What there is of a representation, from its first byte on, and what it is known by. */
export interface PartOfFile {
  readonly bytes: number;
  /** Strong. */
  readonly validator: string;
  /** Of the whole representation; null when it was not told. */
  readonly total: number | null;
}

/**
 * What becomes of an answer: its body goes to the end of what there is (`append`), or is the file from its first byte on
 * (`begin`); what there is belongs to something else, and is asked for anew (`again`); or it is no answer that could be saved
 * (`refuse`: a status that is an error speaks for itself, what else it is not is told by the word).
 */
export type DownloadStep = 'append' | 'begin' | 'again' | 'error' | 'refuse';

interface DownloadAnswer {
  readonly status: number;
  readonly contentRange: string | null;
  /** The validator of the answer, when it has one that is strong. */
  readonly validator: string | null;
  /** A coding was undone, or is there: offsets of the file are none of the representation. */
  readonly isEncoded: boolean;
}

/** @param asked what the request has asked to continue, or null for all of it */
export function planAnswer(answer: DownloadAnswer, asked: PartOfFile | null): DownloadStep {
  const { status } = answer;
  if (status === 206) {
    if (asked === null) return 'refuse';
    return continues(answer, asked) ? 'append' : 'again';
  }
  // The range or the validator no longer fit what the server has.
  if (asked !== null && (status === 416 || status === 412)) return 'again';
  if (status >= 400) return 'error';
  // Schemes that know no statuses (data:, an application's own) give all that there is.
  return status === 0 || (status >= 200 && status < 300) ? 'begin' : 'refuse';
}

function continues({ contentRange, validator, isEncoded }: DownloadAnswer, asked: PartOfFile): boolean {
  const range = parseContentRange(contentRange);
  if (range === null || isEncoded || range.first !== asked.bytes) return false;
  if (asked.total !== null && range.total !== null && range.total !== asked.total) return false;
  // Where neither has told the length, a part may be the last one or not.
  if (asked.total === null && range.total === null) return false;
  // A 206 need not repeat a validator that the request has named (RFC 9110 §15.3.7.1); another one is of another file.
  return validator === null || validator === asked.validator;
}

/** `bytes 5-9/10` or `bytes 5-9/*` (RFC 9110 §14.4), or null for all else. */
export function parseContentRange(
  value: string | null,
): { readonly first: number; readonly last: number; readonly total: number | null } | null {
  const match = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/i.exec(value ?? '');
  if (match === null) return null;
  const [first, last] = [Number(match[1]), Number(match[2])];
  const total = match[3] === '*' ? null : Number(match[3]);
  return last < first || (total !== null && last >= total) ? null : { first, last, total };
}

/**
 * The request for what is missing behind a part, or for all (RFC 9110 §14.2, §13.1.5). The time for the whole download is not
 * that of one request.
 * @param showsCodings they can be declined: a file is what is stored, and has offsets
 */
export function requestFor(
  request: HttpRequest,
  part: PartOfFile | null,
  showsCodings: boolean,
): HttpRequest {
  const headers = request.headers.clone();
  if (showsCodings) headers.setDefault('accept-encoding', 'identity');
  if (part !== null) {
    headers.set('range', `bytes=${part.bytes}-`);
    headers.set('if-range', part.validator);
  }
  const { timeouts } = request.options;
  const options =
    timeouts === NO_TIMEOUTS ? request.options : { ...request.options, timeouts: { ...timeouts, total: 0 } };
  return { ...withHeaders(request, headers), options };
}

/** Attempts in a row that bring no byte, after which a download has failed. */
const MOST_FRUITLESS = 5;
/** Milliseconds of the first pause; it doubles, up to the longest. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 10_000;

/** Failures after which the rest may still come. */
const PASSING: ReadonlySet<NetworkErrorCode> = new Set([
  'connection-refused',
  'remote-host-closed',
  'timeout',
  'host-not-found',
  'temporary-network-failure',
  'network-session-failed',
  'unknown-network',
  'protocol-failure',
  'proxy-connection-refused',
  'proxy-connection-closed',
  'proxy-timeout',
]);

export function isWorthContinuing(code: NetworkErrorCode): boolean {
  return PASSING.has(code);
}

/**
 * Milliseconds until the rest is asked for, or null when that has been in vain too often. At once after an attempt that has
 * brought something.
 * @param fruitless attempts since the last byte, this one included
 * @param random 0 to 1
 */
export function pauseBeforeContinuing(fruitless: number, random: number): number | null {
  if (fruitless > MOST_FRUITLESS) return null;
  if (fruitless <= 1) return 0;
  const longest = Math.min(FIRST_PAUSE * 2 ** (fruitless - 2), LONGEST_PAUSE);
  return Math.round(longest / 2 + (longest / 2) * random);
}
