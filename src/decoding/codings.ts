import { listMembers } from '../message/field-lexer.ts';
import type { HttpHeaders } from '../message/headers.ts';
import type { Coding, Format } from './decoder.ts';

/** More codings than this on top of each other are an attack (curl's CVE-2022-32206, undici's CVE-2026-22036). */
export const MAXIMUM_CODINGS = 2;

/**
 * The Accept-Encoding to send, or null when the request has one of its own: then the application decodes, as in Qt.
 *
 * A part of an encoded body cannot be decoded, so for a range the identity is asked for (as in Fetch).
 */
export function acceptEncoding(headers: HttpHeaders, codings: readonly Coding[]): string | null {
  if (headers.has('accept-encoding')) return null;
  return headers.has('range') ? 'identity' : codings.join(', ');
}

/**
 * The codings to undo, the last one applied first; empty to leave the body as it is: there is no body, it is a part of
 * one, it has no coding or one that is unknown. Null when there are too many.
 *
 * Qt leaves lists alone, too.
 */
export function codingsToUndo(
  method: string,
  status: number,
  headers: HttpHeaders,
  codings: readonly Coding[],
): readonly Coding[] | null {
  const field = headers.get('content-encoding');
  if (field === null || method === 'HEAD' || WITHOUT_WHOLE_BODY.has(status)) return NOTHING;
  const undo: Coding[] = [];
  for (const name of listMembers(field.toLowerCase())) {
    if (name === 'identity') continue;
    const coding = codings.find((known) => known === (ALIASES.get(name) ?? name));
    if (coding === undefined) return [];
    undo.unshift(coding);
  }
  return undo.length > MAXIMUM_CODINGS ? null : undo;
}

const NOTHING: readonly Coding[] = [];

/** No Content, Partial Content, Not Modified: what comes is not the body that Content-Encoding speaks of. */
const WITHOUT_WHOLE_BODY: ReadonlySet<number> = new Set([204, 206, 304]);

/** RFC 9110 §8.4.1.3. */
const ALIASES = new Map([['x-gzip', 'gzip']]);

/** What the data is that calls itself by that coding: the format of `deflate` shows in its first byte. */
export function formatOf(coding: Coding, firstByte: number): Format {
  // RFC 1950 §2.2: a zlib header has method 8 in its low bits; no compressor starts a bare stream that way.
  return coding === 'deflate' && (firstByte & 0x0f) !== 8 ? 'deflate-raw' : coding;
}

/**
 * Whether a body grows suspiciously: more than 40 times its size (gzip, deflate) or 100 times (br, zstd), once it is
 * longer than the threshold. Source: qdecompresshelper.cpp.
 *
 * @param threshold bytes; 0 = always check, −1 = never
 */
export function isBomb(coding: Coding, received: number, decoded: number, threshold: number): boolean {
  return threshold >= 0 && decoded > threshold && decoded > received * MAXIMUM_RATIO[coding];
}

export const MAXIMUM_RATIO: Readonly<Record<Coding, number>> = { gzip: 40, deflate: 40, br: 100, zstd: 100 };
