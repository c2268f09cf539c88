import type { CookieInit, SameSite } from './cookie.ts';
import { parseCookieDate } from './cookie-date.ts';
import { type CookieLimits, cookieLimits, DEFAULT_COOKIE_LIMITS, limitedExpiry } from './limits.ts';

/**
 * Reads the value of one Set-Cookie field (RFC 6265bis §5.6), or null when it sets no cookie at all: control characters
 * other than HTAB, neither name nor value, or too long. Nothing is decoded: bytes stay what they are, quotes and commas
 * are part of a value. Linear in the length of the line.
 *
 * Max-Age wins over Expires, the last of two equal attributes wins, an unknown or over-long attribute is ignored.
 *
 * @param now epoch milliseconds, what Max-Age counts from
 * @param serverTime what the server took for now (the response's Date). `Expires` is a time of the server's clock and is
 * corrected by the difference, as in Chromium, so that no clock that is wrong ends a login
 * @throws TypeError for a limit that is none, or that there is not
 */
export function parseSetCookie(
  line: string,
  now: number,
  limits?: Partial<CookieLimits>,
  serverTime: number = now,
): CookieInit | null {
  return parseLine(line, now, cookieLimits(limits, 'parseSetCookie'), serverTime);
}

/** The same under limits that were judged before, as those of a jar are. */
export function parseLine(
  line: string,
  now: number,
  limits: CookieLimits = DEFAULT_COOKIE_LIMITS,
  serverTime: number = now,
): CookieInit | null {
  if (UNSENDABLE.test(line)) return null;
  let end = endOfPart(line, 0);
  const equals = endOfName(line, 0, end);
  const name = equals < end ? trimmed(line, 0, equals) : '';
  const value = trimmed(line, equals < end ? equals + 1 : 0, end);
  const size = name.length + value.length;
  if (size === 0 || size > limits.cookieSize) return null;
  // A deviation, as in Chromium: `=a=b` would be sent as `a=b`, so that a site without TLS could forge any cookie by it.
  if (name === '' && value.includes('=')) return null;

  let domain: string | null | undefined;
  let path: string | undefined;
  let expires: number | null = null;
  let expiresByAge: number | null = null;
  let secure = false;
  let httpOnly = false;
  let sameSite: SameSite = 'default';
  let partitioned = false;
  for (let start = end + 1; start < line.length; start = end + 1) {
    end = endOfPart(line, start);
    const equals = endOfName(line, start, end);
    const from = skipSpace(line, start, equals);
    const to = dropSpace(line, from, equals);
    const valueFrom = skipSpace(line, Math.min(equals + 1, end), end);
    const valueTo = dropSpace(line, valueFrom, end);
    if (valueTo - valueFrom > limits.attributeSize) continue;
    if (isWord('path', line, from, to)) {
      path = line.charCodeAt(valueFrom) === SLASH ? line.slice(valueFrom, valueTo) : undefined;
    } else if (isWord('domain', line, from, to)) {
      domain = isAscii(line, valueFrom, valueTo) ? line.slice(valueFrom, valueTo) : null;
    } else if (isWord('expires', line, from, to)) {
      expires = parseCookieDate(line, valueFrom, valueTo) ?? expires;
    } else if (isWord('max-age', line, from, to)) {
      const age = parseDeltaSeconds(line, valueFrom, valueTo);
      if (age !== null) expiresByAge = age <= 0 ? 0 : now + age * 1000;
    } else if (isWord('secure', line, from, to)) {
      secure = true;
    } else if (isWord('httponly', line, from, to)) {
      httpOnly = true;
    } else if (isWord('samesite', line, from, to)) {
      sameSite = parseSameSite(line, valueFrom, valueTo);
    } else if (isWord('partitioned', line, from, to)) {
      partitioned = true;
    }
  }
  // RFC 6265bis §5.7 step 8.
  if (domain === null) return null;
  if (expires !== null) expires += now - serverTime;
  expires = limitedExpiry(expiresByAge ?? expires, now, limits);
  return { name, value, domain, path, expires, secure, httpOnly, sameSite, partitioned };
}

/** RFC 6265bis §5.6 step 1: a control character other than HTAB. And what is no byte, which no field can carry. */
const UNSENDABLE = /[^\t\x20-\x7e\x80-\xff]/;

/** RFC 6265bis §5.6.2: an optional minus sign and digits, or null. */
function parseDeltaSeconds(line: string, start: number, end: number): number | null {
  const isNegative = line.charCodeAt(start) === MINUS;
  let seconds: number | null = null;
  for (let i = isNegative ? start + 1 : start; i < end; i++) {
    const digit = line.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return null;
    seconds = (seconds ?? 0) * 10 + digit;
  }
  return isNegative && seconds !== null ? -seconds : seconds;
}

/** RFC 6265bis §5.6.7. The whole value: `Strict-Lax` is neither. */
function parseSameSite(line: string, start: number, end: number): SameSite {
  if (isWord('lax', line, start, end)) return 'lax';
  if (isWord('strict', line, start, end)) return 'strict';
  return isWord('none', line, start, end) ? 'none' : 'default';
}

/**
 * Does the lower-case `word` stand from `start` to `end`, in any case? Compared where it is: a line is full of words that
 * nobody needs a copy of. There is no control character that the bit would turn into something else.
 */
function isWord(word: string, line: string, start: number, end: number): boolean {
  if (end - start !== word.length) return false;
  for (let i = 0; i < word.length; i++) {
    if ((line.charCodeAt(start + i) | 0x20) !== word.charCodeAt(i)) return false;
  }
  return true;
}

function endOfPart(line: string, start: number): number {
  const semicolon = line.indexOf(';', start);
  return semicolon < 0 ? line.length : semicolon;
}

/** Where the equals sign stands, or the part ends. */
function endOfName(line: string, start: number, end: number): number {
  let i = start;
  while (i < end && line.charCodeAt(i) !== EQUALS) i++;
  return i;
}

function isAscii(line: string, start: number, end: number): boolean {
  let i = start;
  while (i < end && line.charCodeAt(i) <= 0x7f) i++;
  return i === end;
}

const SLASH = 0x2f;
const EQUALS = 0x3d;
const MINUS = 0x2d;

/** The text from `start` to `end` without white space (RFC 6265bis: WSP) at its ends. */
function trimmed(line: string, start: number, end: number): string {
  const from = skipSpace(line, start, end);
  return line.slice(from, dropSpace(line, from, end));
}

function skipSpace(line: string, start: number, end: number): number {
  let i = start;
  while (i < end && isSpace(line.charCodeAt(i))) i++;
  return i;
}

function dropSpace(line: string, start: number, end: number): number {
  let i = end;
  while (i > start && isSpace(line.charCodeAt(i - 1))) i--;
  return i;
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
