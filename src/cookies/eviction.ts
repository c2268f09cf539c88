import { isExpired } from './cookie.ts';
import type { StoredCookie } from './stored-cookie.ts';

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
