import { SP } from './characters.ts';
import type { LineReader } from './line-reader.ts';
import { limitExceeded, protocolFailure } from './protocol-failure.ts';

/** RFC 9112 §4. */
export interface StatusLine {
  readonly minorVersion: 0 | 1;
  readonly status: number;
  readonly reason: string;
}

const VERSION = [...'HTTP/1.'].map((character) => character.charCodeAt(0));
const ZERO = 0x30;
const ONE = 0x31;

/**
 * Reads the current line as `HTTP/1.0` or `HTTP/1.1`, SP, three digits from 100 up and, both optional, SP and a reason
 * phrase. (The grammar wants the SP even before an empty reason; servers that leave it out are common and no one can
 * misread them.)
 */
export function readStatusLine(lines: LineReader, reasonLimit: number): StatusLine {
  const { bytes, lineStart, lineEnd } = lines;
  for (let i = 0; i < VERSION.length; i++) {
    if (bytes[lineStart + i] !== VERSION[i]) throw protocolFailure('it is not HTTP/1.x');
  }
  const afterVersion = lineStart + VERSION.length + 1;
  const afterStatus = afterVersion + 4;
  const minor = bytes[afterVersion - 1];
  if (minor !== ZERO && minor !== ONE) throw protocolFailure('the version is neither HTTP/1.0 nor HTTP/1.1');
  if (lineEnd < afterStatus || bytes[afterVersion] !== SP) throw malformed();
  const status =
    digit(bytes[afterVersion + 1]!) * 100 +
    digit(bytes[afterVersion + 2]!) * 10 +
    digit(bytes[afterVersion + 3]!);
  if (!(status >= 100)) throw malformed();
  return {
    minorVersion: minor === ZERO ? 0 : 1,
    status,
    reason: afterStatus === lineEnd ? '' : readReason(lines, afterStatus, reasonLimit),
  };
}

function readReason(lines: LineReader, afterStatus: number, reasonLimit: number): string {
  const { bytes, lineEnd } = lines;
  const start = afterStatus + 1;
  if (bytes[afterStatus] !== SP) throw malformed();
  if (lineEnd - start > reasonLimit)
    throw limitExceeded(`the reason phrase is longer than ${reasonLimit} bytes`, 'reasonSize');
  if (!lines.isText) throw protocolFailure('the reason phrase has a control character');
  return lines.text(start, lineEnd);
}

/** NaN for what is no digit, which spoils the sum. */
function digit(byte: number): number {
  const value = byte - ZERO;
  return value >= 0 && value <= 9 ? value : Number.NaN;
}

function malformed(): Error {
  return protocolFailure('the status line is malformed (RFC 9112 §4)');
}
