import type { StoredValue } from '../storage/key-value-store.ts';
import { recordJudge } from '../storage/record.ts';
import * as z from '../storage/zod.ts';
import { canonicalHost } from '../util/host.ts';
import { type Cookie, type CookieIdentity, dottedDomain } from './cookie.ts';
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

const cookieFromRecord = recordJudge(() =>
  z.object({
    value: z.string(),
    expires: z.nullable(z.number()),
    secure: z.boolean(),
    httpOnly: z.boolean(),
    sameSite: z.enum(['default', 'lax', 'strict', 'none']),
    creationTime: z.number(),
    lastAccessTime: z.number(),
  }),
);

/** Null for what is no cookie: a store's content is input like any other. */
export function fromRecord(
  key: string,
  record: StoredValue,
  now: number,
  limits: CookieLimits,
): StoredCookie | null {
  const identity = parseCookieKey(key);
  const stored = identity === null ? null : cookieFromRecord(record);
  if (stored === null) return null;
  const { creationTime, lastAccessTime, ...init } = stored;
  const { name } = identity!;
  const cookie = new StoredCookie({ name, ...init }, { ...identity!, creationTime }, now, limits);
  cookie.recordedAccessTime = lastAccessTime;
  return cookie;
}

const partsOfKey = recordJudge(() => z.tuple([z.string(), z.string(), z.string(), z.string()]));

/** The inverse of {@link cookieKey}, or null. */
export function parseCookieKey(key: string): CookieIdentity | null {
  let parts: unknown;
  try {
    parts = JSON.parse(key);
  } catch {
    return null;
  }
  const judged = partsOfKey(parts);
  if (judged === null) return null;
  const [partition, dotted, path, name] = judged;
  const hostOnly = !dotted.startsWith('.');
  const domain = hostOnly ? dotted : dotted.slice(1);
  if (canonicalHost(domain) !== domain) return null;
  return { partitionKey: partition === '' ? null : partition, domain, hostOnly, path, name };
}
