import { describe, expect, test } from 'vitest';
import { HttpHeaders } from '../../../src/message/headers.ts';
import { planRedirect, type RedirectOptions } from '../../../src/redirect/plan.ts';
import { parseUrl } from '../../../src/util/url.ts';

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

/** Names of the fields that follow a redirect. */
function following(from: string, to: string, options: Partial<RedirectOptions> = {}): string[] {
  const plan = planRedirect({
    request: {
      method: 'GET',
      url: parseUrl(from),
      headers: new HttpHeaders({ ...CREDENTIALS, ...HARMLESS }),
      body: null,
    },
    status: 307,
    location: [to],
    followed: 0,
    options: {
      redirectPolicy: 'no-less-safe',
      maximumRedirectsAllowed: 50,
      secretHeaders: [],
      trustedRedirectOrigins: [],
      ...options,
    },
    upgrade: (url) => url,
  });
  if (plan.kind !== 'follow') throw new Error(plan.kind);
  return [...plan.message.headers].map(([name]) => name);
}

const all = Object.keys({ ...CREDENTIALS, ...HARMLESS });

test.each([
  ['path', '/b'],
  ['query', '?b'],
  ['the default port spelled out', 'http://origin.test:80/'],
  ['case of the host', 'http://ORIGIN.test/'],
])('all fields stay within the origin: another %s', (_name, to) => {
  expect(following('http://origin.test/a', to)).toEqual(all);
});

test.each([
  ['host', 'http://other.test/'],
  ['subdomain', 'http://www.origin.test/'],
  ['parent domain', 'http://test/'],
  ['port', 'http://origin.test:8080/'],
  ['scheme', 'https://origin.test/'],
  ['trailing dot', 'http://origin.test./'],
])('only harmless fields leave it: another %s', (_name, to) => {
  expect(following('http://origin.test/a', to)).toEqual(Object.keys(HARMLESS));
});

describe('on purpose', () => {
  test('a trusted origin gets all fields, the secret ones too', () => {
    const options = { trustedRedirectOrigins: ['https://trusted.test'], secretHeaders: ['x-api-key'] };
    expect(following('https://origin.test/', 'https://trusted.test/', options)).toEqual(all);
    expect(following('https://origin.test/', 'https://trusted.test:444/', options)).not.toContain('cookie');
    expect(following('https://origin.test/', 'https://sub.trusted.test/', options)).not.toContain('cookie');
  });

  test('a harmless field that is marked secret stays behind', () => {
    const options = { secretHeaders: ['user-agent', 'if-none-match'] };
    const names = following('http://origin.test/', 'http://other.test/', options);
    expect(names).not.toContain('user-agent');
    expect(names).not.toContain('if-none-match');
    expect(names).toContain('accept');
    expect(following('http://origin.test/', '/b', options)).toEqual(all);
  });
});
