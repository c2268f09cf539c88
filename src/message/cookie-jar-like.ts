/**
 * What the manager asks of a cookie jar: the two virtuals of QNetworkCookieJar, sync or async. The concrete shapes of
 * cookies and contexts are the jar's.
 */
export interface CookieJarLike {
  cookiesForUrl(url: string, context?: never): unknown;
  setCookiesFromUrl(cookies: never, url: string, context?: never): unknown;
  /** Resolves when everything is stored; the manager waits for it in `close()`. */
  flush?(): Promise<void>;
}
