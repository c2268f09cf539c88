import type { CookieInit } from './cookie.ts';
import { DEFAULT_COOKIE_LIMITS, LATEST_EXPIRY } from './limits.ts';

/** Qt: `QNetworkCookie::RawForm`. */
export type CookieForm = 'name-and-value' | 'full';

/**
 * Writes a cookie: as it stands in a Cookie field, or in full as in a Set-Cookie field (RFC 6265bis §4.1; Qt:
 * `toRawForm`, in Qt's order). What `parseSetCookie` reads back from the full form is the same cookie.
 */
export function serializeCookie(cookie: CookieInit, form: CookieForm = 'full'): string {
  let text = cookie.name === '' ? cookie.value : `${cookie.name}=${cookie.value}`;
  if (form === 'name-and-value') return text;
  if (cookie.secure) text += '; Secure';
  if (cookie.httpOnly) text += '; HttpOnly';
  const sameSite = SAME_SITE_VALUES[cookie.sameSite ?? 'default'];
  if (sameSite !== null) text += `; SameSite=${sameSite}`;
  // What lies before 1970 is as expired then.
  if (typeof cookie.expires === 'number' && !Number.isNaN(cookie.expires)) {
    const expires = Math.min(Math.max(cookie.expires, 0), LATEST_EXPIRY);
    text += `; Expires=${new Date(expires).toUTCString()}`;
  }
  if (cookie.domain && cookie.hostOnly !== true) text += `; Domain=${cookie.domain}`;
  if (cookie.path !== undefined) text += `; Path=${cookie.path}`;
  if (cookie.partitioned || typeof cookie.partitionKey === 'string') text += '; Partitioned';
  return text;
}

const SAME_SITE_VALUES = { strict: 'Strict', lax: 'Lax', none: 'None', default: null } as const;

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
