import { COLON, isWhiteSpace, LOWER_CASE_TOKEN } from './characters.ts';
import { readFieldName } from './field-name.ts';
import type { LineReader } from './line-reader.ts';
import { protocolFailure } from './protocol-failure.ts';
import type { ResponseLimits } from './response-limits.ts';

/** Reads the current line as a field (RFC 9112 §5) and appends its lower-case name and its value to `pairs`. */
export function readFieldLine(lines: LineReader, limits: ResponseLimits, pairs: string[]): void {
  const { bytes, lineStart, lineEnd } = lines;
  if (pairs.length >= 2 * limits.fields) throw protocolFailure(`there are more than ${limits.fields} fields`);
  const name = readFieldName(bytes, lineStart, lineEnd);
  if (name === '') throw protocolFailure(nameFault(bytes, lineStart, lineEnd));
  let start = lineStart + name.length + 1;
  let end = lineEnd;
  while (start < end && isWhiteSpace(bytes[start]!)) start++;
  while (end > start && isWhiteSpace(bytes[end - 1]!)) end--;
  if (name.length + end - start > limits.fieldSize) {
    throw protocolFailure(`a field is larger than ${limits.fieldSize} bytes`);
  }
  if (!lines.isText) throw protocolFailure(`the value of ${name} has a control character`);
  pairs.push(name, lines.text(start, end));
}

function nameFault(bytes: Uint8Array, start: number, end: number): string {
  const first = bytes[start]!;
  if (isWhiteSpace(first)) return 'a field line is folded (obs-fold, RFC 9112 §5.2)';
  if (first === COLON) return 'a field has no name';
  let stop = start;
  while (stop < end && LOWER_CASE_TOKEN[bytes[stop]!] !== 0) stop++;
  if (stop === end) return 'a field line has no colon';
  if (isWhiteSpace(bytes[stop]!))
    return 'there is white space between a field name and its colon (RFC 9112 §5.1)';
  return 'a field name is not a token (RFC 9110 §5.1)';
}
