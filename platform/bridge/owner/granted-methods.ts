import type { AbstractCookieJar, CookieContext } from '../../../src/cookies/abstract-cookie-jar.ts';
import type { Cookie, CookieInit } from '../../../src/cookies/cookie.ts';
import type { CookieJar } from '../../../src/cookies/jar.ts';
import { isSecureScheme } from '../../../src/cookies/public-suffix.ts';
import type { CookieChange } from '../../../src/cookies/stored-cookies.ts';
import { NetworkError } from '../../../src/error.ts';
import type { Manager } from '../../../src/manager.ts';
import { isLoopback } from '../../../src/util/host.ts';
import { type ParsedUrl, parseUrl } from '../../../src/util/url.ts';
import type { GivenTo, Grant, ResultOf } from '../policy/grants.ts';
import { judgeTarget } from '../policy/judge-request.ts';
import type { ResolvedPolicy } from '../policy/policy.ts';

/** For whom a method is called. */
export interface Caller {
  readonly manager: Manager;
  readonly policy: ResolvedPolicy;
}

/** What a method does. What it gives is a copy of plain data. */
type Run<Name extends Grant> = (
  caller: Caller,
  ...given: GivenTo<Name>
) => ResultOf<Name> | Promise<ResultOf<Name>>;

/** All methods that a policy may grant. `cookies.changed` is begun by {@link watchCookies}. */
export const GRANTED: { readonly [Name in Exclude<Grant, 'cookies.changed'>]: Run<Name> } = {
  'cookies.get': async ({ manager, policy }, url) => {
    const jar = jarOf(manager);
    await jar.refresh?.();
    const cookies = await jar.cookiesForUrl(url, contextOf(policy));
    return cookies.filter((cookie) => isOfScripts(cookie, policy)).map(shownCookie);
  },
  'cookies.all': async ({ manager, policy }) => {
    const jar = wholeJarOf(manager);
    await jar.refresh();
    return jar
      .allCookies()
      .filter((cookie) => isShown(cookie, policy))
      .map(shownCookie);
  },
  'cookies.set': async ({ manager, policy }, cookie, url) =>
    isOfScripts(cookie, policy) &&
    (await jarOf(manager).setCookiesFromUrl([cookie], url, contextOf(policy))) === true,
  'cookies.clear': ({ manager, policy }) => {
    const jar = wholeJarOf(manager);
    for (const cookie of jar.allCookies()) if (isShown(cookie, policy)) jar.deleteCookie(cookie);
    return null;
  },
  'cache.size': async ({ manager }) => (await manager.cache?.size()) ?? 0,
  'cache.clear': async ({ manager }) => {
    await manager.cache?.clear();
    return null;
  },
  clearAccessCache: ({ manager }) => {
    manager.clearAccessCache();
    return null;
  },
  clearConnectionCache: ({ manager }) => {
    manager.clearConnectionCache();
    return null;
  },
  strictTransportSecurityHosts: ({ manager }) => manager.strictTransportSecurityHosts(),
  addStrictTransportSecurityHosts: ({ manager }, policies) => {
    manager.addStrictTransportSecurityHosts(policies);
    return null;
  },
  explainProxy: ({ manager }, url) => manager.explainProxy(url),
};

/** Tells of each cookie that comes or goes and that the client may be shown, until what is returned is called. */
export function watchCookies({ manager, policy }: Caller, told: (change: CookieChange) => void): () => void {
  return wholeJarOf(manager).watch(({ cookie, isRemoved }) => {
    if (isShown(cookie, policy)) told({ cookie: shownCookie(cookie), isRemoved });
  });
}

/** Said to every jar as a context, which one of the application's own may pass over. */
function isOfScripts(
  { httpOnly }: Pick<CookieInit, 'name' | 'httpOnly'>,
  { showSetCookie }: ResolvedPolicy,
): boolean {
  return showSetCookie || httpOnly !== true;
}

/**
 * What a page would be shown of a jar: no HttpOnly cookie, unless the policy shows Set-Cookie as well, and none that goes to no
 * URL that the policy lets be asked.
 */
function isShown(cookie: Cookie, policy: ResolvedPolicy): boolean {
  return (
    isOfScripts(cookie, policy) &&
    urlsOf(cookie, policy).some((url) => goesTo(url, cookie) && judgeTarget(url, 'GET', policy) === null)
  );
}

/** Where it might go to: the origins that are listed, else its own host, and those that are listed as private. */
function urlsOf({ domain }: Cookie, { origins, hosts }: ResolvedPolicy): ParsedUrl[] {
  const all = origins?.keys() ?? [domain, ...hosts].flatMap((host) => [`https://${host}`, `http://${host}`]);
  return [...all].filter((origin) => URL.canParse(origin)).map((origin) => parseUrl(origin));
}

/** Whatever the path. */
function goesTo({ hostname, scheme }: ParsedUrl, { domain, hostOnly, secure }: Cookie): boolean {
  const isHost = hostname === domain || (!hostOnly && hostname.endsWith(`.${domain}`));
  return isHost && (!secure || isSecureScheme(scheme) || isLoopback(hostname));
}

function contextOf({ siteForCookies, showSetCookie }: ResolvedPolicy): CookieContext {
  const api = showSetCookie ? 'http' : 'script';
  return siteForCookies === null ? { api } : { api, site: siteForCookies };
}

function jarOf({ cookieJar }: Manager): AbstractCookieJar {
  if (cookieJar !== null) return cookieJar;
  throw noSuch('the manager has no cookie jar');
}

/** A jar that tells of all its cookies, which the contract of one's own jars does not ask for. */
function wholeJarOf(manager: Manager): CookieJar {
  const jar = jarOf(manager) as Partial<CookieJar>;
  if (jar.allCookies !== undefined && jar.deleteCookie !== undefined && jar.watch !== undefined)
    return jar as CookieJar;
  throw noSuch(
    'the cookie jar of the manager does not tell of all its cookies: only get and set can be used',
  );
}

function noSuch(words: string): NetworkError {
  return new NetworkError('protocol-invalid-operation', words, { capability: 'cookies' });
}

/** What a cookie is, as plain data: what a jar of one's own adds to it stays here. */
function shownCookie(cookie: Pick<CookieInit, 'name' | 'value'> & Partial<Cookie>): Cookie {
  const { name, value, domain = '', hostOnly = true, path = '/', expires = null } = cookie;
  const { secure = false, httpOnly = false, sameSite = 'default' } = cookie;
  const { partitionKey = null, creationTime = 0 } = cookie;
  const where = { domain, hostOnly, path, partitionKey };
  return { name, value, ...where, expires, secure, httpOnly, sameSite, creationTime };
}
