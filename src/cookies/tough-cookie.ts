import type { Cookie, CookieInit, SameSite } from './cookie.ts';

/** A jar as tough-cookie's `serializeSync` gives it and its `deserializeSync` takes it. */
export interface ToughCookieJson {
  readonly version: string;
  readonly storeType: string;
  readonly rejectPublicSuffixes: boolean;
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
  const list = isRecord(json) ? json.cookies : undefined;
  if (!Array.isArray(list))
    throw new TypeError('cookies: expected a jar serialised by tough-cookie, with a list of cookies');
  const cookies: CookieInit[] = [];
  for (const entry of list) {
    const cookie = isRecord(entry) ? fromEntry(entry, now) : null;
    if (cookie !== null) cookies.push(cookie);
  }
  return cookies;
}

function fromEntry(entry: Record<string, unknown>, now: number): CookieInit | null {
  // What has its default is left out.
  const { key = '', value = '', domain, path = '/', creation, sameSite, extensions } = entry;
  if (
    typeof key !== 'string' ||
    typeof value !== 'string' ||
    typeof domain !== 'string' ||
    typeof path !== 'string'
  )
    return null;
  if (Array.isArray(extensions) && extensions.some((text) => String(text).toLowerCase() === 'partitioned'))
    return null;
  const creationTime = timeOf(creation) ?? now;
  return {
    name: key,
    value,
    domain,
    hostOnly: entry.hostOnly === true,
    path,
    secure: entry.secure === true,
    httpOnly: entry.httpOnly === true,
    sameSite: sameSiteOf(sameSite),
    expires: expiryOf(entry, creationTime),
    creationTime,
  };
}

/** Max-Age counts from the creation (RFC 6265bis §5.6.2) and wins. */
function expiryOf({ maxAge, expires }: Record<string, unknown>, creationTime: number): number | null {
  if (maxAge === '-Infinity') return 0;
  if (typeof maxAge !== 'number') return timeOf(expires);
  return maxAge <= 0 ? 0 : creationTime + maxAge * 1000;
}

function timeOf(value: unknown): number | null {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? null : time;
}

function sameSiteOf(value: unknown): SameSite {
  return value === 'strict' || value === 'lax' || value === 'none' ? value : 'default';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
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
