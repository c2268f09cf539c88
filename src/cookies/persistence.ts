import type { FaultListener, KeyValueStore, StoredValue } from '../storage/key-value-store.ts';
import { reportLater } from '../storage/report-later.ts';
import { WriteBehind } from '../storage/write-behind.ts';
import { type Cookie, isExpired } from './cookie.ts';
import type { CookieLimits } from './limits.ts';
import {
  cookieKey,
  cookieKeyOfUse,
  fromRecord,
  parseCookieKey,
  toRecord,
  useKey,
  useKeyOf,
} from './record.ts';
import { NOT_RECORDED, type StoredCookie } from './stored-cookie.ts';
import type { CookieListener, StoredCookies } from './stored-cookies.ts';

/** The time of the last use is written again after that long: eviction needs no more, and a request shall not cost a write. */
const ACCESS_TIME_GRANULARITY = 60 * 60 * 1000;

/** How a {@link CookieJar} uses its store. */
export interface CookieStorageOptions {
  /** Keep cookies without an expiry beyond the session, too. @default false */
  readonly persistSessionCookies?: boolean;
  /** Hears of stored cookies that cannot be read, and of a store that cannot be written. @default no listener */
  readonly onFault?: FaultListener;
}

export interface CookiePersistenceParts extends CookieStorageOptions {
  readonly limits: CookieLimits;
  readonly now: () => number;
  readonly isStorable: (cookie: Cookie) => boolean;
}

/** Keeps a store and the cookies in memory alike: memory is the authority, the store is written behind it. */
export class CookiePersistence implements CookieListener {
  readonly #cookies: StoredCookies;
  readonly #parts: CookiePersistenceParts;
  readonly #onFault: FaultListener;
  readonly #writer: WriteBehind;
  #stopWatching = (): void => {};

  constructor(store: KeyValueStore, cookies: StoredCookies, parts: CookiePersistenceParts) {
    this.#cookies = cookies;
    this.#parts = parts;
    this.#onFault = reportLater(parts.onFault);
    this.#writer = new WriteBehind(store, this.#onFault);
  }

  async load(): Promise<void> {
    this.#cookies.listener = this;
    this.#stopWatching = this.#writer.watch((changes) => this.#take(changes, false));
    this.#take(await this.#writer.load(), true);
  }

  put(cookie: StoredCookie): void {
    if (this.#isPersistent(cookie)) this.#record(cookie, this.#parts.now());
    else this.removed(cookie);
  }

  removed(cookie: StoredCookie): void {
    if (cookie.recordedAccessTime === NOT_RECORDED) return;
    cookie.recordedAccessTime = NOT_RECORDED;
    this.#writer.set(cookieKey(cookie), null);
    this.#writer.set(useKey(cookie), null);
  }

  /** The cookie went along with a request. */
  used(cookie: StoredCookie, now: number): void {
    const recorded = cookie.recordedAccessTime;
    if (recorded === NOT_RECORDED || now - recorded < ACCESS_TIME_GRANULARITY) return;
    cookie.recordedAccessTime = now;
    this.#writer.set(useKey(cookie), now);
  }

  flush(): Promise<void> {
    return this.#writer.flush();
  }

  flushSync(): void {
    this.#writer.flushSync();
  }

  look(): Promise<void> | null {
    return this.#writer.look();
  }

  close(): Promise<void> {
    this.#stopWatching();
    this.#cookies.listener = null;
    return this.#writer.close();
  }

  #isPersistent(cookie: Cookie): boolean {
    return cookie.expires !== null || this.#parts.persistSessionCookies === true;
  }

  #record(cookie: StoredCookie, now: number): void {
    cookie.recordedAccessTime = now;
    this.#writer.set(cookieKey(cookie), toRecord(cookie, now));
  }

  /** What the store holds, or what another process or page has changed in it. */
  #take(changes: ReadonlyMap<string, StoredValue | null>, isWhole: boolean): void {
    const { now: clock, limits, isStorable } = this.#parts;
    const now = clock();
    const found: StoredCookie[] = [];
    let unreadable = 0;
    for (const [key, record] of changes) {
      const used = cookieKeyOfUse(key);
      if (used !== null) {
        // That of a cookie that is no more, which another process removed meanwhile.
        if (isWhole && record !== null && !changes.has(used)) this.#writer.set(key, null);
        continue;
      }
      if (record === null) {
        this.#forget(key);
        continue;
      }
      const cookie = fromRecord(key, record, now, limits);
      const use = changes.get(useKeyOf(key));
      if (cookie !== null && typeof use === 'number' && use > cookie.recordedAccessTime)
        cookie.recordedAccessTime = use;
      if (cookie === null || !isStorable(cookie)) unreadable++;
      else if (isExpired(cookie, now) || !this.#isPersistent(cookie)) this.removed(cookie);
      else found.push(cookie);
    }
    this.#cookies.restore(
      found.sort((a, b) => a.recordedAccessTime - b.recordedAccessTime),
      now,
    );
    if (unreadable > 0) {
      this.#onFault(new Error(`cookies: ${unreadable} stored cookies are not readable and were skipped`));
    }
  }

  #forget(key: string): void {
    const identity = parseCookieKey(key);
    const cookie = identity === null ? undefined : this.#cookies.find(identity);
    // A session cookie of ours under that key was never in the store.
    if (cookie !== undefined && cookie.recordedAccessTime !== NOT_RECORDED) this.#cookies.forget(cookie);
  }
}
