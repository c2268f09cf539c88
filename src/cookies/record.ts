import type { StoredValue } from '../storage/key-value-store.ts';
import { canonicalHost } from '../util/host.ts';
import { type Cookie, type CookieIdentity, dottedDomain, type SameSite } from './cookie.ts';
import type { CookieLimits } from './limits.ts';
import { StoredCookie } from './stored-cookie.ts';

/** A cookie as a store keeps it: under its identity, so that two processes merge cookie by cookie. */
export function cookieKey(cookie: CookieIdentity): string {
  return JSON.stringify([cookie.partitionKey ?? '', dottedDomain(cookie), cookie.path, cookie.name]);
}

/**
 * Where the time of a cookie's last use is kept: apart, so that a process that only sends a cookie writes nothing of it,
 * which another one may have renewed since.
 */
export function useKey(cookie: CookieIdentity): string {
  return useKeyOf(cookieKey(cookie));
}

export function useKeyOf(key: string): string {
  return `${USE}${key}`;
}

/** The key of the cookie whose last use that is; null for another key. */
export function cookieKeyOfUse(key: string): string | null {
  return key.startsWith(USE) ? key.slice(USE.length) : null;
}

/** No key of a cookie begins like that. */
const USE = 'use ';

export function toRecord(cookie: Cookie, lastAccessTime: number): StoredValue {
  const { value, expires, secure, httpOnly, sameSite, creationTime } = cookie;
  return { value, expires, secure, httpOnly, sameSite, creationTime, lastAccessTime };
}

/** Null for what is no cookie: a store's content is input like any other. */
export function fromRecord(
  key: string,
  record: StoredValue,
  now: number,
  limits: CookieLimits,
): StoredCookie | null {
  const identity = parseCookieKey(key);
  if (identity === null || typeof record !== 'object' || record === null || Array.isArray(record))
    return null;
  const { value, expires, secure, httpOnly, sameSite, creationTime, lastAccessTime } = record as Record<
    string,
    unknown
  >;
  if (
    typeof value !== 'string' ||
    !(expires === null || isTime(expires)) ||
    typeof secure !== 'boolean' ||
    typeof httpOnly !== 'boolean' ||
    !isSameSite(sameSite) ||
    !isTime(creationTime) ||
    !isTime(lastAccessTime)
  ) {
    return null;
  }
  const init = { name: identity.name, value, expires, secure, httpOnly, sameSite };
  const cookie = new StoredCookie(init, { ...identity, creationTime }, now, limits);
  cookie.recordedAccessTime = lastAccessTime;
  return cookie;
}

/** The inverse of {@link cookieKey}, or null. */
export function parseCookieKey(key: string): CookieIdentity | null {
  let parts: unknown;
  try {
    parts = JSON.parse(key);
  } catch {
    return null;
  }
  if (!Array.isArray(parts) || parts.length !== 4 || !parts.every((part) => typeof part === 'string'))
    return null;
  const [partition, dotted, path, name] = parts as [string, string, string, string];
  const hostOnly = !dotted.startsWith('.');
  const domain = hostOnly ? dotted : dotted.slice(1);
  if (canonicalHost(domain) !== domain) return null;
  return { partitionKey: partition === '' ? null : partition, domain, hostOnly, path, name };
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isSameSite(value: unknown): value is SameSite {
  return value === 'default' || value === 'lax' || value === 'strict' || value === 'none';
}
