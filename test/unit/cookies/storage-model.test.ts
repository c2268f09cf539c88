import { describe, expect, test } from 'vitest';
import type { CookieContext } from '../../../src/cookies/abstract-cookie-jar.ts';
import { makeJar } from './fixtures.ts';

/** What a jar sends to `to` after `from` has sent those fields. */
function sent(from: string, lines: string | string[], to: string, context?: CookieContext): string {
  const { jar } = makeJar();
  for (const line of [lines].flat()) jar.setCookie(line, from, context);
  return jar.cookieHeader(to);
}

const SITE = 'https://www.example.com/dir/page?query';

describe('domain (RFC 6265bis §5.7 steps 7 to 10)', () => {
  test.each<[name: string, line: string, from: string, to: string, expected: boolean]>([
    ['host-only: the host', 'a=1', SITE, 'https://www.example.com/dir/', true],
    ['host-only: another port', 'a=1', SITE, 'https://www.example.com:8443/dir/', true],
    ['host-only: a subdomain', 'a=1', SITE, 'https://sub.www.example.com/dir/', false],
    ['host-only: the parent', 'a=1', SITE, 'https://example.com/dir/', false],
    ['Domain: the domain itself', 'a=1; Domain=example.com', SITE, 'https://example.com/dir/', true],
    ['Domain: another subdomain', 'a=1; Domain=example.com', SITE, 'https://api.example.com/dir/', true],
    ['Domain: deep below', 'a=1; Domain=example.com', SITE, 'https://a.b.c.example.com/dir/', true],
    [
      'Domain: a name that ends like it',
      'a=1; Domain=example.com',
      SITE,
      'https://badexample.com/dir/',
      false,
    ],
    ['Domain: the very host', 'a=1; Domain=www.example.com', SITE, 'https://sub.www.example.com/dir/', true],
    ['Domain: with a leading dot', 'a=1; Domain=.example.com', SITE, 'https://example.com/dir/', true],
    ['Domain: two leading dots', 'a=1; Domain=..example.com', SITE, SITE, false],
    ['Domain: a trailing dot', 'a=1; Domain=example.com.', SITE, SITE, false],
    ['Domain: in capitals', 'a=1; Domain=EXAMPLE.com', SITE, 'https://example.com/dir/', true],
    [
      'Domain: an A-label',
      'a=1; Domain=XN--bcher-kva.example',
      'https://www.bücher.example/',
      'https://bücher.example/',
      true,
    ],
    ['Domain: empty', 'a=1; Domain=', SITE, SITE, true],
    ['Domain: empty is host-only', 'a=1; Domain=', SITE, 'https://sub.www.example.com/dir/', false],
    ['Domain: a dot is host-only', 'a=1; Domain=.', SITE, SITE, true],
    ['Domain: a foreign one', 'a=1; Domain=example.net', SITE, SITE, false],
    ['Domain: a subdomain of the host', 'a=1; Domain=sub.www.example.com', SITE, SITE, false],
    ['Domain: a sibling', 'a=1; Domain=api.example.com', SITE, SITE, false],
    ['Domain: with a port', 'a=1; Domain=example.com:443', SITE, SITE, false],
    ['Domain: an escape', 'a=1; Domain=ex%61mple.com', SITE, SITE, false],
    ['Domain: the address itself', 'a=1; Domain=127.0.0.1', 'http://127.0.0.1/', 'http://127.0.0.1/', true],
    ['Domain: part of an address', 'a=1; Domain=0.0.1', 'http://127.0.0.1/', 'http://127.0.0.1/', false],
    ['Domain: an IPv6 address', 'a=1; Domain=[::1]', 'http://[::1]/', 'http://[::1]/', true],
    ['Domain: localhost itself', 'a=1; Domain=localhost', 'http://localhost/', 'http://localhost/', true],
    [
      'Domain: localhost is host-only',
      'a=1; Domain=localhost',
      'http://localhost/',
      'http://sub.localhost/',
      false,
    ],
    ['a root dot in the URL', 'a=1', 'https://www.example.com./', 'https://www.example.com/', true],
    ['two dots in the URL', 'a=1', 'https://www.example.com../', 'https://www.example.com../', false],
  ])('%s', (_name, line, from, to, expected) => {
    expect(sent(from, line, to)).toBe(expected ? 'a=1' : '');
  });
});

describe('public suffixes (step 9)', () => {
  test.each<[name: string, domain: string, from: string, to: string, expected: boolean]>([
    ['a top-level domain', 'com', 'https://example.com/', 'https://example.com/', false],
    ['of two labels', 'co.uk', 'https://example.co.uk/', 'https://example.co.uk/', false],
    ['of the private section', 'github.io', 'https://evil.github.io/', 'https://victim.github.io/', false],
    ['the host itself', 'github.io', 'https://github.io/', 'https://github.io/', true],
    ['the host itself is host-only', 'github.io', 'https://github.io/', 'https://victim.github.io/', false],
    ['below one', 'example.github.io', 'https://a.example.github.io/', 'https://example.github.io/', true],
    ['by a wildcard rule', 'foo.ck', 'https://www.foo.ck/', 'https://www.foo.ck/', false],
    ['by an exception rule', 'www.ck', 'https://a.www.ck/', 'https://www.ck/', true],
    ['not in the list', 'example', 'https://a.example/', 'https://a.example/', false],
  ])('%s', (_name, domain, from, to, expected) => {
    expect(sent(from, `a=1; Domain=${domain}`, to)).toBe(expected ? 'a=1' : '');
  });
});

describe('path (step 11)', () => {
  test.each<[name: string, line: string, to: string, expected: boolean]>([
    ['the default is the directory', 'a=1', 'https://www.example.com/dir/other', true],
    ['the directory without its slash', 'a=1', 'https://www.example.com/dir', true],
    ['outside of it', 'a=1', 'https://www.example.com/', false],
    ['a given one', 'a=1; Path=/', 'https://www.example.com/other', true],
    ['a foreign one may be set', 'a=1; Path=/other', 'https://www.example.com/other/x', true],
    ['a relative one is the default', 'a=1; Path=other', 'https://www.example.com/dir/', true],
    ['the query does not count', 'a=1; Path=/x', 'https://www.example.com/x?y', true],
    ['as bytes, not decoded', 'a=1; Path=/%78', 'https://www.example.com/x', false],
  ])('%s', (_name, line, to, expected) => {
    expect(sent(SITE, line, to)).toBe(expected ? 'a=1' : '');
  });
});

describe('Secure (steps 13 and 16, leave secure cookies alone)', () => {
  const [http, https] = ['http://www.example.com/', 'https://www.example.com/'];
  test.each<[name: string, sets: [url: string, line: string][], to: string, expected: string]>([
    ['is sent over TLS', [[https, 'a=1; Secure']], https, 'a=1'],
    ['is not sent without', [[https, 'a=1; Secure']], http, ''],
    ['cannot be set without', [[http, 'a=1; Secure']], https, ''],
    ['over a secure WebSocket', [['wss://www.example.com/', 'a=1; Secure']], https, 'a=1'],
    ['a plain cookie goes everywhere', [[http, 'a=1']], https, 'a=1'],
    [
      'cannot be replaced without TLS',
      [
        [https, 'a=1; Secure'],
        [http, 'a=2'],
      ],
      https,
      'a=1',
    ],
    [
      'cannot be deleted without TLS',
      [
        [https, 'a=1; Secure'],
        [http, 'a=2; Max-Age=0'],
      ],
      https,
      'a=1',
    ],
    [
      'can be replaced over TLS',
      [
        [https, 'a=1; Secure'],
        [https, 'a=2'],
      ],
      http,
      'a=2',
    ],
    [
      'another name is free',
      [
        [https, 'a=1; Secure'],
        [http, 'b=2'],
      ],
      http,
      'b=2',
    ],
    [
      'not hidden from a parent domain',
      [
        [https, 'a=1; Secure'],
        [http, 'a=2; Domain=example.com'],
      ],
      http,
      '',
    ],
    [
      'not hidden from a subdomain',
      [
        [https, 'a=1; Secure; Domain=example.com'],
        ['http://sub.example.com/', 'a=2'],
      ],
      'http://sub.example.com/',
      '',
    ],
    [
      'a sibling domain is free',
      [
        [https, 'a=1; Secure'],
        ['http://api.example.com/', 'a=2'],
      ],
      'http://api.example.com/',
      'a=2',
    ],
    [
      'not hidden by a longer path',
      [
        [https, 'a=1; Secure; Path=/login'],
        [http, 'a=2; Path=/login/en'],
      ],
      'http://www.example.com/login/en',
      '',
    ],
    [
      'a shorter path is free',
      [
        [https, 'a=1; Secure; Path=/login'],
        [http, 'a=2; Path=/'],
      ],
      http,
      'a=2',
    ],
  ])('%s', (_name, sets, to, expected) => {
    const { jar } = makeJar();
    for (const [url, line] of sets) jar.setCookie(line, url);
    expect(jar.cookieHeader(to)).toBe(expected);
  });
});

describe('HttpOnly and scripts (steps 15 and 23.2)', () => {
  const script: CookieContext = { api: 'script' };
  test('a script neither sees nor sets it', () => {
    const { jar } = makeJar();
    jar.setCookie('a=1; HttpOnly', SITE);
    jar.setCookie('b=2', SITE);
    expect(jar.cookieHeader(SITE, script)).toBe('b=2');
    expect(jar.setCookie('c=3; HttpOnly', SITE, script)).toBe(false);
    expect(jar.cookieHeader(SITE)).toBe('a=1; b=2');
  });

  test('a script does not replace or delete it', () => {
    const { jar } = makeJar();
    jar.setCookie('a=1; HttpOnly', SITE);
    expect(jar.setCookie('a=2', SITE, script)).toBe(false);
    jar.setCookie('a=2; Max-Age=0', SITE, script);
    expect(jar.cookieHeader(SITE)).toBe('a=1');
    expect(jar.setCookie('a=2; Path=/other', SITE, script)).toBe(true);
  });
});

describe('prefixes (§5.4)', () => {
  const https = 'https://www.example.com/dir/page';
  test.each<[name: string, line: string, url: string, expected: boolean]>([
    ['__Secure- as it should be', '__Secure-a=1; Secure', https, true],
    ['__Secure- without Secure', '__Secure-a=1', https, false],
    ['__Secure- without TLS', '__Secure-a=1; Secure', 'http://www.example.com/', false],
    ['__Host- as it should be', '__Host-a=1; Secure; Path=/', https, true],
    ['__Host- without Secure', '__Host-a=1; Path=/', https, false],
    ['__Host- with a Domain', '__Host-a=1; Secure; Path=/; Domain=www.example.com', https, false],
    ['__Host- with another path', '__Host-a=1; Secure; Path=/dir', https, false],
    [
      '__Host- without a Path, where the default is /',
      '__Host-a=1; Secure',
      'https://www.example.com/',
      false,
    ],
    ['__Http- as it should be', '__Http-a=1; Secure; HttpOnly', https, true],
    ['__Http- without HttpOnly', '__Http-a=1; Secure', https, false],
    ['__Http- without Secure', '__Http-a=1; HttpOnly', https, false],
    ['__Host-Http- as it should be', '__Host-Http-a=1; Secure; HttpOnly; Path=/', https, true],
    ['__Host-Http- without HttpOnly', '__Host-Http-a=1; Secure; Path=/', https, false],
    [
      '__Host-Http- with a Domain',
      '__Host-Http-a=1; Secure; HttpOnly; Path=/; Domain=www.example.com',
      https,
      false,
    ],
    ['in any case', '__hOsT-a=1; Secure; Path=/dir', https, false],
    ['in the value of a nameless cookie', '__Host-a', https, false],
    ['in the value of a nameless cookie, in capitals', '=__SECURE-a; Secure; Path=/', https, false],
    ['not a prefix', '__Hostile=1', https, true],
    ['not at the start', 'a__Host-=1', https, true],
    ['an escape is not decoded', '__%48ost-a=1', https, true],
  ])('%s', (_name, line, url, expected) => {
    const { jar } = makeJar();
    expect(jar.setCookie(line, url)).toBe(expected);
    expect(jar.allCookies()).toHaveLength(expected ? 1 : 0);
  });
});
