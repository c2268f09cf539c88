import { type Checks, checkNames, checkOptions, FUNCTION } from '../checks/checker.ts';
import { canonicalHost, isIpAddress } from '../util/host.ts';
import type { CookieInit } from './cookie.ts';
import type { CookiePolicy, CookieRequest } from './cookie-request.ts';
import type { CookieLimits } from './limits.ts';
import { isPublicSuffix, type PublicSuffixList } from './public-suffix.ts';
import { defaultPath } from './rules.ts';
import { StoredCookie } from './stored-cookie.ts';

/**
 * The cookie that a request receives (RFC 6265bis §5.7 steps 5 to 12; Qt: `QNetworkCookie::normalize`): what the setter
 * left out is taken from the URL. Null when its domain names no host, or when a `__Host-` cookie lacks its Path.
 */
export function receiveCookie(
  init: CookieInit,
  request: CookieRequest,
  publicSuffixes: PublicSuffixList,
  now: number,
  limits: CookieLimits,
): StoredCookie | null {
  checkCookie(init);
  let domain: string | null = request.host;
  let hostOnly = true;
  const named = withoutLeadingDot(init.domain ?? '');
  if (named !== '') {
    domain = canonicalDomain(named);
    if (domain === null) return null;
    // Step 9: a host that is itself a public suffix may still have cookies of its own.
    hostOnly = init.hostOnly ?? (domain === request.host && isPublicSuffix(domain, publicSuffixes));
  }
  if (init.path === undefined && HOST_PREFIX.test(init.name)) return null;
  const path = init.path ?? defaultPath(request.path);
  const partitionKey = init.partitioned === true ? request.partitionKey : null;
  return new StoredCookie(init, { domain, hostOnly, path, partitionKey, creationTime: now }, now, limits);
}

/**
 * A cookie that names its own domain, or null when that names no host. Qt's meaning of the domain: with a leading dot,
 * for subdomains too.
 */
export function completeCookie(init: CookieInit, now: number, limits: CookieLimits): StoredCookie | null {
  checkCookie(init);
  const domain = canonicalDomain(withoutLeadingDot(init.domain ?? ''));
  if (domain === null) return null;
  const hostOnly = (init.hostOnly ?? !init.domain?.startsWith('.')) || isIpAddress(domain);
  const { path = '/', partitionKey = null, creationTime = now } = init;
  return new StoredCookie(init, { domain, hostOnly, path, partitionKey, creationTime }, now, limits);
}

/** A row for each name, so that none can be forgotten. */
const NAMES: ReadonlySet<string> = new Set(
  Object.keys({
    name: 1,
    value: 1,
    domain: 1,
    hostOnly: 1,
    path: 1,
    expires: 1,
    secure: 1,
    httpOnly: 1,
    sameSite: 1,
    partitioned: 1,
    partitionKey: 1,
    creationTime: 1,
  } satisfies Record<keyof CookieInit, 1>),
);

/** A `httponly: true` that is passed over would be a cookie that scripts can read. */
function checkCookie(init: CookieInit): void {
  if (!(init instanceof StoredCookie)) checkNames('CookieJar', init, NAMES, 'cookie.');
}

const POLICY_CHECKS: Checks<CookiePolicy> = { accept: FUNCTION, attach: FUNCTION };

/** Own methods alone, of which none is misspelt. One of a class has what it likes beside them. */
export function ownPolicy(policy: CookiePolicy | undefined): CookiePolicy {
  const isPlain = policy === undefined || Object.getPrototypeOf(policy) === Object.prototype;
  return isPlain ? checkOptions('CookieJar', policy, POLICY_CHECKS, 'policy.') : policy;
}

const HOST_PREFIX = /^__host-/i;

/** RFC 6265bis §5.6.3: one dot, not more. */
function withoutLeadingDot(domain: string): string {
  return domain.startsWith('.') ? domain.slice(1) : domain;
}

/** RFC 6265bis §5.1.2. A trailing dot stays an error: no host that we ask for has one. */
function canonicalDomain(domain: string): string | null {
  return domain.endsWith('.') ? null : canonicalHost(domain);
}
