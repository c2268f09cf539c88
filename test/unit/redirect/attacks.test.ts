/** Attack checklist A, as far as the redirect loop can meet it; by number. 4, 5, 7, 11 and 12 need the whole list of stages. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HttpRequest } from '../../../src/call/request.ts';
import type { NetworkError } from '../../../src/error.ts';
import type { RequestBody } from '../../../src/message/body.ts';
import type { RequestOptions } from '../../../src/options/options.ts';
import { redirectTarget } from '../../../src/redirect/plan.ts';
import { redirectStage } from '../../../src/redirect/stage.ts';
import { parseUrl } from '../../../src/util/url.ts';
import { ANYWHERE, makeExchange, makeRequest, makeResponse, walkNow } from '../../support/fixtures.ts';

/** The requests that leave for a chain of Locations, and how it ended. */
async function chase(
  locations: readonly (string | { status: number; location: string })[],
  request: Parameters<typeof makeRequest>[0] = {},
): Promise<{ sent: HttpRequest[]; error: NetworkError | null }> {
  const sent: HttpRequest[] = [];
  const next = async (hop: HttpRequest) => {
    const step = locations[sent.length];
    sent.push(hop);
    const url = hop.url.href;
    if (step === undefined) return makeResponse({ url });
    const { status, location } = typeof step === 'string' ? { status: 302, location: step } : step;
    return makeResponse({ url, status, headers: { location } });
  };
  const { exchange } = makeExchange();
  const error = await walkNow(
    redirectStage({ upgrade: (url) => url, reach: ANYWHERE }),
    makeRequest(request),
    next,
    exchange,
  ).then(
    () => null,
    (reason: NetworkError) => reason,
  );
  return { sent, error };
}

const SECRETS = {
  authorization: 'Bearer secret',
  cookie: 'sid=secret',
  'proxy-authorization': 'Basic secret',
  'x-api-key': 'secret',
  'x-auth-token': 'secret',
  token: 'secret',
};
const carriesSecrets = (request: HttpRequest | undefined): boolean =>
  [...request!.headers].some(([, value]) => value.includes('secret'));

describe('1, 2: credentials and custom secrets do not cross an origin', () => {
  test.each([
    ['host', 'https://other.test/'],
    ['port', 'https://origin.test:8443/'],
    ['subdomain', 'https://evil.origin.test/'],
    ['suffix', 'https://origin.test.evil.test/'],
    ['userinfo that looks like the origin', 'https://origin.test@evil.test/'],
    ['protocol-relative', '//evil.test/'],
    ['backslashes', '\\\\evil.test/'],
    ['many slashes', '////evil.test/'],
    ['a port behind an escaped colon', 'https://origin.test:443@evil.test/'],
  ])('%s', async (_name, location) => {
    const { sent, error } = await chase([location], { url: 'https://origin.test/', headers: SECRETS });
    expect(error).toBeNull();
    expect(carriesSecrets(sent[1])).toBe(false);
  });

  test('http to https of the same host is another origin', async () => {
    const { sent } = await chase(['https://origin.test/'], { url: 'http://origin.test/', headers: SECRETS });
    expect(carriesSecrets(sent[1])).toBe(false);
  });
});

test('3: https to http on the same host is refused by default, nothing is sent', async () => {
  const { sent, error } = await chase(['http://origin.test/'], {
    url: 'https://origin.test/',
    headers: SECRETS,
  });
  expect(error?.code).toBe('insecure-redirect');
  expect(sent).toHaveLength(1);
});

test.each([
  'unix:/var/run/docker.sock',
  'file:///etc/passwd',
  'data:,x',
  'ftp://x/',
  'javascript:1',
  'blob:http://x/y',
  'about:blank',
  'ws://x/',
])('6: only http and https are reachable: %s', async (location) => {
  const { sent, error } = await chase([location]);
  expect(error?.code).toBe('protocol-unknown');
  expect(sent).toHaveLength(1);
});

describe('8: loops, long chains, long Locations', () => {
  test.each([
    ['to itself', () => '/'],
    ['between two', (i: number) => (i % 2 === 0 ? '/b' : '/a')],
    ['endless', (i: number) => `/${i}`],
  ])('%s', async (_name, location) => {
    const { sent, error } = await chase(Array.from({ length: 20_000 }, (_, i) => location(i)));
    expect(error?.code).toBe('too-many-redirects');
    expect(sent).toHaveLength(51);
  });

  test('a megabyte of Location', async () => {
    const { sent, error } = await chase([`/${'a'.repeat(1_000_000)}`]);
    expect(error?.code).toBe('protocol-unknown');
    expect(sent).toHaveLength(1);
  });
});

describe('9: a body goes where RFC 9110 §15.4 lets it, or nowhere', () => {
  const body = (replayable: boolean) => ({ length: 1, replayable }) as RequestBody;

  test.each([
    [307, true],
    [308, true],
    [301, false],
    [302, false],
    [303, false],
  ])('%i: %s', async (status, isResent) => {
    const request = { method: 'POST', body: body(true), headers: SECRETS };
    const { sent } = await chase([{ status, location: 'http://other.test/' }], request);
    expect(sent[1]!.body !== null).toBe(isResent);
    expect(sent[1]!.method).toBe(isResent ? 'POST' : 'GET');
    expect(carriesSecrets(sent[1])).toBe(false);
  });

  test('one that cannot be sent twice is an error, not a hang', async () => {
    const { error, sent } = await chase([{ status: 307, location: '/b' }], {
      method: 'POST',
      body: body(false),
    });
    expect(error?.code).toBe('content-resend');
    expect(sent).toHaveLength(1);
  });
});

describe('10: hostile Locations', () => {
  test.each([
    ['userinfo is dropped', 'http://user:pass@other.test/x', 'http://other.test/x'],
    ['a backslash is a slash', 'http://other.test\\@evil.test/', 'http://other.test/@evil.test/'],
    ['an IDN is its A-label', 'http://\xd0\xb5xample.test/', 'http://xn--xample-2of.test/'],
    ['against the URL that emitted it', '//other.test', 'http://other.test/'],
    ['odd IPv4', 'http://0x7f.1/', 'http://127.0.0.1/'],
    ['a tab inside', 'http://other.test/a\tb', null],
    ['a host that does not parse', 'http://a b.test/', null],
    [
      'an escaped CR LF stays escaped',
      '/a%0d%0aX-Injected:%201',
      'http://origin.test/a%0d%0aX-Injected:%201',
    ],
  ])('%s', async (_name, location, expected) => {
    const { sent, error } = await chase([location]);
    if (expected === null) expect(error?.code).toBe('protocol-unknown');
    else expect(sent[1]!.url).toMatchObject({ href: expected, username: '', password: '' });
  });

  test('userinfo of the request is not sent on in Referer or in the URL', async () => {
    const { sent } = await chase(['http://other.test/'], { url: 'http://user:secret@origin.test/' });
    expect(sent[1]!.headers.has('referer')).toBe(false);
    expect(sent[1]!.url).toMatchObject({ username: '', password: '' });
  });
});

test('13: fields of the caller are bound to the first origin, even when the chain comes back to it', async () => {
  const { sent } = await chase(['http://other.test/', 'http://origin.test/'], { headers: SECRETS });
  expect(sent.map(carriesSecrets)).toEqual([true, false, false]);
});

test('a trusted origin is trusted on purpose, and only as a whole', async () => {
  const options: Partial<RequestOptions> = { trustedRedirectOrigins: ['https://trusted.test'] };
  const request = { url: 'https://origin.test/', headers: SECRETS, options };
  expect(carriesSecrets((await chase(['https://trusted.test/'], request)).sent[1])).toBe(true);
  expect(carriesSecrets((await chase(['https://trusted.test.evil.test/'], request)).sent[1])).toBe(false);
  expect(carriesSecrets((await chase(['https://trusted.test:444/'], request)).sent[1])).toBe(false);
});

test('whatever a Location says: an http URL without userinfo and control characters, or a sentence', () => {
  const piece = fc.constantFrom(
    'http:',
    'https:',
    '//',
    '/',
    '\\',
    '@',
    ':',
    '#',
    '?',
    '%',
    '%00',
    '..',
    'a.test',
    '[::1]',
    '\xe9',
    ' ',
    '\t',
    'x',
  );
  const location = fc.oneof(
    fc.string(),
    fc.array(piece).map((pieces) => pieces.join('')),
  );
  const base = parseUrl('http://user:pass@origin.test/a?b#c');
  fc.assert(
    fc.property(location, (value) => {
      const target = redirectTarget([value], base);
      if (typeof target === 'string') return;
      expect(target.scheme).toMatch(/^https?$/);
      expect([target.username, target.password]).toEqual(['', '']);
      expect(target.href).toMatch(/^[\x21-\x7e]+$/);
      expect(new URL(target.href).href).toBe(target.href);
    }),
    { numRuns: 2000 },
  );
});
