import type { CookieContext } from './context.ts';
import type { CookieInit } from './cookie.ts';
import type { CookieLimits } from './limits.ts';

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
