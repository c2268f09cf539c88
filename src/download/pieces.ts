import type { ResponseHead } from '../call/reply-event.ts';
import { HttpHeaders } from '../message/headers.ts';
import { type PartOfFile, parseContentRange } from './plan.ts';
import type { ReadAnswer } from './read-answer.ts';

/** Bytes that are worth a request of their own; what is kept in memory of one piece at most. */
const SMALLEST = 64 * 1024;
const LARGEST = 1024 * 1024;
/** Pieces that are asked for at a time, at most. */
export const MOST_SEGMENTS = 16;

/** How the rest of a file is divided: pieces of one size, asked for at the same time under one validator. */
export interface Division {
  readonly validator: string;
  /** Bytes of the whole file. */
  readonly total: number;
  /** Bytes of a piece; the last one has what is left. */
  readonly size: number;
}

/**
 * How the answer to a request for a file, or for its rest, is divided, or null where it comes in one: without a strong validator
 * the pieces could be of different files, and without a length or ranges there are none. Where the server has not shown that it
 * knows ranges, it has to say so (RFC 9110 §14.3).
 * @param part what the request has asked to continue, or null
 * @param segments pieces at a time
 */
export function divisionOf(
  head: ResponseHead,
  { step, validator, total }: ReadAnswer,
  part: PartOfFile | null,
  segments: number,
): Division | null {
  if ((step !== 'append' && step !== 'begin') || validator === null || total === null) return null;
  const ranges = HttpHeaders.adopt(head.headers).get('accept-ranges');
  const knowsRanges = step === 'append' ? ranges !== 'none' : ranges?.trim().toLowerCase() === 'bytes';
  const rest = total - (step === 'append' ? part!.bytes : 0);
  if (!knowsRanges || rest < 2 * SMALLEST) return null;
  const size = Math.min(Math.max(Math.ceil(rest / segments), SMALLEST), LARGEST);
  return { validator, total, size };
}

/**
 * Whether an answer is the piece that was asked for, and of the file that is being divided.
 * @param read the answer, as one to a request that continues at the first byte of the piece
 * @param end behind its last byte
 */
export function isPiece(head: ResponseHead, read: ReadAnswer, end: number, { total }: Division): boolean {
  if (head.status !== 206 || read.step !== 'append' || read.total !== total) return false;
  return parseContentRange(HttpHeaders.adopt(head.headers).get('content-range'))?.last === end - 1;
}
