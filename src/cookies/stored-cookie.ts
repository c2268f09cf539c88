import type { Cookie, CookieInit, SameSite } from './cookie.ts';
import { type CookieLimits, limitedExpiry } from './limits.ts';

/** What a {@link CookieInit} leaves open: where the cookie belongs. */
export type CookiePlace = Pick<Cookie, 'domain' | 'hostOnly' | 'path' | 'partitionKey' | 'creationTime'>;

/** {@link StoredCookie.recordedAccessTime} of a cookie that is not in the persistent store. */
export const NOT_RECORDED = -1;

/** A cookie with what only the jar that holds it knows. One object, because a jar may hold very many. */
export class StoredCookie implements Cookie {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  readonly hostOnly: boolean;
  readonly path: string;
  readonly expires: number | null;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  readonly sameSite: SameSite;
  readonly partitionKey: string | null;
  /** Written by the jar when the cookie replaces another. */
  creationTime: number;
  // What only the jar knows is private, so that a cookie that is printed, cloned or sent shows what a cookie is.
  #lastUse = 0;
  #sequence = 0;
  #recordedAccessTime = NOT_RECORDED;
  #next: StoredCookie | undefined = undefined;

  constructor(init: CookieInit, place: CookiePlace, now: number, limits: CookieLimits) {
    this.name = init.name;
    this.value = init.value;
    this.domain = place.domain;
    this.hostOnly = place.hostOnly;
    this.path = place.path;
    this.expires = limitedExpiry(init.expires, now, limits);
    this.secure = init.secure ?? false;
    this.httpOnly = init.httpOnly ?? false;
    this.sameSite = init.sameSite ?? 'default';
    this.partitionKey = place.partitionKey;
    this.creationTime = place.creationTime;
  }

  /** Ordinal of the last request that it went along with ("last-access-time"); 0: no jar holds it. */
  get lastUse(): number {
    return this.#lastUse;
  }
  set lastUse(ordinal: number) {
    this.#lastUse = ordinal;
  }

  /** Ordinal of its creation, which tells cookies of one millisecond apart. */
  get sequence(): number {
    return this.#sequence;
  }
  set sequence(ordinal: number) {
    this.#sequence = ordinal;
  }

  /** The last access time, epoch milliseconds, that the persistent store knows. */
  get recordedAccessTime(): number {
    return this.#recordedAccessTime;
  }
  set recordedAccessTime(time: number) {
    this.#recordedAccessTime = time;
  }

  /** Another cookie in the same place of the index. */
  get next(): StoredCookie | undefined {
    return this.#next;
  }
  set next(cookie: StoredCookie | undefined) {
    this.#next = cookie;
  }
}
