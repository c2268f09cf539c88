import { CR, isWhiteSpace, LF } from './characters.ts';
import type { LineReader } from './line-reader.ts';
import { protocolFailure } from './protocol-failure.ts';

/** Digits that a chunk size may have; leading zeros are allowed, an endless row of them is not. */
export const CHUNK_SIZE_DIGITS = 16;

const SEMICOLON = 0x3b;
const NO_SIZE = 'a chunk size is not a hexadecimal number below 2^53 (RFC 9112 §7.1)';
const NO_EXTENSION = 'a chunk size is followed by something other than an extension (RFC 9112 §7.1.1)';

export interface ChunkSizeLine {
  readonly size: number;
  readonly extensionSize: number;
}

/**
 * Reads the current line as the size of a chunk (RFC 9112 §7.1): hexadecimal digits and nothing before them, then at most
 * extensions after a semicolon, which §7.1.1 tells us to ignore. White space may follow the digits: servers that write
 * them into a field of fixed width pad it, and curl and Chromium take that.
 */
export function readChunkSize({ bytes, lineStart, lineEnd, isText }: LineReader): ChunkSizeLine {
  let size = 0;
  let at = lineStart;
  for (; at < lineEnd; at++) {
    const digit = hexadecimal(bytes[at]!);
    if (digit < 0) break;
    size = size * 16 + digit;
  }
  const digits = at - lineStart;
  if (digits === 0 || digits > CHUNK_SIZE_DIGITS || size > Number.MAX_SAFE_INTEGER) {
    throw protocolFailure(NO_SIZE);
  }
  const sizeEnd = at;
  while (at < lineEnd && isWhiteSpace(bytes[at]!)) at++;
  if (at < lineEnd && (bytes[at] !== SEMICOLON || !isText)) {
    throw protocolFailure(NO_EXTENSION);
  }
  return { size, extensionSize: lineEnd - sizeEnd };
}

/**
 * Refuses what has arrived of a line when no size of a chunk begins like that: its end may never come, and what reads the
 * body should not wait for it.
 */
export function checkBeginning({ unfinished, chunk, position, limit }: LineReader): void {
  let digits = digitsIn(unfinished, 0, unfinished.length);
  if (digits < unfinished.length) return;
  digits += digitsIn(chunk, position, limit);
  const next = position + digits - unfinished.length;
  if (digits > CHUNK_SIZE_DIGITS) throw protocolFailure(NO_SIZE);
  if (next === limit) return;
  if (digits === 0) throw protocolFailure(NO_SIZE);
  const byte = chunk[next]!;
  if (byte !== SEMICOLON && byte !== CR && byte !== LF && !isWhiteSpace(byte))
    throw protocolFailure(NO_EXTENSION);
}

function digitsIn(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && hexadecimal(bytes[at]!) >= 0) at++;
  return at - start;
}

function hexadecimal(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
