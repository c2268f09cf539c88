/**
 * Whether a cookie is sent with requests that other sites make. `default`: the attribute was missing or unknown; it
 * counts as lax.
 */
export type SameSite = 'strict' | 'lax' | 'none' | 'default';

/**
 * A stored cookie (RFC 6265bis §5.7). It never changes: a jar hands out the cookies that it holds, and replaces them.
 */
export interface Cookie {
  /** May be empty: `Set-Cookie: value` has no name. Each character stands for a byte, as in the value. */
  readonly name: string;
  /** What a server gets back. Each character stands for a byte. */
  readonly value: string;
  /** Canonical host, without a leading dot. */
  readonly domain: string;
  /** True: only for that very host. False: for its subdomains too (there was a Domain attribute). */
  readonly hostOnly: boolean;
  /** Starts with a slash. */
  readonly path: string;
  /** Epoch milliseconds, or null for a cookie that lives as long as the session. */
  readonly expires: number | null;
  /** Sent over TLS (and to this machine) alone. */
  readonly secure: boolean;
  /** Hidden from scripts of a page. */
  readonly httpOnly: boolean;
  /** Whether requests that other sites make carry it. */
  readonly sameSite: SameSite;
  /** The top-level site (`https://example.com`) that a `Partitioned` cookie belongs to, otherwise null. */
  readonly partitionKey: string | null;
  /** Epoch milliseconds. A cookie that is replaced keeps the time of the first. */
  readonly creationTime: number;
}

/** What makes two cookies the same one: RFC 6265bis §5.7 step 23, and the partition. */
export type CookieIdentity = Pick<Cookie, 'name' | 'domain' | 'hostOnly' | 'path' | 'partitionKey'>;

/**
 * A cookie as it is given to a jar: what a Set-Cookie field says ({@link parseSetCookie}), or what a program makes up.
 * A {@link Cookie} is one too.
 */
export interface CookieInit {
  /** Each character stands for a byte; may be empty. */
  readonly name: string;
  /** What a server gets back. Each character stands for a byte. */
  readonly value: string;
  /** @default host-only, for the host that sets it */
  readonly domain?: string | undefined;
  /** @default false when a domain is given that is not the host's own public suffix */
  readonly hostOnly?: boolean | undefined;
  /** @default the directory of the URL that sets it (RFC 6265bis §5.1.4) */
  readonly path?: string | undefined;
  /** Epoch milliseconds of its end; null for the end of the session. @default null */
  readonly expires?: number | null | undefined;
  /** Sent over TLS (and to this machine) alone. @default false */
  readonly secure?: boolean | undefined;
  /** Hidden from scripts of a page. @default false */
  readonly httpOnly?: boolean | undefined;
  /** Whether requests that other sites make carry it. @default 'default' */
  readonly sameSite?: SameSite | undefined;
  /** Belongs to the top-level site it is set under (CHIPS). @default false */
  readonly partitioned?: boolean | undefined;
  /** The partition of a cookie that is inserted by hand. @default null */
  readonly partitionKey?: string | null | undefined;
  /** Epoch milliseconds of its beginning; older ones are sent first. @default now */
  readonly creationTime?: number | undefined;
}

/** RFC 6265bis §5.5: a cookie whose time has come counts as gone. */
export function isExpired(cookie: Cookie, now: number): boolean {
  return cookie.expires !== null && cookie.expires <= now;
}

/** The domain in Qt's writing: with a leading dot when subdomains are meant. */
export function dottedDomain(cookie: CookieIdentity): string {
  return cookie.hostOnly ? cookie.domain : `.${cookie.domain}`;
}
