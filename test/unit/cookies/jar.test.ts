import { describe, expect, test } from 'vitest';
import type { Cookie, CookieInit } from '../../../src/cookies/cookie.ts';
import { CookieJar } from '../../../src/cookies/jar.ts';
import { makeJar, NOW, pairs } from './fixtures.ts';

const SITE = 'https://www.example.com/';
const BASE: CookieInit = { name: 'a', value: '1', domain: 'example.com' };

describe('what a stored cookie says', () => {
  test('all of it, and nothing of the jar’s own', () => {
    const { jar } = makeJar();
    jar.setCookie('a=1; Domain=example.com; Path=/x; Max-Age=60; Secure; HttpOnly; SameSite=Lax', SITE);
    const expected: Cookie = {
      name: 'a',
      value: '1',
      domain: 'example.com',
      hostOnly: false,
      path: '/x',
      expires: NOW + 60_000,
      secure: true,
      httpOnly: true,
      sameSite: 'lax',
      partitionKey: null,
      creationTime: NOW,
    };
    expect(jar.allCookies()).toEqual([expected]);
    expect(jar.cookiesForUrl(`${SITE}x`)).toEqual([expected]);
    expect(JSON.parse(JSON.stringify(jar.allCookies()))).toEqual([expected]);
    expect(structuredClone(jar.allCookies())).toEqual([expected]);
  });

  test('a replacement keeps the time of creation', () => {
    const { jar, clock } = makeJar();
    jar.setCookie('a=1', SITE);
    clock.advance(1000);
    jar.setCookie('a=2', SITE);
    expect(jar.allCookies()).toMatchObject([{ value: '2', creationTime: NOW }]);
  });
});

describe('setCookiesFromUrl', () => {
  test('fills in what is missing from the URL, as QNetworkCookie::normalize', () => {
    const { jar } = makeJar();
    expect(jar.setCookiesFromUrl([{ name: 'a', value: '1' }], `${SITE}dir/page`)).toBe(true);
    expect(jar.allCookies()).toMatchObject([{ domain: 'www.example.com', hostOnly: true, path: '/dir' }]);
  });

  test('is true when any was added', () => {
    const { jar } = makeJar();
    const bad: CookieInit = { ...BASE, domain: 'example.net' };
    expect(jar.setCookiesFromUrl([bad], SITE)).toBe(false);
    expect(jar.setCookiesFromUrl([bad, BASE, bad], SITE)).toBe(true);
    expect(jar.setCookiesFromUrl([], SITE)).toBe(false);
  });

  test('takes the cookies of another jar', () => {
    const { jar } = makeJar();
    jar.setCookie('a=1', SITE);
    jar.setCookie('b=2; Domain=example.com', SITE);
    const { jar: other } = makeJar();
    expect(other.setCookiesFromUrl(jar.allCookies(), SITE)).toBe(true);
    expect(other.allCookies()).toEqual(jar.allCookies());
    other.clear();
    expect(pairs(jar)).toEqual(['a=1', 'b=2']);
  });

  test('a domain in Unicode is meant as its A-labels', () => {
    const { jar } = makeJar();
    jar.setCookiesFromUrl([{ ...BASE, domain: 'BÜCHER.example' }], 'https://www.bücher.example/');
    expect(jar.allCookies()).toMatchObject([{ domain: 'xn--bcher-kva.example' }]);
  });

  test.each<[name: string, cookie: Partial<CookieInit>]>([
    ['a semicolon', { value: 'x; Domain=evil' }],
    ['a line break', { value: 'x\r\nSet-Cookie: b=2' }],
    ['an equals sign in the name', { name: 'a=b' }],
    ['white space around', { name: ' a' }],
    ['a tab behind', { value: 'a\t' }],
    ['a character that is no byte', { value: '✓' }],
    ['neither name nor value', { name: '', value: '' }],
    ['a nameless value that would read as a pair', { name: '', value: 'a=b' }],
    ['a relative path', { path: 'x' }],
    ['a semicolon in the path', { path: '/x;y' }],
    ['a domain that is none', { domain: 'exa mple.com' }],
  ])('refuses %s', (_name, cookie) => {
    const { jar } = makeJar();
    expect(jar.setCookiesFromUrl([{ ...BASE, ...cookie }], SITE)).toBe(false);
    expect(jar.insertCookie({ ...BASE, ...cookie })).toBe(false);
  });
});

describe('insertCookie', () => {
  test.each<[name: string, domain: string, hostOnly: boolean]>([
    ['a bare domain is that host', 'example.com', true],
    ['a leading dot means subdomains', '.example.com', false],
    ['an address is that host', '.127.0.0.1', true],
  ])('%s', (_name, domain, hostOnly) => {
    const { jar } = makeJar();
    expect(jar.insertCookie({ ...BASE, domain })).toBe(true);
    expect(jar.allCookies()).toMatchObject([{ domain: domain.replace(/^\./, ''), hostOnly, path: '/' }]);
  });

  test.each<[name: string, cookie: Partial<CookieInit>]>([
    ['no domain', { domain: undefined }],
    ['a public suffix', { domain: '.co.uk' }],
    ['a single label', { domain: '.localhost' }],
    ['a trailing dot', { domain: 'example.com.' }],
    ['a prefix that it does not keep', { name: '__Secure-a' }],
    ['SameSite=None without Secure', { sameSite: 'none' }],
    ['a partition without Secure', { partitionKey: 'https://top.test' }],
  ])('refuses %s', (_name, cookie) => {
    const { jar } = makeJar();
    expect(jar.insertCookie({ ...BASE, ...cookie })).toBe(false);
    expect(jar.allCookies()).toEqual([]);
  });

  test('an expired one deletes', () => {
    const { jar } = makeJar();
    jar.insertCookie(BASE);
    expect(jar.insertCookie({ ...BASE, expires: NOW })).toBe(false);
    expect(jar.allCookies()).toEqual([]);
  });

  test('a cookie that was taken out can be put in again', () => {
    const { jar, clock } = makeJar();
    jar.setCookie('a=1; Max-Age=60', SITE);
    const [cookie] = jar.allCookies();
    jar.deleteCookie(cookie!);
    expect(jar.insertCookie(cookie!)).toBe(true);
    jar.deleteCookie(cookie!);
    clock.advance(60_000);
    expect(jar.insertCookie(cookie!)).toBe(false);
  });
});

test('updateCookie and deleteCookie act on the same identity', () => {
  const { jar } = makeJar();
  expect(jar.updateCookie(BASE)).toBe(false);
  jar.insertCookie(BASE);
  for (const other of [
    { domain: '.example.com' },
    { path: '/x' },
    { name: 'b' },
    { partitionKey: 'https://top.test' },
  ]) {
    expect(jar.updateCookie({ ...BASE, ...other })).toBe(false);
    expect(jar.deleteCookie({ ...BASE, ...other })).toBe(false);
  }
  expect(jar.updateCookie({ ...BASE, value: '2' })).toBe(true);
  expect(pairs(jar)).toEqual(['a=2']);
  expect(jar.deleteCookie(BASE)).toBe(true);
  expect(jar.deleteCookie(BASE)).toBe(false);
  expect(jar.deleteCookie({ ...BASE, domain: 'not a domain' })).toBe(false);
});

test('clear', () => {
  const { jar } = makeJar();
  for (let i = 0; i < 20; i++) jar.setCookie(`a=1; Path=/${i % 3}`, `https://host${i}.example.com/`);
  jar.setCookie('a=1; Secure; Partitioned', SITE);
  jar.clear();
  expect(jar.allCookies()).toEqual([]);
  jar.setCookie('a=1', SITE);
  expect(jar.cookieHeader(SITE)).toBe('a=1');
});

describe('rules of one’s own', () => {
  test('validateCookie of a subclass', () => {
    class AllowList extends CookieJar {
      override validateCookie(...args: Parameters<CookieJar['validateCookie']>): boolean {
        return args[0].domain.endsWith('example.com') && super.validateCookie(...args);
      }
    }
    const jar = new AllowList();
    expect(jar.setCookie('a=1', SITE)).toBe(true);
    expect(jar.setCookie('a=1', 'https://example.net/')).toBe(false);
    expect(jar.setCookie('a=1; Domain=api.example.com', SITE)).toBe(false);
  });

  test('the two virtuals of a subclass stand behind the two lines', () => {
    class Counting extends CookieJar {
      asked: string[] = [];
      override cookiesForUrl(...args: Parameters<CookieJar['cookiesForUrl']>): Cookie[] {
        this.asked.push(`get ${args[0]}`);
        return super.cookiesForUrl(...args);
      }
      override setCookiesFromUrl(...args: Parameters<CookieJar['setCookiesFromUrl']>): boolean {
        this.asked.push(`set ${args[1]}`);
        return super.setCookiesFromUrl(...args);
      }
    }
    const jar = new Counting();
    jar.setCookie('a=1', SITE);
    expect(jar.cookieHeader(SITE)).toBe('a=1');
    expect(jar.asked).toEqual([`set ${SITE}`, `get ${SITE}`]);
  });

  test('a policy that knows no third party', () => {
    const { jar } = makeJar({
      policy: { accept: (_, { sameSite }) => sameSite, attach: (_, { sameSite }) => sameSite },
    });
    const third = { site: 'https://example.net' };
    const line = 'a=1; Secure; SameSite=None';
    expect(jar.setCookie(line, SITE, third)).toBe(false);
    expect(jar.setCookie(line, SITE)).toBe(true);
    expect(jar.cookieHeader(SITE, third)).toBe('');
    expect(jar.cookieHeader(SITE)).toBe('a=1');
  });

  test('a policy sees the cookie and where it is going', () => {
    const { jar } = makeJar({
      policy: {
        accept: (cookie) => cookie.name !== 'tracker',
        attach: (cookie, request) => request.host === 'www.example.com' && cookie.path !== '/private',
      },
    });
    for (const line of ['tracker=1', 'a=1; Domain=example.com', 'b=1; Path=/private'])
      jar.setCookie(line, SITE);
    expect(jar.cookieHeader(`${SITE}private`)).toBe('a=1');
    expect(jar.cookieHeader('https://api.example.com/')).toBe('');
  });

  test('a policy cannot allow what the web forbids', () => {
    const { jar } = makeJar({ policy: { accept: () => true, attach: () => true } });
    expect(jar.setCookie('a=1; Domain=com', SITE)).toBe(false);
    jar.setCookie('a=1; Secure', SITE);
    expect(jar.cookieHeader('http://www.example.com/')).toBe('');
  });
});

describe('validateCookie', () => {
  test.each<[name: string, cookie: Partial<Cookie>, expected: boolean]>([
    ['the host', { domain: 'www.example.com', hostOnly: true }, true],
    ['another host', { domain: 'example.com', hostOnly: true }, false],
    ['its domain', { domain: 'example.com', hostOnly: false }, true],
    ['a foreign domain', { domain: 'example.net', hostOnly: false }, false],
    [
      'a path that is not the request’s, as in Qt',
      { domain: 'example.com', hostOnly: false, path: '/x' },
      true,
    ],
  ])('%s', (_name, cookie, expected) => {
    const { jar } = makeJar();
    jar.insertCookie(BASE);
    const [stored] = jar.allCookies();
    expect(jar.validateCookie({ ...stored!, ...cookie }, SITE)).toBe(expected);
    expect(jar.validateCookie({ ...stored!, ...cookie }, 'file:///x')).toBe(false);
  });
});

test('a watcher is told of what comes, changes or goes, and not of the same once more', () => {
  const jar = new CookieJar({ clock: { now: () => 0 } });
  const told: string[] = [];
  const stop = jar.watch(({ cookie, isRemoved }) => told.push(`${cookie.value}${isRemoved ? ' gone' : ''}`));
  const lines = ['a=1', 'a=1', 'a=2', 'a=2; Max-Age=10', 'a=2; Max-Age=10', 'a=2; Max-Age=10; HttpOnly'];
  for (const line of [...lines, 'a=; Max-Age=0', 'a=; Max-Age=0', 'a=1'])
    jar.setCookie(line, 'http://h.test/');
  expect(told).toEqual(['1', '2', '2', '2', '2 gone', '1']);
  stop();
  jar.clear();
  expect(told.length).toBe(6);
});
