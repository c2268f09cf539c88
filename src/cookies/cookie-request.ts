import { isSafe } from '../message/methods.ts';
import { brandOf } from '../util/brand.ts';
import { canonicalHost, isLoopback, MAX_HOST_LENGTH } from '../util/host.ts';
import { type ParsedUrl, parseUrl } from '../util/url.ts';
import type { CookieContext } from './abstract-cookie-jar.ts';
import type { Cookie } from './cookie.ts';
import { isSecureScheme, type PublicSuffixList, siteOf } from './public-suffix.ts';

/** What a jar's methods take for a URL. Text that is not an absolute URL is a TypeError. */
export type CookieUrl = string | URL | ParsedUrl;

/** A URL and its context as the rules of cookies see them: what a {@link CookiePolicy} decides on. */
export class CookieRequest {
  readonly host: string;
  readonly path: string;
  /** The cookies travel over TLS, or do not leave this machine (RFC 6265bis: a "trustworthy" connection). */
  readonly secure: boolean;
  /** A script asks (`document.cookie`), not a request. */
  readonly fromScript: boolean;
  readonly #scheme: string;
  readonly #context: CookieContext;
  readonly #publicSuffixes: PublicSuffixList;
  #sameSite: boolean | undefined;
  #partitionKey: string | undefined;

  constructor(url: ParsedUrl, host: string, context: CookieContext, publicSuffixes: PublicSuffixList) {
    const query = url.target.indexOf('?');
    this.host = host;
    this.path = query < 0 ? url.target : url.target.slice(0, query);
    this.secure = isSecureScheme(url.scheme) || isLoopback(host);
    this.fromScript = context.api === 'script';
    this.#scheme = url.scheme;
    this.#context = context;
    this.#publicSuffixes = publicSuffixes;
  }

  /** RFC 6265bis §5.2: the request is made for its own site. */
  get sameSite(): boolean {
    const { site } = this.#context;
    this.#sameSite ??= site === undefined || this.#siteOf(site) === this.#ownSite();
    return this.#sameSite;
  }

  get navigation(): boolean {
    return this.#context.navigation === true;
  }

  /** A method of RFC 9110 §9.2.1. */
  get safeMethod(): boolean {
    return isSafe(this.#context.method ?? 'GET');
  }

  /** The top-level site. */
  get partitionKey(): string {
    const topLevel = this.#context.topLevelSite ?? this.#context.site;
    this.#partitionKey ??= topLevel === undefined ? this.#ownSite() : this.#siteOf(topLevel);
    return this.#partitionKey;
  }

  #ownSite(): string {
    return siteOf(this.#scheme, this.host, this.#publicSuffixes);
  }

  #siteOf(site: string | URL): string {
    const url = parseUrl(site);
    return siteOf(url.scheme, canonicalHost(url.hostname) ?? url.hostname, this.#publicSuffixes);
  }
}

const SCHEMES = new Set(['http', 'https', 'ws', 'wss']);

/** Null for URLs that have no cookies: another scheme, or a host that no cookie can name (`example.com..`). */
export function cookieRequest(
  url: CookieUrl,
  context: CookieContext,
  publicSuffixes: PublicSuffixList,
): CookieRequest | null {
  const isParsed = typeof url !== 'string' && brandOf(url) !== 'URL';
  const parsed = isParsed ? (url as ParsedUrl) : parseUrl(url as string | URL);
  if (!SCHEMES.has(parsed.scheme)) return null;
  // A URL's host is canonical but for the root's dot.
  const host = parsed.hostname.endsWith('.') ? canonicalHost(parsed.hostname) : parsed.hostname;
  if (host === null || host.length > MAX_HOST_LENGTH) return null;
  return new CookieRequest(parsed, host, context, publicSuffixes);
}

/**
 * A program's own rules, asked after those of the web: they can refuse, never allow.
 *
 * @example No third-party cookies: `{ accept: (_, request) => request.sameSite, attach: (_, request) => request.sameSite }`
 */
export interface CookiePolicy {
  /** May this cookie be stored? @default yes */
  accept?(cookie: Cookie, request: CookieRequest): boolean;
  /** May this cookie be sent? @default yes */
  attach?(cookie: Cookie, request: CookieRequest): boolean;
}
