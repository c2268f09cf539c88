/**
 * Who asks for the cookies of a URL, or sets them. Without one it is the URL's own site over HTTP: all that a script's
 * request is.
 */
export interface CookieContext {
  /**
   * URL of what the request is made for: RFC 6265bis §5.2 "site for cookies". Of another site, strict and lax cookies
   * stay at home, in both directions.
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
