import { type Check, type Checks, checkOptions, TEXT, TRUTH } from '../checks/checker.ts';
import { brandOf } from '../util/brand.ts';
import type { CookieInit } from './cookie.ts';
import type { CookieLimits } from './limits.ts';

/**
 * On whose behalf cookies of a URL are sent or set. Without a context it is the URL's own site, over HTTP, as for any
 * request that no page makes.
 */
export interface CookieContext {
  /**
   * URL of the page that the request is made for (RFC 6265bis §5.2, "site for cookies"). When it belongs to another
   * site, strict and lax cookies are neither sent nor set.
   * @default the URL's own site
   */
  readonly site?: string | URL | undefined;
  /** URL of the top-level page, the partition of `Partitioned` cookies (CHIPS). @default `site` */
  readonly topLevelSite?: string | URL | undefined;
  /** `script`: what `document.cookie` may see and do, which is nothing with HttpOnly. @default 'http' */
  readonly api?: 'http' | 'script' | undefined;
  /** The request navigates a top-level page: lax cookies go along with a safe method. @default false */
  readonly navigation?: boolean | undefined;
  /** Matters to lax cookies only. @default 'GET' */
  readonly method?: string | undefined;
}

const SITE: Check = {
  expected: 'a URL',
  accepts: (value) => typeof value === 'string' || brandOf(value) === 'URL',
};
const CHECKS: Checks<CookieContext> = {
  site: SITE,
  topLevelSite: SITE,
  api: { expected: 'http or script', accepts: (value) => value === 'http' || value === 'script' },
  navigation: TRUTH,
  method: TEXT,
};

/** @throws TypeError for what is no context: a misspelt one would send cookies that were to stay at home */
export function checkedContext(context: CookieContext): CookieContext {
  return checkOptions('CookieJar', context, CHECKS, 'context.');
}

/**
 * What a manager asks of a jar: the two virtuals of QNetworkCookieJar. `CookieJar` answers at once; a jar of your
 * own may answer with promises, which requests then wait for.
 */
export interface AbstractCookieJar {
  /** @default those of RFC 6265bis */
  readonly limits?: CookieLimits;
  /** Resolves when what others have changed is known; a request waits for that. Null when there is nothing to wait for. */
  refresh?(): Promise<void> | null;
  /** What to send to a URL, in that order. */
  cookiesForUrl(
    url: string,
    context?: CookieContext,
  ): Awaitable<readonly Pick<CookieInit, 'name' | 'value'>[]>;
  /** Takes what a response from a URL sets. */
  setCookiesFromUrl(cookies: readonly CookieInit[], url: string, context?: CookieContext): Awaitable<unknown>;
  /** Resolves when everything is stored; the manager waits for it in `close()`. */
  flush?(): Promise<void>;
}

type Awaitable<T> = T | Promise<T>;
