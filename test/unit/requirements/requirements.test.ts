import { describe, expect, test } from 'vitest';
import type { Capability, TransportCapabilities } from '../../../src/call/capabilities.ts';
import type { RequestOptions } from '../../../src/options/options.ts';
import { missingCapability } from '../../../src/requirements/requirements.ts';
import { DEFAULT_OPTIONS } from '../../../src/resolve-options.ts';
import { makeRequest } from '../../support/fixtures.ts';

const EVERYTHING: TransportCapabilities = {
  name: 'everything',
  redirects: true,
  redirectMode: false,
  pageOrigin: null,
  cookies: true,
  setCookieLines: true,
  forbiddenFields: [],
  encodedBodies: true,
  requestStreams: 'always',
  uploadProgress: true,
  informational: true,
  trailers: true,
  errorDetail: true,
  tls: true,
  proxy: true,
  strictTransportSecurity: true,
  preconnect: 'connection',
  http2: true,
  connectionTimings: true,
  localSockets: true,
  platformCache: false,
  credentialsMode: false,
};

/** What a page has. */
const PAGE: TransportCapabilities = {
  ...EVERYTHING,
  redirects: false,
  redirectMode: true,
  // That of a request which is made without a URL.
  pageOrigin: 'http://origin.test',
  cookies: false,
  forbiddenFields: ['cookie', 'sec-*'],
  encodedBodies: false,
  requestStreams: 'never',
  tls: false,
  http2: false,
  credentialsMode: true,
};

type Options = Partial<RequestOptions>;
type Fields = Record<string, string>;
const JAR = { cookiesForUrl: () => [], setCookiesFromUrl: () => false };

const UNSET = { defaults: DEFAULT_OPTIONS, cookieJar: null, addressFilter: null, proxyFactory: null };

const REFUSED: readonly (readonly [string, Options, Fields, Capability])[] = [
  ['redirectPolicy manual', { redirectPolicy: 'manual' }, {}, 'redirects'],
  ['redirectPolicy user-verified', { redirectPolicy: 'user-verified' }, {}, 'redirects'],
  ['a single redirect', { maximumRedirectsAllowed: 1 }, {}, 'redirects'],
  ['fewer redirects than the platform', { maximumRedirectsAllowed: 19 }, {}, 'redirects'],
  ['a secret field', { secretHeaders: ['x-key'] }, { 'X-Key': 's' }, 'redirects'],
  ['cookies loaded, not saved', { cookieSaveControl: 'manual' }, {}, 'cookies'],
  ['cookies saved, not loaded', { cookieLoadControl: 'manual' }, {}, 'cookies'],
  ['a site for cookies', { siteForCookies: 'https://a.test' }, {}, 'cookies'],
  ['credentials held back, cookies not', { authenticationReuse: 'manual' }, {}, 'credentialsMode'],
  ['tls', { tls: {} }, {}, 'tls'],
  ['HTTP/2 by prior knowledge', { http2Direct: true }, {}, 'http2'],
  ['a streamed upload', { duplex: 'half' }, {}, 'requestStreams'],
  ['a bomb check', { decompressedSafetyCheckThreshold: 1000 }, {}, 'encodedBodies'],
  ['a bomb check of everything', { decompressedSafetyCheckThreshold: 0 }, {}, 'encodedBodies'],
  ['a forbidden field', {}, { Cookie: 'a=b' }, 'forbiddenFields'],
  ['a field of a forbidden prefix', {}, { 'Sec-Fetch-Mode': 'cors' }, 'forbiddenFields'],
];

const PASSED: readonly (readonly [string, Options, Fields])[] = [
  ['every default', {}, {}],
  ['as many redirects as the platform follows', { maximumRedirectsAllowed: 20 }, {}],
  ['same-origin on the page’s own origin', { redirectPolicy: 'same-origin' }, {}],
  ['no redirect at all', { maximumRedirectsAllowed: 0 }, {}],
  [
    'a secret field that stays on the page’s own origin',
    { redirectPolicy: 'same-origin', secretHeaders: ['x-key'] },
    { 'X-Key': 's' },
  ],
  ['a secret field that the request does not have', { secretHeaders: ['x-key'] }, {}],
  ['no cookies at all', { cookieLoadControl: 'manual', cookieSaveControl: 'manual' }, {}],
  [
    'neither cookies nor credentials',
    { cookieLoadControl: 'manual', cookieSaveControl: 'manual', authenticationReuse: 'manual' },
    {},
  ],
  ['credentials for other origins', { useCredentials: true }, {}],
  ['no bomb check', { decompressedSafetyCheckThreshold: -1 }, {}],
  ['fields of one’s own', {}, { 'Content-Type': 'a/b', 'X-Sec-': 'c', 'Cookie-Law': 'd' }],
];

describe('missingCapability', () => {
  test.each(REFUSED)('a page refuses %s, which Node has', (_name, options, headers, capability) => {
    const request = makeRequest({ options, headers });
    expect(missingCapability(request, PAGE, UNSET)?.capability).toBe(capability);
    expect(missingCapability(request, EVERYTHING, UNSET)).toBeNull();
  });

  test.each(PASSED)('both pass %s', (_name, options, headers) => {
    const request = makeRequest({ options, headers });
    expect(missingCapability(request, PAGE, UNSET)).toBeNull();
    expect(missingCapability(request, EVERYTHING, UNSET)).toBeNull();
  });

  test('a page refuses a jar that the application has set, which Node has', () => {
    const set = { ...UNSET, cookieJar: JAR };
    expect(missingCapability(makeRequest(), PAGE, set)).toEqual({ capability: 'cookies', what: 'cookieJar' });
    expect(missingCapability(makeRequest(), EVERYTHING, set)).toBeNull();
  });

  test('a platform without cookies and without a choice of credentials refuses them', () => {
    const request = makeRequest({ options: { useCredentials: true } });
    const bare = { ...PAGE, credentialsMode: false };
    expect(missingCapability(request, bare, UNSET)).toEqual({
      capability: 'credentialsMode',
      what: 'useCredentials',
    });
  });

  test.each(['https://origin.test/', 'http://origin.test:81/', 'http://www.origin.test/'])(
    'a page refuses same-origin for %s, which is not its own',
    (url) => {
      const request = makeRequest({ url, options: { redirectPolicy: 'same-origin' } });
      expect(missingCapability(request, PAGE, UNSET)).toEqual({
        capability: 'redirects',
        what: "redirectPolicy 'same-origin'",
      });
      expect(missingCapability(request, EVERYTHING, UNSET)).toBeNull();
    },
  );

  test.each<[string, Options]>([
    ['same-origin', { redirectPolicy: 'same-origin' }],
    ['no redirect at all', { maximumRedirectsAllowed: 0 }],
  ])('a platform that knows neither page nor modes refuses %s', (_name, options) => {
    const bare = { ...PAGE, redirectMode: false, pageOrigin: null };
    expect(missingCapability(makeRequest({ options }), bare, UNSET)?.capability).toBe('redirects');
  });

  test('says what was asked, never the value of a field', () => {
    const what = (options: Options, headers: Fields = {}): string | undefined =>
      missingCapability(makeRequest({ options, headers }), PAGE, UNSET)?.what;
    expect(what({ redirectPolicy: 'manual' })).toBe("redirectPolicy 'manual'");
    expect(what({}, { Cookie: 'secret' })).toBe('the request field cookie');
    expect(what({ secretHeaders: ['x-key'] }, { 'X-Key': 'secret' })).toBe(
      'the field x-key among secretHeaders',
    );
  });
});
