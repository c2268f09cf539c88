import { trimOws } from '../message/field-lexer.ts';
import { canonicalHost } from '../util/host.ts';
import type { CookieInit, SameSite } from './cookie.ts';
import { DEFAULT_COOKIE_LIMITS, LATEST_EXPIRY } from './limits.ts';

/** Qt: `QNetworkCookie::RawForm`. */
export type CookieForm = 'name-and-value' | 'full';

/**
 * Writes a cookie: as it stands in a Cookie field, or in full as in a Set-Cookie field (RFC 6265bis §4.1; Qt:
 * `toRawForm`, in Qt's order). What `parseSetCookie` reads back from the full form is the same cookie.
 *
 * @throws TypeError for what would be read back as something else: a name or a value that ends the pair, a domain that is
 * no host, a path with a semicolon
 */
export function serializeCookie(cookie: CookieInit, form: CookieForm = 'full'): string {
  if (!hasSendableText(cookie))
    throw new TypeError(
      'cookie: its name or value cannot be written (control characters, ";", white space around it)',
    );
  let text = cookie.name === '' ? cookie.value : `${cookie.name}=${cookie.value}`;
  if (form === 'name-and-value') return text;
  if (cookie.secure) text += '; Secure';
  if (cookie.httpOnly) text += '; HttpOnly';
  const sameSite = SAME_SITE_VALUES.get(cookie.sameSite ?? 'default');
  if (sameSite === undefined) throw new TypeError("cookie: sameSite is 'strict', 'lax', 'none' or 'default'");
  if (sameSite !== null) text += `; SameSite=${sameSite}`;
  // What lies before 1970 is as expired then.
  if (typeof cookie.expires === 'number' && !Number.isNaN(cookie.expires)) {
    const expires = Math.min(Math.max(cookie.expires, 0), LATEST_EXPIRY);
    text += `; Expires=${new Date(expires).toUTCString()}`;
  }
  if (cookie.domain && cookie.hostOnly !== true) text += `; Domain=${domainText(cookie.domain)}`;
  if (cookie.path !== undefined) text += `; Path=${pathText(cookie.path)}`;
  if (cookie.partitioned || typeof cookie.partitionKey === 'string') text += '; Partitioned';
  return text;
}

const SAME_SITE_VALUES: ReadonlyMap<SameSite, string | null> = new Map([
  ['strict', 'Strict'],
  ['lax', 'Lax'],
  ['none', 'None'],
  ['default', null],
]);

/** As it was given where that is ASCII, else its A-labels (Qt: `QUrl::toAce`). */
function domainText(domain: string): string {
  const host = canonicalHost(domain.startsWith('.') ? domain.slice(1) : domain);
  if (host === null) throw new TypeError('cookie: its domain is no host');
  return /^[\x21-\x7e]*$/.test(domain) ? domain : domain.startsWith('.') ? `.${host}` : host;
}

function pathText(path: string): string {
  if (!path.startsWith('/') || !isText(path))
    throw new TypeError(
      'cookie: its path cannot be written (it starts with "/", and has no control characters or ";")',
    );
  return path;
}

/**
 * The value of a Cookie field (RFC 6265bis §5.8.3 step 4), empty for no cookies. A cookie that would make it longer than
 * `maximum` bytes is left out: a server answers such a field with 400 for as long as the cookies live.
 */
export function serializeCookies(
  cookies: readonly Pick<CookieInit, 'name' | 'value'>[],
  maximum: number = DEFAULT_COOKIE_LIMITS.headerSize,
): string {
  let header = '';
  for (const cookie of cookies) {
    const pair = serializeCookie(cookie, 'name-and-value');
    const next = header === '' ? pair : `${header}; ${pair}`;
    if (next.length <= maximum) header = next;
  }
  return header;
}

/** A name and a value that a Cookie field carries as they are, and that no server takes for another cookie. */
export function hasSendableText({ name, value }: { readonly name: string; readonly value: string }): boolean {
  if (!isText(name) || !isText(value)) return false;
  return name === '' ? value !== '' && !value.includes('=') : !name.includes('=');
}

/** Text that a parser would take from a field as it is: nothing that ends it, no white space around it. */
export function isText(text: string): boolean {
  return !isSpace(text.charCodeAt(0)) && !isSpace(text.charCodeAt(text.length - 1)) && !NOT_TEXT.test(text);
}

/** A control character other than HTAB, a semicolon, or what is no byte. */
const NOT_TEXT = /[^\t\x20-\x3a\x3c-\x7e\x80-\xff]/;

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/**
 * The Cookie field of a request that has one by hand and cookies in the jar: the jar's first, then the pairs whose names
 * the jar does not send. The jar's value counts, because a server may have renewed it since.
 */
export function mergeCookieHeaders(fromJar: string, byHand: string): string {
  const merged = splitPairs(fromJar);
  const names = new Set(merged.map(nameOf));
  for (const pair of splitPairs(byHand)) {
    const name = nameOf(pair);
    if (names.has(name)) continue;
    names.add(name);
    merged.push(pair);
  }
  return merged.join('; ');
}

function splitPairs(header: string): string[] {
  return header
    .split(';')
    .map(trimOws)
    .filter((pair) => pair !== '');
}

/** Empty for a nameless cookie. */
function nameOf(pair: string): string {
  const equals = pair.indexOf('=');
  return equals < 0 ? '' : trimOws(pair.slice(0, equals));
}
