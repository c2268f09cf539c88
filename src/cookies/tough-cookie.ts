import { recordJudge } from '../storage/record.ts';
import * as z from '../storage/zod.ts';
import type { Cookie, CookieInit } from './cookie.ts';

/** A jar as tough-cookie's `serializeSync` gives it and its `deserializeSync` takes it. */
export interface ToughCookieJson {
  /** Of tough-cookie, as `'tough-cookie@6.0.0'`. */
  readonly version: string;
  /** The class of its store, as `'MemoryCookieStore'`. */
  readonly storeType: string;
  /** Cookies for all of `co.uk` are refused. */
  readonly rejectPublicSuffixes: boolean;
  /** One object a cookie, with tough-cookie's own names. */
  readonly cookies: readonly Readonly<Record<string, unknown>>[];
}

/**
 * Reads a jar that tough-cookie serialised (parsed JSON). Entries that are no cookie are skipped, and `Partitioned` ones,
 * whose partition was not kept. Give the results to `insertCookie`.
 *
 * @param now epoch milliseconds, the creation of cookies that do not tell theirs
 * @throws TypeError when it is no such jar
 */
export function fromToughCookieJson(json: unknown, now: number): CookieInit[] {
  const jar = jarFromRecord(json);
  if (jar === null)
    throw new TypeError('cookies: expected a jar serialised by tough-cookie, with a list of cookies');
  return jar.cookies.map((entry) => fromEntry(entry, now)).filter((cookie) => cookie !== null);
}

const jarFromRecord = recordJudge(() => z.object({ cookies: z.array(z.unknown()) }));

/** What has its default is left out. Beside what a cookie is, nothing that is odd makes it none. */
const entryFromRecord = recordJudge(() => {
  const flag = z.catch(z.boolean(), false);
  const text = z.catch(z.nullable(z.string()), null);
  return z.object({
    key: z._default(z.string(), ''),
    value: z._default(z.string(), ''),
    domain: z.string(),
    path: z._default(z.string(), '/'),
    hostOnly: flag,
    secure: flag,
    httpOnly: flag,
    sameSite: z.catch(z.enum(['default', 'strict', 'lax', 'none']), 'default'),
    creation: text,
    expires: text,
    maxAge: z.catch(z.nullable(z.union([z.number(), z.literal('-Infinity')])), null),
    extensions: z.catch(z.array(z.unknown()), []),
  });
});

function fromEntry(record: unknown, now: number): CookieInit | null {
  const entry = entryFromRecord(record);
  if (entry === null || entry.extensions.some((text) => String(text).toLowerCase() === 'partitioned'))
    return null;
  const { key: name, value, domain, hostOnly, path, secure, httpOnly, sameSite, maxAge } = entry;
  const creationTime = timeOf(entry.creation) ?? now;
  const expires = maxAge === null ? timeOf(entry.expires) : expiryOf(maxAge, creationTime);
  return { name, value, domain, hostOnly, path, secure, httpOnly, sameSite, expires, creationTime };
}

/** Max-Age counts from the creation (RFC 6265bis §5.6.2) and wins. */
function expiryOf(maxAge: number | '-Infinity', creationTime: number): number {
  return maxAge === '-Infinity' || maxAge <= 0 ? 0 : creationTime + maxAge * 1000;
}

function timeOf(value: string | null): number | null {
  const time = value === null ? Number.NaN : Date.parse(value);
  return Number.isNaN(time) ? null : time;
}

/** Writes a jar that tough-cookie's `deserializeSync` takes. `Partitioned` cookies are left out: it cannot keep them apart. */
export function toToughCookieJson(cookies: Iterable<Cookie>): ToughCookieJson {
  const entries: Record<string, unknown>[] = [];
  for (const cookie of cookies) if (cookie.partitionKey === null) entries.push(toEntry(cookie));
  return {
    version: 'tough-cookie@6.1.0',
    storeType: 'MemoryCookieStore',
    rejectPublicSuffixes: true,
    cookies: entries,
  };
}

function toEntry(cookie: Cookie): Record<string, unknown> {
  const creation = new Date(cookie.creationTime).toISOString();
  return {
    key: cookie.name,
    value: cookie.value,
    ...(cookie.expires !== null && { expires: new Date(cookie.expires).toISOString() }),
    domain: cookie.domain,
    path: cookie.path,
    hostOnly: cookie.hostOnly,
    ...(cookie.secure && { secure: true }),
    ...(cookie.httpOnly && { httpOnly: true }),
    ...(cookie.sameSite !== 'default' && { sameSite: cookie.sameSite }),
    creation,
    lastAccessed: creation,
  };
}
