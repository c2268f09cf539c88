import { canonicalHost } from '../util/host.ts';
import type { CookieInit, SameSite } from './cookie.ts';
import { DEFAULT_COOKIE_LIMITS, LATEST_EXPIRY } from './limits.ts';
import { hasSendableText, isText } from './text.ts';

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
