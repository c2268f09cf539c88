import type { Capability, TransportCapabilities } from '../call/capabilities.ts';
import type { CookieJarLike } from '../call/parts.ts';
import type { HttpRequest } from '../call/request.ts';
import { tellsUpload } from '../call/upload.ts';
import { FORBIDDEN_BY_FETCH, fitsPattern } from '../message/forbidden-fields.ts';
import type { HttpHeaders } from '../message/headers.ts';
import type { AddressFilter } from '../options/address-filter.ts';
import { applicationProxy } from '../options/application-proxy.ts';
import type { RequestOptions } from '../options/options.ts';
import type { ProxyFactory } from '../options/proxy.ts';
import type { ParsedUrl } from '../util/url.ts';

/** What a request asks for and a transport cannot give. */
export interface MissingCapability {
  readonly capability: Capability;
  /** What was asked, for the error: `redirectPolicy 'manual'`. */
  readonly what: string;
}

/** What the manager says. */
export interface RequirementSurroundings {
  /** The options where the application sets none. */
  readonly defaults: Pick<RequestOptions, 'decompressedSafetyCheckThreshold'>;
  /** The jar that the application has set. */
  readonly cookieJar: CookieJarLike | null;
  readonly addressFilter: AddressFilter | null;
  readonly proxyFactory: ProxyFactory | null;
}

/** Redirects that a platform which hides them follows by itself (Fetch, HTTP-redirect fetch, step 5). */
const PLATFORM_REDIRECTS = 20;

/**
 * The first thing that a request explicitly asks for and the transport does not have, or null. Options are judged by
 * their value: one that has its default, or a value that the platform enforces by itself, passes everywhere.
 *
 * @param rules those of {@link rulesFor}, for who asks often
 */
export function missingCapability(
  request: HttpRequest,
  capabilities: TransportCapabilities,
  surroundings: RequirementSurroundings,
  rules: Rules = rulesFor(capabilities),
): MissingCapability | null {
  const { options } = request;
  for (const [capability, ask] of rules) {
    const what = ask(options, capabilities, request, surroundings);
    if (what !== null) return { capability, what };
  }
  return null;
}

/** A page goes through what the browser or its system is told to use; a transport over agents, through an agent. */
const CHOSEN_THERE = '(set it in the browser or system, or as an agent of the transport)';

type Rule = (
  options: RequestOptions,
  capabilities: TransportCapabilities,
  request: HttpRequest,
  surroundings: RequirementSurroundings,
) => string | null;

/** Each is asked where the capability that it names is not there, or that of {@link SPARED}, and nowhere else. */
type Rules = readonly (readonly [Capability, Rule])[];

/** Where cookies are ours, so is what goes with them. */
const SPARED: ReadonlyMap<Capability, Capability> = new Map([['credentialsMode', 'cookies']]);

/** The rules that such a transport can break. */
export function rulesFor(capabilities: TransportCapabilities): Rules {
  return RULES.filter(([name]) => {
    const value = capabilities[SPARED.get(name) ?? name];
    return value !== true && value !== 'always' && !(Array.isArray(value) && value.length === 0);
  });
}

const RULES: Rules = [
  [
    'redirects',
    (options, { redirectMode, pageOrigin }, { url }) => {
      const { redirectPolicy } = options;
      // What a fetch gives for a redirect that it is told not to follow shows that it is one, and nothing else.
      if (options.fetch?.redirect === 'manual' && redirectMode) return null;
      if (redirectPolicy === 'no-less-safe' || staysAtHome(options, url, pageOrigin)) return null;
      return `redirectPolicy '${redirectPolicy}'`;
    },
  ],
  [
    'redirects',
    ({ maximumRedirectsAllowed }, { redirectMode }) => {
      const isForbidden = maximumRedirectsAllowed === 0 && redirectMode;
      if (isForbidden || maximumRedirectsAllowed >= PLATFORM_REDIRECTS) return null;
      return `maximumRedirectsAllowed below ${PLATFORM_REDIRECTS}`;
    },
  ],
  [
    'redirects',
    (options, { pageOrigin }, { headers, url }) => {
      if (staysAtHome(options, url, pageOrigin)) return null;
      const secret = options.secretHeaders.find((name) => headers.has(name));
      return secret === undefined ? null : `the field ${secret} among secretHeaders`;
    },
  ],
  [
    'cookies',
    ({ cookieLoadControl, cookieSaveControl, siteForCookies }, _, __, { cookieJar }) => {
      if (cookieLoadControl !== cookieSaveControl)
        return 'cookieLoadControl and cookieSaveControl of different values';
      if (cookieJar !== null) return 'cookieJar';
      return siteForCookies === null ? null : 'siteForCookies';
    },
  ],
  [
    'credentialsMode',
    ({ useCredentials, authenticationReuse, cookieLoadControl }, { credentialsMode }) => {
      if (useCredentials && !credentialsMode) return 'useCredentials';
      // Such a platform holds back cookies and credentials together or neither.
      const held = credentialsMode && cookieLoadControl === 'manual';
      return authenticationReuse === 'manual' && !held ? "authenticationReuse 'manual'" : null;
    },
  ],
  ['fetchWords', ({ fetch }) => (fetch?.integrity ? "fetch's integrity" : null)],
  ['addresses', (_, __, ___, { addressFilter }) => (addressFilter === null ? null : 'addressFilter')],
  [
    'proxy',
    ({ proxy }, _, { own }, { proxyFactory }) => {
      if (proxyFactory !== null && own.proxy === undefined) return `proxyFactory ${CHOSEN_THERE}`;
      const asked = proxy === 'default' ? applicationProxy.current : proxy;
      return asked === 'none' ? null : `proxy ${CHOSEN_THERE}`;
    },
  ],
  ['connectionTimings', ({ timeouts }) => (timeouts.connect ? "the timeout 'connect'" : null)],
  ['uploadProgress', (_, __, request) => (tellsUpload(request) ? 'uploadProgress' : null)],
  ['tls', (options) => (['tls', 'certificatePins'] as const).find((name) => options[name]) ?? null],
  ['http2', ({ http2Direct }) => (http2Direct ? 'http2Direct' : null)],
  [
    'requestStreams',
    ({ duplex }, { requestStreams }) =>
      duplex === 'half' && requestStreams === 'never' ? "duplex 'half'" : null,
  ],
  [
    'encodedBodies',
    ({ decompressedSafetyCheckThreshold: threshold }, _, __, { defaults }) =>
      // −1 asks for no check, which is what there is.
      threshold === defaults.decompressedSafetyCheckThreshold || threshold === -1
        ? null
        : 'decompressedSafetyCheckThreshold',
  ],
  [
    'forbiddenFields',
    (_, { forbiddenFields }, { headers }) => {
      const name = forbiddenField(headers, forbiddenFields);
      return name === null ? null : `the request field ${name}`;
    },
  ],
];

/** Fetch's mode `same-origin`: it fails for what leaves the page's origin, and says nothing about others. */
function staysAtHome({ redirectPolicy }: RequestOptions, url: ParsedUrl, pageOrigin: string | null): boolean {
  return redirectPolicy === 'same-origin' && url.origin === pageOrigin;
}

/** The first of the fields that the platform would drop, or null. */
function forbiddenField(
  headers: HttpHeaders,
  forbidden: TransportCapabilities['forbiddenFields'],
): string | null {
  const patterns = forbidden === 'fetch' ? FORBIDDEN_BY_FETCH : forbidden;
  for (const [name] of headers) if (patterns.some((pattern) => fitsPattern(name, pattern))) return name;
  return null;
}
