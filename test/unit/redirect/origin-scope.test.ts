import { describe, expect, test } from 'vitest';
import type { HttpRequest } from '../../../src/call/request.ts';
import type { RequestOptions } from '../../../src/options/options.ts';
import type { TlsOptions } from '../../../src/options/tls-options.ts';
import { planRedirect } from '../../../src/redirect/plan.ts';
import { ANYWHERE, makeRequest } from '../../support/fixtures.ts';

const CREDENTIALS = {
  authorization: 'Basic c2VjcmV0',
  cookie: 'sid=secret',
  'proxy-authorization': 'Basic c2VjcmV0',
  'x-api-key': 'secret',
  token: 'secret',
  'x-anything': 'of the user',
  host: 'origin.test',
  origin: 'http://origin.test',
  referer: 'http://origin.test/secret',
};
const HARMLESS = {
  accept: '*/*',
  'accept-language': 'en',
  'accept-encoding': 'br',
  'content-type': 'text/plain',
  range: 'bytes=0-9',
  'if-none-match': '"a"',
  'if-modified-since': 'Thu, 01 Jan 2026 00:00:00 GMT',
  'cache-control': 'no-cache',
  pragma: 'no-cache',
  'user-agent': 'test',
};

type Options = Partial<RequestOptions>;

/** The request that follows a redirect. */
function following(from: string, to: string, options: Options = {}): HttpRequest {
  const plan = planRedirect({
    request: makeRequest({ url: from, headers: { ...CREDENTIALS, ...HARMLESS }, options }),
    status: 307,
    location: [to],
    followed: 0,
    upgrade: (url) => url,
    reach: ANYWHERE,
  });
  if (plan.kind !== 'follow') throw new Error(plan.kind);
  return plan.request;
}

const fieldNames = (from: string, to: string, options?: Options): string[] =>
  Array.from(following(from, to, options).headers, ([name]) => name);

const all = Object.keys({ ...CREDENTIALS, ...HARMLESS });

test.each([
  ['path', '/b'],
  ['query', '?b'],
  ['the default port spelled out', 'http://origin.test:80/'],
  ['case of the host', 'http://ORIGIN.test/'],
])('all fields stay within the origin: another %s', (_name, to) => {
  expect(fieldNames('http://origin.test/a', to)).toEqual(all);
});

test.each([
  ['host', 'http://other.test/'],
  ['subdomain', 'http://www.origin.test/'],
  ['parent domain', 'http://test/'],
  ['port', 'http://origin.test:8080/'],
  ['scheme', 'https://origin.test/'],
  ['trailing dot', 'http://origin.test./'],
])('only harmless fields leave it: another %s', (_name, to) => {
  expect(fieldNames('http://origin.test/a', to)).toEqual(Object.keys(HARMLESS));
});

describe('on purpose', () => {
  test('a trusted origin gets all fields, the secret ones too', () => {
    const options = { trustedRedirectOrigins: ['https://trusted.test'], secretHeaders: ['x-api-key'] };
    expect(fieldNames('https://origin.test/', 'https://trusted.test/', options)).toEqual(all);
    expect(fieldNames('https://origin.test/', 'https://trusted.test:444/', options)).not.toContain('cookie');
    expect(fieldNames('https://origin.test/', 'https://sub.trusted.test/', options)).not.toContain('cookie');
  });

  test('a harmless field that is marked secret stays behind', () => {
    const options = { secretHeaders: ['user-agent', 'if-none-match'] };
    const names = fieldNames('http://origin.test/', 'http://other.test/', options);
    expect(names).not.toContain('user-agent');
    expect(names).not.toContain('if-none-match');
    expect(names).toContain('accept');
    expect(fieldNames('http://origin.test/', '/b', options)).toEqual(all);
  });
});

describe('TLS', () => {
  const TRUST = { ca: 'CA', minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3', ciphers: 'X' } as const;
  const IDENTITY = { cert: 'CERT', key: 'KEY', passphrase: 'secret', servername: 'origin.test' };
  const tls: TlsOptions = { ...TRUST, ...IDENTITY };
  const trusted = { trustedRedirectOrigins: ['https://trusted.test'] };

  test.each<[string, string, Options, TlsOptions | null]>([
    ['all of it stays within the origin', '/b', { tls }, tls],
    ['whom to trust leaves it, who we are does not', 'https://other.test/', { tls }, TRUST],
    ['the same for another port', 'https://origin.test:444/', { tls }, TRUST],
    ['a name to expect does not leave it', 'https://other.test/', { tls: { servername: 'a.test' } }, {}],
    ['a trusted origin gets it', 'https://trusted.test/', { tls, ...trusted }, tls],
    ['none is none', 'https://other.test/', {}, null],
  ])('%s', (_name, to, options, expected) => {
    const { options: left } = following('https://origin.test/', to, options);
    expect(left.tls).toEqual(expected);
    expect({ ...left, tls: null }).toEqual({ ...makeRequest({ options }).options, tls: null });
  });
});
