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

export interface DownloadAnswer {
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
