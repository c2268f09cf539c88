import { COLON, isWhiteSpace, LOWER_CASE_TOKEN } from './characters.ts';
import { readFieldName } from './field-name.ts';
import type { LineReader } from './line-reader.ts';
import { limitExceeded, protocolFailure } from './protocol-failure.ts';
import type { ResponseLimits } from './response-limits.ts';

/** Fields that say where the message ends: two readers who unfold them differently disagree about that. */
const FRAMING_FIELDS: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding']);

/** Reads the current line as a field (RFC 9112 §5) and appends its lower-case name and its value to `pairs`. */
export function readFieldLine(lines: LineReader, limits: ResponseLimits, pairs: string[]): void {
  const { bytes, lineStart, lineEnd } = lines;
  if (pairs.length > 0 && isWhiteSpace(bytes[lineStart]!)) {
    unfold(lines, limits, pairs);
    return;
  }
  if (pairs.length >= 2 * limits.fields)
    throw limitExceeded(`there are more than ${limits.fields} fields`, 'fields');
  const name = readFieldName(bytes, lineStart, lineEnd);
  if (name === '') throw protocolFailure(nameFault(bytes, lineStart, lineEnd));
  pairs.push(name, readText(lines, lineStart + name.length + 1, name, name.length, limits));
}

/**
 * Joins a line that is folded (obs-fold) to the value before it with one space, as RFC 9112 §5.2 demands of a user agent.
 * A fold in a field of the framing is refused.
 */
function unfold(lines: LineReader, limits: ResponseLimits, pairs: string[]): void {
  const last = pairs.length - 1;
  const name = pairs[last - 1]!;
  const value = pairs[last]!;
  if (FRAMING_FIELDS.has(name)) throw protocolFailure(`${name} is folded (obs-fold, RFC 9112 §5.2)`);
  const more = readText(lines, lines.lineStart, name, name.length + value.length + 1, limits);
  if (more !== '') pairs[last] = value === '' ? more : `${value} ${more}`;
}

/** What stands on the current line from `start` on, without the white space around it. */
function readText(
  lines: LineReader,
  from: number,
  name: string,
  sizeBefore: number,
  { fieldSize }: ResponseLimits,
): string {
  const { bytes, lineEnd } = lines;
  let start = from;
  let end = lineEnd;
  while (start < end && isWhiteSpace(bytes[start]!)) start++;
  while (end > start && isWhiteSpace(bytes[end - 1]!)) end--;
  if (sizeBefore + end - start > fieldSize)
    throw limitExceeded(`a field is larger than ${fieldSize} bytes`, 'fieldSize');
  if (!lines.isText) throw protocolFailure(`the value of ${name} has a control character`);
  return lines.text(start, end);
}

function nameFault(bytes: Uint8Array, start: number, end: number): string {
  const first = bytes[start]!;
  if (isWhiteSpace(first)) return 'there is white space before the first field (RFC 9112 §2.2)';
  if (first === COLON) return 'a field has no name';
  let stop = start;
  while (stop < end && LOWER_CASE_TOKEN[bytes[stop]!] !== 0) stop++;
  if (stop === end) return 'a field line has no colon';
  if (isWhiteSpace(bytes[stop]!))
    return 'there is white space between a field name and its colon (RFC 9112 §5.1)';
  return 'a field name is not a token (RFC 9110 §5.1)';
}
