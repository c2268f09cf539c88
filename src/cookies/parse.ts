import type { CookieInit, SameSite } from './cookie.ts';
import { parseCookieDate } from './cookie-date.ts';
import { type CookieLimits, DEFAULT_COOKIE_LIMITS } from './limits.ts';

/**
 * Reads the value of one Set-Cookie field (RFC 6265bis §5.6), or null when it sets no cookie at all: control characters
 * other than HTAB, neither name nor value, or too long. Nothing is decoded: bytes stay what they are, quotes and commas
 * are part of a value. Linear in the length of the line.
 *
 * Max-Age wins over Expires, the last of two equal attributes wins, an unknown or over-long attribute is ignored.
 *
 * @param now epoch milliseconds, what Max-Age counts from
 */
export function parseSetCookie(
  line: string,
  now: number,
  limits: CookieLimits = DEFAULT_COOKIE_LIMITS,
): CookieInit | null {
  if (UNSENDABLE.test(line)) return null;
  let end = endOfPart(line, 0);
  let equals = indexOfEquals(line, 0);
  const name = equals < end ? trimmed(line, 0, equals) : '';
  const value = trimmed(line, equals < end ? equals + 1 : 0, end);
  const size = name.length + value.length;
  if (size === 0 || size > limits.cookieSize) return null;
  // A deviation, as in Chromium: `=a=b` would be sent as `a=b`, so that a site without TLS could forge any cookie by it.
  if (name === '' && value.includes('=')) return null;

  let domain: string | undefined;
  let path: string | undefined;
  let expires: number | null = null;
  let expiresByAge: number | null = null;
  let secure = false;
  let httpOnly = false;
  let sameSite: SameSite = 'default';
  let partitioned = false;
  for (let start = end + 1; start < line.length; start = end + 1) {
    end = endOfPart(line, start);
    if (equals < start) equals = indexOfEquals(line, start);
    const nameEnd = Math.min(equals, end);
    const attributeValue = trimmed(line, nameEnd + 1, end);
    if (attributeValue.length > limits.attributeSize) continue;
    switch (trimmed(line, start, nameEnd).toLowerCase()) {
      case 'path':
        path = attributeValue.startsWith('/') ? attributeValue : undefined;
        break;
      case 'domain':
        domain = attributeValue;
        break;
      case 'expires':
        expires = parseCookieDate(attributeValue) ?? expires;
        break;
      case 'max-age':
        expiresByAge = expiryOf(attributeValue, now) ?? expiresByAge;
        break;
      case 'secure':
        secure = true;
        break;
      case 'httponly':
        httpOnly = true;
        break;
      case 'samesite':
        sameSite = sameSiteOf(attributeValue);
        break;
      case 'partitioned':
        partitioned = true;
        break;
    }
  }
  // RFC 6265bis §5.7 step 8.
  if (domain !== undefined && NOT_ASCII.test(domain)) return null;
  expires = expiresByAge ?? expires;
  if (expires !== null) expires = Math.min(expires, now + limits.lifetime);
  return { name, value, domain, path, expires, secure, httpOnly, sameSite, partitioned };
}

/** RFC 6265bis §5.6 step 1: a control character other than HTAB. And what is no byte, which no field can carry. */
const UNSENDABLE = /[^\t\x20-\x7e\x80-\xff]/;
const NOT_ASCII = /[^\0-\x7f]/;

/** RFC 6265bis §5.6.2: when a Max-Age ends, or null for what is not an optional minus sign and digits. */
function expiryOf(age: string, now: number): number | null {
  if (!DELTA_SECONDS.test(age)) return null;
  const seconds = Number(age);
  return seconds <= 0 ? 0 : now + seconds * 1000;
}

const DELTA_SECONDS = /^-?[0-9]+$/;

/** RFC 6265bis §5.6.7. The whole value: `Strict-Lax` is neither. */
function sameSiteOf(value: string): SameSite {
  const enforcement = value.toLowerCase();
  return enforcement === 'strict' || enforcement === 'lax' || enforcement === 'none'
    ? enforcement
    : 'default';
}

function endOfPart(line: string, start: number): number {
  const semicolon = line.indexOf(';', start);
  return semicolon < 0 ? line.length : semicolon;
}

/** Infinity when there is none: what never comes is not looked for again. */
function indexOfEquals(line: string, start: number): number {
  const equals = line.indexOf('=', start);
  return equals < 0 ? Number.POSITIVE_INFINITY : equals;
}

/** The text from `start` to `end` without white space (RFC 6265bis: WSP) at its ends. */
function trimmed(line: string, start: number, end: number): string {
  let from = start;
  let to = end;
  while (from < to && isSpace(line.charCodeAt(from))) from++;
  while (to > from && isSpace(line.charCodeAt(to - 1))) to--;
  return line.slice(from, to);
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
