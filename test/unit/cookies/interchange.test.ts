import { CookieJar as ToughCookieJar } from 'tough-cookie';
import { describe, expect, test } from 'vitest';
import { type ElectronCookie, fromElectronCookie, toElectronCookie } from '../../../src/cookies/electron.ts';
import type { CookieJar } from '../../../src/cookies/jar.ts';
import { formatNetscapeCookies, parseNetscapeCookies } from '../../../src/cookies/netscape.ts';
import { fromToughCookieJson, toToughCookieJson } from '../../../src/cookies/tough-cookie.ts';
import { makeJar, NOW } from './fixtures.ts';

const SITE = 'https://www.example.com/';

function filledJar(): CookieJar {
  const { jar } = makeJar();
  jar.setCookie('a=1', SITE);
  jar.setCookie('b="2 3"; Domain=example.com; Path=/x; Max-Age=60; Secure; HttpOnly; SameSite=Lax', SITE);
  jar.setCookie('c=; SameSite=None; Secure', SITE);
  jar.setCookie('nameless', SITE);
  jar.setCookie('p=1; Secure; Partitioned', SITE);
  return jar;
}

function unpartitioned(jar: CookieJar) {
  return jar.allCookies().filter(({ partitionKey }) => partitionKey === null);
}

describe('Netscape cookies.txt', () => {
  test('as curl writes it', () => {
    const text = [
      '# Netscape HTTP Cookie File',
      '# https://curl.se/docs/http-cookies.html',
      '',
      '#HttpOnly_.example.com\tTRUE\t/x\tTRUE\t1767225660\tb\t"2 3"',
      'www.example.com\tFALSE\t/\tFALSE\t0\ta\t1\r',
      'www.example.com\tFALSE\t/\tFALSE\t0\tempty',
    ].join('\n');
    expect(parseNetscapeCookies(text)).toEqual([
      {
        name: 'b',
        value: '"2 3"',
        domain: '.example.com',
        hostOnly: false,
        path: '/x',
        secure: true,
        httpOnly: true,
        expires: NOW + 60_000,
      },
      {
        name: 'a',
        value: '1',
        domain: 'www.example.com',
        hostOnly: true,
        path: '/',
        secure: false,
        httpOnly: false,
        expires: null,
      },
      {
        name: 'empty',
        value: '',
        domain: 'www.example.com',
        hostOnly: true,
        path: '/',
        secure: false,
        httpOnly: false,
        expires: null,
      },
    ]);
  });

  test('TRUE in any case, so that no cookie loses its Secure', () => {
    const [cookie] = parseNetscapeCookies('.example.com\ttrue\t/\tTrue\t0\ta\t1');
    expect(cookie).toMatchObject({ hostOnly: false, secure: true });
  });

  test.each([
    'www.example.com FALSE / FALSE 0 a 1',
    'a\tb\tc',
    'x\tTRUE\t/\tTRUE\tsoon\ta\t1',
    'x\tTRUE\t/\tTRUE\t0\ta\t1\t2',
  ])('a line that is no cookie is skipped: %j', (line) => {
    expect(parseNetscapeCookies(line)).toEqual([]);
  });

  test('comes back but for SameSite and partitions', () => {
    const jar = filledJar();
    const { jar: other } = makeJar();
    for (const cookie of parseNetscapeCookies(formatNetscapeCookies(jar.allCookies())))
      other.insertCookie(cookie);
    expect(other.allCookies()).toEqual(
      unpartitioned(jar).map((cookie) => ({ ...cookie, sameSite: 'default' })),
    );
  });

  test('what the format would falsify is left out', () => {
    const { jar } = makeJar();
    jar.setCookie('a=1\t2', SITE);
    jar.setCookie('b=1; Secure; Partitioned', SITE);
    expect(formatNetscapeCookies(jar.allCookies())).toBe('# Netscape HTTP Cookie File\n\n');
  });
});

describe('tough-cookie JSON', () => {
  test('of tough-cookie itself', () => {
    const tough = new ToughCookieJar();
    tough.setCookieSync('a=1; Domain=example.com; Path=/x; Secure; HttpOnly; SameSite=Lax; Max-Age=60', SITE);
    tough.setCookieSync('b=2; Expires=Fri, 01 Jan 2027 00:00:00 GMT', SITE);
    tough.setCookieSync('nameless', SITE, { loose: true });
    tough.setCookieSync('p=1; Secure; Partitioned', SITE);
    const json = JSON.parse(JSON.stringify(tough.serializeSync()));
    const creationTime = Date.parse(json.cookies[0].creation);
    expect(fromToughCookieJson(json, NOW)).toMatchObject([
      {
        name: 'a',
        value: '1',
        domain: 'example.com',
        hostOnly: false,
        path: '/x',
        secure: true,
        httpOnly: true,
        sameSite: 'lax',
        expires: creationTime + 60_000,
        creationTime,
      },
      {
        name: 'b',
        value: '2',
        domain: 'www.example.com',
        hostOnly: true,
        sameSite: 'default',
        expires: Date.UTC(2027, 0),
      },
      { name: '', value: 'nameless', expires: null },
    ]);
  });

  test('comes back but for partitions', () => {
    const jar = filledJar();
    const { jar: other } = makeJar();
    for (const cookie of fromToughCookieJson(toToughCookieJson(jar.allCookies()), NOW))
      other.insertCookie(cookie);
    expect(other.allCookies()).toEqual(unpartitioned(jar));
  });

  test('tough-cookie reads it', () => {
    const jar = filledJar();
    const tough = ToughCookieJar.deserializeSync(JSON.stringify(toToughCookieJson(jar.allCookies())));
    const expected = jar
      .cookiesForUrl(`${SITE}x`)
      .filter(({ expires, partitionKey }) => expires === null && partitionKey === null);
    expect(
      tough
        .getCookiesSync(`${SITE}x`, { expire: false })
        .filter(({ expires }) => expires === 'Infinity')
        .map(({ key, value }) => [key, value])
        .sort(),
    ).toEqual(expected.map(({ name, value }) => [name, value]).sort());
  });

  test.each<[name: string, entry: unknown]>([
    ['no object', 'a=1'],
    ['no domain', { key: 'a', value: '1' }],
    ['a name that is no text', { key: 1, value: '1', domain: 'example.com' }],
    [
      'a partition that was not kept',
      { key: 'a', value: '1', domain: 'example.com', extensions: ['partitioned'] },
    ],
  ])('an entry with %s is skipped', (_name, entry) => {
    expect(fromToughCookieJson({ cookies: [entry] }, NOW)).toEqual([]);
  });

  test.each<[name: string, entry: object, expires: number | null]>([
    ['Max-Age counts from now when the creation is not told', { maxAge: 60 }, NOW + 60_000],
    ['Max-Age of zero', { maxAge: 0 }, 0],
    ['Max-Age below all', { maxAge: '-Infinity' }, 0],
    ['Max-Age without end', { maxAge: 'Infinity' }, null],
    ['a date that is none', { expires: 'Infinity' }, null],
  ])('%s', (_name, entry, expires) => {
    const cookies = fromToughCookieJson({ cookies: [{ key: 'a', domain: 'example.com', ...entry }] }, NOW);
    expect(cookies).toMatchObject([{ value: '', path: '/', expires }]);
  });

  test.each([null, [], {}, { cookies: {} }, 'text'])('%j is no jar', (json) => {
    expect(() => fromToughCookieJson(json, NOW)).toThrow(TypeError);
  });
});

describe('Electron', () => {
  const electron: ElectronCookie = {
    name: 'a',
    value: '1',
    domain: '.example.com',
    hostOnly: false,
    path: '/x',
    secure: true,
    httpOnly: true,
    expirationDate: (NOW + 60_500) / 1000,
    sameSite: 'no_restriction',
  };

  test('a cookie of a session', () => {
    const { jar } = makeJar();
    expect(jar.insertCookie(fromElectronCookie(electron))).toBe(true);
    const expected = {
      domain: 'example.com',
      hostOnly: false,
      path: '/x',
      expires: NOW + 60_500,
      secure: true,
      httpOnly: true,
      sameSite: 'none',
    };
    expect(jar.allCookies()).toMatchObject([expected]);
    const { hostOnly: _, ...details } = electron;
    expect(toElectronCookie(jar.allCookies()[0]!)).toEqual({ url: 'https://example.com/x', ...details });
  });

  test('host-only, for the session', () => {
    const { jar } = makeJar();
    jar.insertCookie(
      fromElectronCookie({ name: 'a', value: '1', domain: 'www.example.com', hostOnly: true }),
    );
    expect(toElectronCookie(jar.allCookies()[0]!)).toEqual({
      url: 'http://www.example.com/',
      name: 'a',
      value: '1',
      path: '/',
      secure: false,
      httpOnly: false,
      sameSite: 'unspecified',
    });
  });

  test('a session reads octets as UTF-8, a jar has one character for each', () => {
    const { jar } = makeJar();
    jar.setCookie('a=\xc3\xa9', SITE);
    const [cookie] = jar.allCookies();
    expect(toElectronCookie(cookie!)!.value).toBe('é');
    expect(fromElectronCookie({ name: '日', value: 'é', domain: 'h.example' })).toMatchObject({
      name: '\xe6\x97\xa5',
      value: '\xc3\xa9',
    });
  });

  test('a partition is not for Electron', () => {
    const { jar } = makeJar();
    jar.setCookie('a=1; Secure; Partitioned', SITE);
    expect(toElectronCookie(jar.allCookies()[0]!)).toBeNull();
  });
});
