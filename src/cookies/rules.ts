import { isIpAddress } from '../util/host.ts';
import type { Cookie } from './cookie.ts';
import type { CookieRequest } from './cookie-request.ts';
import type { CookieLimits } from './limits.ts';
import { isPublicSuffix, type PublicSuffixList } from './public-suffix.ts';
import { hasSendableText, isText } from './serialize.ts';

/**
 * What holds for every cookie in a jar, wherever it came from (RFC 6265bis §5.7 steps 2 to 4, 9, 19 to 22, and CHIPS):
 * it can be sent as it is, spans no public suffix and keeps what its name promises.
 */
export function isStorable(cookie: Cookie, publicSuffixes: PublicSuffixList, limits: CookieLimits): boolean {
  return (
    hasSendableText(cookie) &&
    cookie.path.startsWith('/') &&
    isText(cookie.path) &&
    cookie.name.length + cookie.value.length <= limits.cookieSize &&
    (cookie.hostOnly || !isPublicSuffix(cookie.domain, publicSuffixes)) &&
    (cookie.secure || (cookie.sameSite !== 'none' && cookie.partitionKey === null)) &&
    keepsPromiseOfName(cookie)
  );
}

/** RFC 6265bis §5.7 steps 10, 13, 15 and 18: may this request set that cookie? */
export function maySet(cookie: Cookie, request: CookieRequest): boolean {
  return (
    (cookie.hostOnly ? request.host === cookie.domain : domainMatches(request.host, cookie.domain)) &&
    (request.secure || !cookie.secure) &&
    !(request.fromScript && cookie.httpOnly) &&
    (cookie.sameSite === 'none' || request.sameSite || (request.navigation && !request.fromScript))
  );
}

/** RFC 6265bis §5.8.3 step 1, for a cookie that has not expired and whose domain, path and partition match. */
export function maySend(cookie: Cookie, request: CookieRequest): boolean {
  return (
    (request.secure || !cookie.secure) &&
    !(request.fromScript && cookie.httpOnly) &&
    (cookie.sameSite === 'none' || request.sameSite || isLaxException(cookie, request))
  );
}

/**
 * RFC 6265bis §5.7 step 16, "leave secure cookies alone": a cookie set without TLS must not stand before, or hide,
 * `existing`, one of the same name with a related domain that is Secure.
 */
export function overlaysSecure(cookie: Cookie, existing: Cookie): boolean {
  return existing.secure && pathMatches(cookie.path, existing.path);
}

function isLaxException(cookie: Cookie, request: CookieRequest): boolean {
  return cookie.sameSite !== 'strict' && request.navigation && request.safeMethod && !request.fromScript;
}

/**
 * RFC 6265bis §5.4 and the `__Http-` prefixes after it. In any case, and also where a nameless cookie's value looks like
 * a name, because servers cannot tell the difference.
 */
function keepsPromiseOfName(cookie: Cookie): boolean {
  const { name, value, secure, httpOnly } = cookie;
  if (name === '') return !PREFIX.test(value);
  const prefix = name.startsWith('__') ? PREFIX.exec(name)?.[0].toLowerCase() : undefined;
  if (prefix === undefined) return true;
  if (!secure) return false;
  if (prefix.includes('http') && !httpOnly) return false;
  return !prefix.startsWith('__host-') || (cookie.hostOnly && cookie.path === '/');
}

const PREFIX = /^__(?:secure|host-http|host|http)-/i;

/** RFC 6265bis §5.1.3, on canonical hosts. */
export function domainMatches(host: string, domain: string): boolean {
  if (host === domain) return true;
  const dot = host.length - domain.length - 1;
  return dot > 0 && host.charCodeAt(dot) === 0x2e && host.endsWith(domain) && !isIpAddress(host);
}

/** RFC 6265bis §5.1.4. */
export function pathMatches(requestPath: string, cookiePath: string): boolean {
  if (cookiePath === '/') return true;
  if (!requestPath.startsWith(cookiePath)) return false;
  return (
    requestPath.length === cookiePath.length ||
    cookiePath.charCodeAt(cookiePath.length - 1) === SLASH ||
    requestPath.charCodeAt(cookiePath.length) === SLASH
  );
}

/** RFC 6265bis §5.1.4: the directory of the path of a request. */
export function defaultPath(requestPath: string): string {
  const lastSlash = requestPath.lastIndexOf('/');
  return lastSlash <= 0 ? '/' : requestPath.slice(0, lastSlash);
}

const SLASH = 0x2f;
