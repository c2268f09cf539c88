import { type Check, type Checks, checkOptions } from '../checks/checker.ts';
import { isExpired } from './cookie.ts';
import type { StoredCookie } from './stored-cookie.ts';

/** Bounds of a jar: what a peer can make it hold and send. `Infinity` lifts one. */
export interface CookieLimits {
  /** Bytes of name and value together. RFC 6265bis §5.7 step 4. @default 4096 */
  readonly cookieSize: number;
  /** Bytes of an attribute value; a longer attribute is ignored. RFC 6265bis §5.6. @default 1024 */
  readonly attributeSize: number;
  /**
   * Cookies of one site (registrable domain) over all its hosts, in a partition. Without a list of public suffixes each
   * host is a site. As in Chromium and Firefox. @default 180
   */
  readonly perDomain: number;
  /** Cookies in all. RFC 6265bis §6.1. @default 3000 */
  readonly total: number;
  /** Milliseconds that a cookie may live at most. RFC 6265bis §5.5. @default 400 days */
  readonly lifetime: number;
  /** Bytes of a Cookie header field; what does not fit is left out. Servers refuse more. @default 8192 */
  readonly headerSize: number;
}

export const DEFAULT_COOKIE_LIMITS: CookieLimits = {
  cookieSize: 4096,
  attributeSize: 1024,
  perDomain: 180,
  total: 3000,
  lifetime: 400 * 24 * 60 * 60 * 1000,
  headerSize: 8192,
};

const LIMIT: Check = {
  expected: 'a number that is not negative',
  accepts: (value) => typeof value === 'number' && value >= 0,
};
const CHECKS = Object.fromEntries(
  Object.keys(DEFAULT_COOKIE_LIMITS).map((name) => [name, LIMIT]),
) as unknown as Checks<CookieLimits>;

/**
 * The limits of a jar: the defaults, and what differs from them. `undefined` counts as not set.
 *
 * @param owner whose they are, for errors
 * @throws TypeError for what is no limit, which would be none
 */
export function cookieLimits(
  differing: { readonly [Name in keyof CookieLimits]?: number | undefined } = {},
  owner = 'CookieJar',
): CookieLimits {
  return {
    ...DEFAULT_COOKIE_LIMITS,
    ...checkOptions(owner, differing as Partial<CookieLimits>, CHECKS, 'limits.'),
  };
}

/** 9999-12-31T23:59:59Z: no date of a cookie has more than four digits for its year. */
export const LATEST_EXPIRY = Date.UTC(9999, 11, 31, 23, 59, 59);

/**
 * The expiry that a cookie gets, epoch milliseconds (RFC 6265bis §5.5). What is no time is none, as in Qt: the cookie lives
 * as long as the session.
 */
export function limitedExpiry(
  expires: number | null | undefined,
  now: number,
  { lifetime }: CookieLimits,
): number | null {
  if (typeof expires !== 'number' || Number.isNaN(expires)) return null;
  return Math.min(expires, now + lifetime, LATEST_EXPIRY);
}

/**
 * Which cookies of a site that has too many must go, in the order of RFC 6265bis §5.7: expired ones, then those that
 * are not Secure, then the others; of equals the one that was used longest ago.
 */
export function excessOfSite(cookies: Iterable<StoredCookie>, limit: number, now: number): StoredCookie[] {
  const all = [...cookies];
  const rank = (cookie: StoredCookie) => (isExpired(cookie, now) ? 0 : cookie.secure ? 2 : 1);
  all.sort((a, b) => rank(a) - rank(b) || longestUnusedFirst(a, b));
  return all.slice(0, Math.max(0, all.length - limit));
}

function longestUnusedFirst(a: StoredCookie, b: StoredCookie): number {
  return a.lastUse - b.lastUse || a.sequence - b.sequence;
}

/** How many candidates one look at the whole jar yields: a jar that stays full sorts itself once per so many cookies. */
const BATCH = 256;

/**
 * Finds the cookie that was used longest ago, again and again, without a look at all of them each time: the oldest of one
 * look stay the oldest for as long as they are not used.
 */
export class LongestUnused {
  /** The oldest last. */
  #candidates: { readonly cookie: StoredCookie; readonly lastUse: number }[] = [];

  /** `all` must not be empty. */
  next(all: Iterable<StoredCookie>): StoredCookie {
    for (;;) {
      const candidate = this.#candidates.pop();
      if (candidate === undefined) this.#look(all);
      else if (candidate.cookie.lastUse === candidate.lastUse) return candidate.cookie;
    }
  }

  #look(all: Iterable<StoredCookie>): void {
    const oldest = [...all].sort(longestUnusedFirst).slice(0, BATCH).reverse();
    this.#candidates = oldest.map((cookie) => ({ cookie, lastUse: cookie.lastUse }));
  }
}
