import { type Checks, checkOptions, FUNCTION, NAMED, OBJECT, TRUTH, withMethods } from '../checks/checker.ts';
import type { KeyValueStore } from '../storage/key-value-store.ts';
import { type Clock, systemClock } from '../util/clock.ts';
import { INSPECT, type Inspect, inspection } from '../util/inspection.ts';
import { type AbstractCookieJar, type CookieContext, checkedContext } from './abstract-cookie-jar.ts';
import { type Cookie, type CookieInit, isExpired } from './cookie.ts';
import { type CookiePolicy, type CookieRequest, type CookieUrl, cookieRequest } from './cookie-request.ts';
import { type CookieLimits, cookieLimits } from './limits.ts';
import { parseLine } from './parse.ts';
import { CookiePersistence, type CookieStorageOptions } from './persistence.ts';
import { NO_PUBLIC_SUFFIX_LIST, type PublicSuffixList } from './public-suffix.ts';
import { completeCookie, ownPolicy, receiveCookie } from './receive.ts';
import { isStorable, maySend, maySet, overlaysSecure } from './rules.ts';
import { serializeCookies } from './serialize.ts';
import type { StoredCookie } from './stored-cookie.ts';
import { type CookieChange, StoredCookies } from './stored-cookies.ts';

/** What a {@link CookieJar} is made with, all of it optional. */
export interface CookieJarOptions {
  /**
   * Keeps a site from setting cookies for all of `co.uk`. @default the platform's; a page has none, and knows only
   * single labels (`uk`)
   */
  readonly publicSuffixes?: PublicSuffixList;
  /** Has the last word on each cookie that is set or sent. @default lets all */
  readonly policy?: CookiePolicy;
  /** What differs from the defaults of {@link CookieLimits}. */
  readonly limits?: Partial<CookieLimits>;
  /** @default the system's */
  readonly clock?: Pick<Clock, 'now'>;
}

export const COOKIE_JAR_CHECKS: Checks<CookieJarOptions> = {
  publicSuffixes: OBJECT,
  policy: NAMED,
  limits: OBJECT,
  clock: withMethods('now'),
};
const STORAGE_CHECKS: Checks<CookieStorageOptions> = { persistSessionCookies: TRUTH, onFault: FUNCTION };

const NO_CONTEXT: CookieContext = {};
const MAX_REQUESTS = 1024;
/** Characters of a URL that is remembered: half a megabyte of them at most. A longer one rarely comes again. */
const LONGEST_REMEMBERED = 512;

/**
 * A cookie jar (Qt: `QNetworkCookieJar`) by RFC 6265bis (draft 20), with `Partitioned` (CHIPS). In memory and
 * synchronous; {@link CookieJar.open} puts a store behind it. Subclass it, or give it a {@link CookiePolicy}, for rules
 * of your own.
 *
 * Cookies that a rule refuses are dropped silently, as in a browser; a TypeError is thrown only for what is not a URL.
 */
export class CookieJar implements AbstractCookieJar {
  readonly limits: CookieLimits;
  readonly #publicSuffixes: PublicSuffixList;
  readonly #policy: CookiePolicy;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #cookies: StoredCookies;
  #persistence: CookiePersistence | null = null;
  /** What is being received: it is complete and belongs to no jar yet. */
  #received: StoredCookie | null = null;
  /** URLs that were asked about without a context, resolved: a program comes back to the same ones. */
  readonly #requests = new Map<string, CookieRequest | null>();
  /** Asked about last while there was no cookie. */
  #knownUrl: string | null = null;

  constructor(options: CookieJarOptions = {}) {
    const { limits, publicSuffixes, policy, clock } = checkOptions('CookieJar', options, COOKIE_JAR_CHECKS);
    this.limits = cookieLimits(limits);
    this.#publicSuffixes = publicSuffixes ?? NO_PUBLIC_SUFFIX_LIST;
    this.#policy = ownPolicy(policy);
    this.#clock = clock ?? systemClock;
    const siteOf = (domain: string): string => this.#publicSuffixes.registrableDomain(domain) ?? domain;
    this.#cookies = new StoredCookies(this.limits, siteOf);
  }

  /**
   * A jar with the cookies of a store, which every change is written to from then on, merged cookie by cookie with what
   * others write. What cannot be read is skipped and told to `onFault`. The store stays the caller's to close, after
   * the jar.
   */
  static async open<Jar extends CookieJar>(
    this: new (
      options: CookieJarOptions,
    ) => Jar,
    store: KeyValueStore,
    options: CookieJarOptions & CookieStorageOptions = {},
  ): Promise<Jar> {
    const checked = checkOptions('CookieJar', options, { ...COOKIE_JAR_CHECKS, ...STORAGE_CHECKS });
    const { persistSessionCookies = false, onFault, ...ofJar } = checked;
    const jar = new this(ofJar);
    const persistence = new CookiePersistence(store, jar.#cookies, {
      persistSessionCookies,
      ...(onFault === undefined ? {} : { onFault }),
      limits: jar.limits,
      now: () => jar.#clock.now(),
      isStorable: (cookie) => isStorable(cookie, jar.#publicSuffixes, jar.limits),
    });
    await persistence.load();
    jar.#persistence = persistence;
    return jar;
  }

  /** The cookies to send to a URL, in sending order. Qt's virtual. */
  cookiesForUrl(url: CookieUrl, context: CookieContext = NO_CONTEXT): Cookie[] {
    void this.#persistence?.look();
    // Many programs never get a cookie, and need not pay for a look at every URL.
    if (this.#cookies.isEmpty && context === NO_CONTEXT && this.#isUrl(url)) return [];
    const request = this.#request(url, context);
    if (request === null) return [];
    const now = this.#clock.now();
    const use = this.#cookies.nextUse();
    const cookies: Cookie[] = [];
    for (const cookie of this.#cookies.matching(request)) {
      if (isExpired(cookie, now)) {
        this.#cookies.remove(cookie);
      } else if (maySend(cookie, request) && this.#policy.attach?.(cookie, request) !== false) {
        cookie.lastUse = use;
        this.#persistence?.used(cookie, now);
        cookies.push(cookie);
      }
    }
    return cookies;
  }

  #isUrl(url: CookieUrl): boolean {
    if (url === this.#knownUrl) return true;
    if (!URL.canParse(String(url))) return false;
    this.#knownUrl = String(url);
    return true;
  }

  /** Stores what a response from a URL sets. True when any cookie was added. Qt's virtual. */
  setCookiesFromUrl(
    cookies: readonly CookieInit[],
    url: CookieUrl,
    context: CookieContext = NO_CONTEXT,
  ): boolean {
    const request = this.#request(url, context);
    if (request === null) return false;
    const now = this.#clock.now();
    let added = false;
    for (const init of cookies) {
      const cookie = receiveCookie(init, request, this.#publicSuffixes, now, this.limits);
      this.#received = cookie;
      if (
        cookie !== null &&
        this.validateCookie(cookie, url, context) &&
        this.#policy.accept?.(cookie, request) !== false &&
        this.insertCookie(cookie)
      ) {
        added = true;
      }
    }
    return added;
  }

  /** Stores what one Set-Cookie field says. True when a cookie was added; false too when one was deleted by it. */
  setCookie(line: string, url: CookieUrl, context: CookieContext = NO_CONTEXT): boolean {
    const cookie = parseLine(line, this.#clock.now(), this.limits);
    return cookie !== null && this.setCookiesFromUrl([cookie], url, context);
  }

  /** The value of the Cookie field for a URL; empty when there is nothing to send. */
  cookieHeader(url: CookieUrl, context: CookieContext = NO_CONTEXT): string {
    return serializeCookies(this.cookiesForUrl(url, context), this.limits.headerSize);
  }

  /**
   * Adds a cookie that names its own domain, in the place of the one with the same name, domain, path and partition;
   * an expired one deletes that. False when it was not added: expired, or not fit to be sent.
   *
   * Without `hostOnly` the domain is read as Qt does: `.example.com` means subdomains too.
   */
  insertCookie(cookie: CookieInit): boolean {
    const received = cookie === this.#received ? this.#received : null;
    this.#received = null;
    const now = received?.creationTime ?? this.#clock.now();
    const complete = received ?? completeCookie(cookie, now, this.limits);
    if (complete === null || !isStorable(complete, this.#publicSuffixes, this.limits)) return false;
    if (isExpired(complete, now)) {
      this.deleteCookie(complete);
      return false;
    }
    this.#cookies.put(complete, now);
    return true;
  }

  /** Replaces the cookie with the same identity; false when there is none. */
  updateCookie(cookie: CookieInit): boolean {
    return this.#find(cookie) !== undefined && this.insertCookie(cookie);
  }

  /** Removes the cookie with the same identity; false when there is none. */
  deleteCookie(cookie: CookieInit): boolean {
    const stored = this.#find(cookie);
    if (stored === undefined) return false;
    this.#cookies.remove(stored);
    return true;
  }

  /**
   * May a response from that URL set this cookie? Qt's virtual, asked by `setCookiesFromUrl`. What holds for a cookie
   * from anywhere (its prefix, the public suffixes) is asked by `insertCookie`.
   */
  validateCookie(cookie: Cookie, url: CookieUrl, context: CookieContext = NO_CONTEXT): boolean {
    const request = this.#request(url, context);
    return request !== null && maySet(cookie, request) && !this.#harmsStored(cookie, request);
  }

  /** For logs: which cookies there are, without their values. */
  toJSON(): { readonly cookies: readonly string[] } {
    return { cookies: this.allCookies().map(({ name, domain, path }) => `${name} (${domain}${path})`) };
  }

  /** @internal `console.log` in Node and Bun. */
  [INSPECT](depth: number, options: object, inspect?: Inspect): unknown {
    return inspection(this, depth, options, inspect);
  }

  /** Calls the listener for each cookie that comes, changes or goes, in the store by others, too, until what it returns is called. */
  watch(listener: (change: CookieChange) => void): () => void {
    return this.#cookies.watch(listener);
  }

  /** All cookies that have not expired. */
  allCookies(): Cookie[] {
    this.#cookies.removeExpired(this.#clock.now());
    return [...this.#cookies];
  }

  /** Removes all cookies, in the store too. */
  clear(): void {
    for (const cookie of this.#cookies) this.#cookies.remove(cookie);
  }

  /** Resolves when all changes so far are in the store. */
  async flush(): Promise<void> {
    await this.#persistence?.flush();
  }

  /**
   * Writes all changes so far before it returns, for a program that ends by `process.exit`: `process.on('exit', () =>
   * jar.flushSync())`. Blocks the process, for a few seconds at worst.
   *
   * @throws TypeError when the store cannot do that (IndexedDB); Error when it fails
   */
  flushSync(): void {
    this.#persistence?.flushSync();
  }

  /**
   * Sees to it that what other processes changed in the store is known here. Null when there is nothing to wait for; else
   * it resolves within a second, and does not reject. Requests of a manager ask it; a program that calls `cookiesForUrl`
   * by itself sees changes about a second later anyway.
   */
  refresh(): Promise<void> | null {
    return this.#persistence?.look() ?? null;
  }

  /** Flushes and stops using the store, which stays open. The jar goes on in memory. */
  async close(): Promise<void> {
    const persistence = this.#persistence;
    this.#persistence = null;
    await persistence?.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #request(url: CookieUrl, context: CookieContext): CookieRequest | null {
    if (typeof url !== 'string' || context !== NO_CONTEXT)
      return cookieRequest(url, checkedContext(context), this.#publicSuffixes);
    let request = this.#requests.get(url);
    if (request === undefined) {
      request = cookieRequest(url, context, this.#publicSuffixes);
      if (url.length > LONGEST_REMEMBERED) return request;
      if (this.#requests.size >= MAX_REQUESTS) this.#requests.clear();
      this.#requests.set(url, request);
    }
    return request;
  }

  #find(cookie: CookieInit) {
    const complete = completeCookie(cookie, this.#clock.now(), this.limits);
    return complete === null ? undefined : this.#cookies.find(complete);
  }

  /** RFC 6265bis §5.7 steps 16 and 23.2: what a cookie may not do to those that are there. */
  #harmsStored(cookie: Cookie, request: CookieRequest): boolean {
    if (request.fromScript && this.#cookies.find(cookie)?.httpOnly) return true;
    if (request.secure || cookie.secure) return false;
    for (const existing of this.#cookies.namesakes(cookie)) if (overlaysSecure(cookie, existing)) return true;
    return false;
  }
}
