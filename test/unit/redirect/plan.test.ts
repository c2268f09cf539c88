import { describe, expect, test } from 'vitest';
import type { Reach } from '../../../src/call/parts.ts';
import type { HttpRequest } from '../../../src/call/request.ts';
import type { RequestBody } from '../../../src/message/body.ts';
import type { HeadersInput } from '../../../src/message/headers.ts';
import type { RequestOptions } from '../../../src/options/options.ts';
import { planRedirect, type RedirectPlan } from '../../../src/redirect/plan.ts';
import { withScheme } from '../../../src/util/url.ts';
import { ANYWHERE, makeRequest } from '../../support/fixtures.ts';

const REPLAYABLE = { length: 1, replayable: true } as RequestBody;
const ONCE = { length: null, replayable: false } as RequestBody;

interface Situation extends Partial<RequestOptions> {
  readonly method?: string;
  readonly url?: string;
  readonly fields?: HeadersInput;
  readonly body?: RequestBody;
  readonly status?: number;
  /** null: there is none. */
  readonly location?: string | null;
  readonly followed?: number;
  /** Hosts that HSTS knows. */
  readonly known?: readonly string[];
  readonly reach?: Partial<Reach>;
}

function plan(situation: Situation): RedirectPlan {
  const { method, url, fields, body, status, location, followed, known, reach, ...options } = situation;
  return planRedirect({
    request: makeRequest({
      method: method ?? 'GET',
      url: url ?? 'http://origin.test/a',
      headers: fields ?? {},
      body: body ?? null,
      options,
    }),
    status: status ?? 302,
    location: location === null ? [] : [location ?? '/b'],
    followed: followed ?? 0,
    reach: { ...ANYWHERE, ...reach },
    upgrade: (target) =>
      target.scheme === 'http' && known?.includes(target.hostname)
        ? withScheme(target, 'https', 443)
        : target,
  });
}

function follow(situation: Situation): HttpRequest {
  const result = plan(situation);
  if (result.kind !== 'follow') throw new Error(`not followed: ${JSON.stringify(result)}`);
  return result.request;
}

const code = (situation: Situation): string => {
  const result = plan(situation);
  return result.kind === 'error' ? result.code : result.kind;
};

test.each([
  [200, 'deliver'],
  [204, 'deliver'],
  [300, 'deliver'],
  [301, 'follow'],
  [302, 'follow'],
  [303, 'follow'],
  [304, 'deliver'],
  [305, 'insecure-redirect'],
  [306, 'deliver'],
  [307, 'follow'],
  [308, 'follow'],
  [399, 'deliver'],
  [404, 'deliver'],
])('status %i: %s; under manual it is delivered', (status, expected) => {
  expect(code({ status })).toBe(expected);
  expect(code({ status, redirectPolicy: 'manual' })).toBe('deliver');
});

describe('method and body', () => {
  test.each([
    [301, 'GET', 'GET', true],
    [301, 'HEAD', 'HEAD', true],
    [301, 'POST', 'GET', false],
    [302, 'POST', 'GET', false],
    [301, 'PUT', 'PUT', true],
    [302, 'PUT', 'PUT', true],
    [301, 'PATCH', 'PATCH', true],
    [302, 'DELETE', 'DELETE', true],
    [302, 'PROPFIND', 'PROPFIND', true],
    [302, 'post', 'post', true],
    [303, 'POST', 'GET', false],
    [303, 'PUT', 'GET', false],
    [303, 'DELETE', 'GET', false],
    [303, 'PROPFIND', 'GET', false],
    [303, 'HEAD', 'HEAD', true],
    [303, 'GET', 'GET', false],
    [307, 'POST', 'POST', true],
    [307, 'GET', 'GET', true],
    [307, 'PROPFIND', 'PROPFIND', true],
    [308, 'PUT', 'PUT', true],
    [308, 'GET', 'GET', true],
    [308, 'DELETE', 'DELETE', true],
  ])('%i %s → %s, body kept: %s', (status, method, expected, keepsBody) => {
    const fields = {
      'content-type': 'text/plain',
      'content-length': 1,
      expect: '100-continue',
      'x-kept': 'yes',
    };
    const next = follow({ status, method, body: REPLAYABLE, fields });
    expect(next.method).toBe(expected);
    expect(next.body).toBe(keepsBody ? REPLAYABLE : null);
    expect(next.headers.has('content-type')).toBe(keepsBody);
    expect(next.headers.has('content-length')).toBe(keepsBody);
    expect(next.headers.has('expect')).toBe(keepsBody);
    expect(next.headers.get('x-kept')).toBe('yes');
  });

  test('a body that cannot be sent twice is content-resend, unless it is dropped anyway', () => {
    expect(code({ status: 307, method: 'POST', body: ONCE })).toBe('content-resend');
    expect(code({ status: 308, method: 'POST', body: ONCE })).toBe('content-resend');
    expect(code({ status: 302, method: 'PUT', body: ONCE })).toBe('content-resend');
    expect(code({ status: 302, method: 'POST', body: ONCE })).toBe('follow');
    expect(code({ status: 303, method: 'POST', body: ONCE })).toBe('follow');
  });

  test('content fields of a request without a body, whose method stays, are left alone', () => {
    expect(follow({ fields: { 'content-type': 'a/b' } }).headers.get('content-type')).toBe('a/b');
  });

  test('a method that becomes GET takes the content fields with it even without a body', () => {
    expect(follow({ method: 'POST', fields: { 'content-type': 'a/b' } }).headers.has('content-type')).toBe(
      false,
    );
  });
});

describe('what differs between the contracts of a reply and of a fetch', () => {
  const fetch = {};
  test.each<[string, Situation, string, string]>([
    ['no Location', { location: null }, 'deliver', 'deliver'],
    ['an empty Location', { location: '' }, 'deliver', 'protocol-unknown'],
    ['no URL as Location', { location: 'http://' }, 'protocol-unknown', 'protocol-unknown'],
    ['305', { status: 305 }, 'insecure-redirect', 'deliver'],
    ['POST of a stream over 303', { status: 303, method: 'POST', body: ONCE }, 'follow', 'follow'],
    ['POST of a stream over 301', { status: 301, method: 'POST', body: ONCE }, 'follow', 'content-resend'],
    [
      'PUT of a stream over 302',
      { status: 302, method: 'PUT', body: ONCE },
      'content-resend',
      'content-resend',
    ],
    [
      'a scheme that is not allowed',
      { location: 'https://other.test/', reach: { allowedSchemes: ['http'] } },
      'protocol-unknown',
      'protocol-unknown',
    ],
  ])('%s', (_name, situation, byReply, byFetch) => {
    expect([code(situation), code({ ...situation, fetch })]).toEqual([byReply, byFetch]);
  });

  test.each([301, 302, 303, 307, 308])(
    "redirect 'error' of fetch refuses %i, with a Location or none",
    (status) => {
      for (const location of ['/b', null])
        expect(code({ status, location, fetch: { redirect: 'error' } })).toBe('too-many-redirects');
    },
  );
});

describe('policies', () => {
  const secure = 'https://origin.test/a';
  test.each<[string, Situation, string]>([
    ['no-less-safe: http to http', { location: 'http://other.test/' }, 'follow'],
    ['no-less-safe: http to https', { location: 'https://other.test/' }, 'follow'],
    ['no-less-safe: https to https', { url: secure, location: 'https://other.test/' }, 'follow'],
    ['no-less-safe: https to http', { url: secure, location: 'http://origin.test/a' }, 'insecure-redirect'],
    [
      'no-less-safe: https to http of a known HSTS host',
      { url: secure, location: 'http://other.test/', known: ['other.test'] },
      'follow',
    ],
    [
      'no-less-safe: a local socket to the network',
      { url: 'unix+http://a.sock/', location: 'https://other.test/' },
      'insecure-redirect',
    ],
    ['same-origin: same', { redirectPolicy: 'same-origin', location: '/b' }, 'follow'],
    [
      'same-origin: the default port spelled out',
      { redirectPolicy: 'same-origin', location: 'http://origin.test:80/b' },
      'follow',
    ],
    [
      'same-origin: another port',
      { redirectPolicy: 'same-origin', location: 'http://origin.test:81/b' },
      'insecure-redirect',
    ],
    [
      'same-origin: another host',
      { redirectPolicy: 'same-origin', location: 'http://www.origin.test/b' },
      'insecure-redirect',
    ],
    [
      'same-origin: another scheme',
      { redirectPolicy: 'same-origin', location: 'https://origin.test/b' },
      'insecure-redirect',
    ],
    [
      'same-origin: http of the same host, known to HSTS',
      {
        redirectPolicy: 'same-origin',
        url: secure,
        location: 'http://origin.test/b',
        known: ['origin.test'],
      },
      'follow',
    ],
    [
      'user-verified: even https to http, for the application decides',
      { redirectPolicy: 'user-verified', url: secure, location: 'http://other.test/' },
      'follow',
    ],
    [
      'user-verified: a foreign scheme',
      { redirectPolicy: 'user-verified', location: 'ftp://x/' },
      'protocol-unknown',
    ],
    ['user-verified: too many', { redirectPolicy: 'user-verified', followed: 50 }, 'too-many-redirects'],
  ])('%s', (_name, situation, expected) => {
    expect(code(situation)).toBe(expected);
  });

  test('only user-verified asks', () => {
    expect(plan({})).toMatchObject({ ask: false });
    expect(plan({ redirectPolicy: 'same-origin' })).toMatchObject({ ask: false });
    expect(plan({ redirectPolicy: 'user-verified' })).toMatchObject({ ask: true });
  });

  test('the next request goes where HSTS wants it', () => {
    const { url } = follow({ location: 'http://other.test:80/x#y', known: ['other.test'] });
    expect(url.href).toBe('https://other.test/x#y');
  });
});

describe('the limit', () => {
  test.each([
    [50, 49, 'follow'],
    [50, 50, 'too-many-redirects'],
    [1, 0, 'follow'],
    [0, 0, 'too-many-redirects'],
  ])('%i allowed, %i followed: %s', (maximumRedirectsAllowed, followed, expected) => {
    expect(code({ maximumRedirectsAllowed, followed })).toBe(expected);
  });

  test('a bad Location is told first, as in Qt', () => {
    expect(code({ maximumRedirectsAllowed: 0, location: 'ftp://x/' })).toBe('protocol-unknown');
  });
});

test('the reason names the status and the request, and neither fragment nor target path', () => {
  const result = plan({
    status: 308,
    url: 'https://origin.test/a#secret',
    location: 'http://other.test/secret',
  });
  expect(result).toMatchObject({
    reason: 'the redirect (308) of https://origin.test/a is not followed: http://other.test is less safe',
  });
});
