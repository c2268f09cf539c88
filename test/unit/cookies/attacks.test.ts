import { describe, expect, test } from 'vitest';
import type { CookieContext } from '../../../src/cookies/abstract-cookie-jar.ts';
import { CookieJar } from '../../../src/cookies/jar.ts';
import { parseSetCookie } from '../../../src/cookies/parse.ts';
import { MemoryStore } from '../../../src/storage/memory-store.ts';
import { expectLinear } from '../../support/linear.ts';
import { makeJar, NOW, pairs } from './fixtures.ts';

/**
 * Part B of the attack checklist, by its numbers. B13 and B25's file are met elsewhere (redirects, the file store); B26,
 * a token header made from a cookie, does not exist here.
 */

function sent(from: string, line: string, to: string, context?: CookieContext): string {
  const { jar } = makeJar();
  jar.setCookie(line, from, context);
  return jar.cookieHeader(to, context);
}

describe('B14 super-cookies for a public suffix', () => {
  test.each<[domain: string, from: string, to: string]>([
    ['com', 'https://evil.com/', 'https://bank.com/'],
    ['.com', 'https://evil.com/', 'https://bank.com/'],
    ['co.UK', 'https://evil.co.uk/', 'https://bank.co.uk/'],
    ['CO.uk', 'https://evil.CO.UK/', 'https://bank.co.uk/'],
    ['github.io', 'https://evil.github.io/', 'https://victim.github.io/'],
    ['xn--p1ai', 'https://evil.xn--p1ai/', 'https://bank.xn--p1ai/'],
    ['公司.cn', 'https://evil.公司.cn/', 'https://bank.公司.cn/'],
    ['xn--55qx5d.cn', 'https://evil.公司.cn/', 'https://bank.公司.cn/'],
  ])('Domain=%s from %s', (domain, from, to) => {
    expect(sent(from, `a=1; Domain=${domain}`, to)).toBe('');
    const { jar } = makeJar();
    expect(jar.setCookiesFromUrl([{ name: 'a', value: '1', domain }], from)).toBe(false);
    expect(jar.insertCookie({ name: 'a', value: '1', domain, hostOnly: false })).toBe(false);
  });
});

test.each(['bank.com', 'www.evil.com', 'evil.com.bank.com', 'vil.com', 'evil.co', 'xevil.com'])(
  'B15 Domain=%s that does not match evil.com',
  (domain) => {
    const { jar } = makeJar();
    expect(jar.setCookie(`a=1; Domain=${domain}`, 'https://evil.com/')).toBe(false);
    expect(jar.allCookies()).toEqual([]);
  },
);

describe('B16 trailing dots, addresses, single labels', () => {
  test.each<[name: string, from: string, domain: string, to: string]>([
    ['a suffix with a trailing dot', 'https://evil.com./', 'com.', 'https://bank.com./'],
    ['a suffix with two', 'https://evil.com../', 'com..', 'https://bank.com../'],
    ['part of an address', 'http://10.0.0.1/', '0.0.1', 'http://99.0.0.1/'],
    ['an address in another spelling', 'http://0x7f.1/', '7f.1', 'http://127.0.0.1/'],
    ['a single label', 'http://a.intranet/', 'intranet', 'http://b.intranet/'],
  ])('%s', (_name, from, domain, to) => {
    expect(sent(from, `a=1; Domain=${domain}`, to)).toBe('');
  });

  test('a host with the root’s dot is that host', () => {
    expect(sent('https://example.com./', 'a=1', 'https://example.com/')).toBe('a=1');
    expect(sent('https://example.com./', 'a=1', 'https://example.net./')).toBe('');
  });
});

describe('B17 Secure cookies and prefixes', () => {
  test('a site without TLS neither replaces, hides nor deletes a Secure cookie', () => {
    const { jar } = makeJar();
    jar.setCookie('sid=good; Secure; Path=/', 'https://www.example.com/');
    for (const line of [
      'sid=evil; Path=/',
      'sid=evil; Path=/x',
      'sid=evil; Domain=example.com',
      'sid=; Max-Age=0',
    ]) {
      jar.setCookie(line, 'http://www.example.com/');
    }
    jar.setCookie('sid=evil; Domain=www.example.com; Path=/', 'http://evil.www.example.com/');
    expect(jar.cookieHeader('https://www.example.com/x')).toBe('sid=good');
  });

  test('nor by a nameless cookie that reads as a pair', () => {
    expect(sent('http://www.example.com/', '=sid=evil', 'https://www.example.com/')).toBe('');
    expect(sent('http://www.example.com/', '==sid=evil', 'https://www.example.com/')).toBe('');
  });

  test.each([
    '__Secure-',
    '__Host-',
    '__Http-',
    '__Host-Http-',
    '__SECURE-',
    '__host-',
    '__hTTP-',
    '__hOST-hTTP-',
  ])('%s cannot be forged without TLS, from a sibling or by a script', (prefix) => {
    const script: CookieContext = { api: 'script' };
    expect(sent('http://www.example.com/', `${prefix}a=1; Path=/`, 'https://www.example.com/')).toBe('');
    expect(
      sent('http://www.example.com/', `${prefix}a=1; Path=/; Secure; HttpOnly`, 'https://www.example.com/'),
    ).toBe('');
    expect(sent('http://www.example.com/', `=${prefix}a`, 'https://www.example.com/')).toBe('');
    if (/host/i.test(prefix)) {
      expect(
        sent(
          'https://evil.example.com/',
          `${prefix}a=1; Path=/; Secure; HttpOnly; Domain=example.com`,
          'https://example.com/',
        ),
      ).toBe('');
    }
    if (/http/i.test(prefix)) {
      expect(
        sent('https://www.example.com/', `${prefix}a=1; Path=/; Secure`, 'https://www.example.com/', script),
      ).toBe('');
    }
  });
});

test.each(['Strict-Lax', 'StrictNone', 'None,Strict', 'N one', '"None"', 'None\u00a0'])(
  'B18 SameSite=%s is not a weaker word',
  (value) => {
    const { jar } = makeJar();
    jar.setCookie(`a=1; Secure; SameSite=${value}`, 'https://example.com/');
    expect(jar.allCookies()).toMatchObject([{ sameSite: 'default' }]);
    expect(jar.cookieHeader('https://example.com/', { site: 'https://evil.test' })).toBe('');
  },
);

describe('B19 nothing is decoded, nothing injected', () => {
  test('escapes stay escapes', () => {
    const line = 'a%3Db=%0d%0aSet-Cookie:%20c=d%3B%20Domain=evil.com; Path=/%2e%2e/x';
    const { jar } = makeJar();
    jar.setCookie(line, 'https://example.com/');
    expect(jar.allCookies()).toMatchObject([
      { name: 'a%3Db', value: '%0d%0aSet-Cookie:%20c=d%3B%20Domain=evil.com', path: '/%2e%2e/x' },
    ]);
  });

  test.each([
    { name: 'a', value: '1; Domain=example.com' },
    { name: 'a', value: '1\r\nX-Evil: 1' },
    { name: 'a; HttpOnly', value: '1' },
    { name: 'a', value: '1', path: '/; Domain=example.com' },
  ])('a cookie of a program cannot carry attributes: %j', (cookie) => {
    const { jar } = makeJar();
    expect(jar.setCookiesFromUrl([cookie], 'https://www.example.com/')).toBe(false);
    expect(jar.insertCookie({ domain: 'www.example.com', ...cookie })).toBe(false);
  });
});

test.each(['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'])(
  'B20 %s as name, value, host and path is only text',
  async (word) => {
    const host = `http://${word.toLowerCase()}/${word}`;
    const store = new MemoryStore();
    const jar = await CookieJar.open(store);
    jar.setCookie(`${word}=${word}; Path=/${word}; Max-Age=60; ${word}=${word}`, host);
    jar.setCookie(`${word}=${word}; Domain=${word}`, 'https://www.example.com/');
    expect(jar.cookieHeader(host)).toBe(`${word}=${word}`);
    expect(jar.cookieHeader('http://other.test/')).toBe('');
    await jar.close();
    expect((await CookieJar.open(store)).cookieHeader(host)).toBe(`${word}=${word}`);
    expect(Object.keys({})).toEqual([]);
    expect(({} as Record<string, unknown>)[`/${word}`]).toBeUndefined();
  },
);

describe('B21 a line costs what its length says', () => {
  const size = 1 << 20;
  test.each<[name: string, line: string]>([
    ['semicolons', `a=1${';'.repeat(size)}`],
    ['semicolons and spaces', `a=1${'; '.repeat(size / 2)}`],
    ['spaces within', `a=1${' '.repeat(size)}x`],
    ['equals signs', `a=1; ${'='.repeat(size)}`],
    ['attributes without a value', `a=1${';x'.repeat(size / 2)}`],
    ['dates', `a=1; Expires=${'1 Jan '.repeat(size / 6)}`],
    ['a date of digits', `a=1; Expires=${'1'.repeat(1024)}`],
    ['digits', `a=1; Max-Age=${'9'.repeat(size)}x`],
    ['dots', `a=1; Domain=${'.'.repeat(1024)}`],
    ['labels', `a=1; Domain=${'a.'.repeat(511)}com`],
    ['a name', `${'a'.repeat(size)}=1`],
  ])('%s', (_name, line) => {
    const { jar } = makeJar();
    expectLinear(() => jar.setCookie(line, 'https://www.example.com/'));
  });
});

test('B21 a host costs no more than a name of DNS can', () => {
  const { jar } = makeJar();
  const url = `https://${'a.'.repeat(100_000)}example.com/`;
  expectLinear(() => {
    expect(jar.setCookie('a=1', url)).toBe(false);
    expect(jar.cookieHeader(url)).toBe('');
    expect(jar.insertCookie({ name: 'a', value: '1', domain: new URL(url).hostname })).toBe(false);
  });
});

describe('B22 cookie bombs', () => {
  test('10 000 cookies of one site leave 180, and those of another site alone', () => {
    const { jar } = makeJar();
    jar.setCookie('sid=good; Secure', 'https://bank.test/');
    for (let i = 0; i < 10_000; i++) jar.setCookie(`a${i}=1`, 'https://evil.test/');
    expect(jar.allCookies()).toHaveLength(181);
    expect(jar.cookieHeader('https://bank.test/')).toBe('sid=good');
  });

  test('cookies without Secure do not push out those with', () => {
    const { jar } = makeJar();
    jar.setCookie('sid=good; Secure; Domain=example.com', 'https://www.example.com/');
    for (let i = 0; i < 1000; i++) jar.setCookie(`a${i}=1; Domain=example.com`, 'http://evil.example.com/');
    expect(pairs(jar)).toContain('sid=good');
  });

  test('a value of 1 MB, a name of 1 MB', () => {
    const { jar } = makeJar();
    const much = 'x'.repeat(1 << 20);
    expect(jar.setCookie(`a=${much}`, 'https://evil.test/')).toBe(false);
    expect(jar.setCookie(`${much}=a`, 'https://evil.test/')).toBe(false);
    expect(jar.setCookie(`a=1; Path=/${much}`, 'https://evil.test/')).toBe(true);
    expect(jar.allCookies()).toMatchObject([{ path: '/' }]);
  });

  test('a Cookie field stays below 8 KiB', () => {
    const { jar } = makeJar();
    for (let i = 0; i < 180; i++) jar.setCookie(`a${i}=${'x'.repeat(4000)}`, 'https://evil.test/');
    expect(jar.cookieHeader('https://evil.test/').length).toBeLessThanOrEqual(8192);
  });
});

test('B23 control characters are refused, in any place, and a tab is none', () => {
  const codes = [...Array.from({ length: 32 }, (_, i) => i).filter((code) => code !== 9), 127];
  for (const control of codes.map((code) => String.fromCharCode(code))) {
    for (const line of [
      `a${control}=1`,
      `a=${control}1`,
      `a=1; Path=/${control}`,
      `a=1; x${control}`,
      `${control}a=1`,
    ]) {
      expect(parseSetCookie(line, NOW), JSON.stringify(line)).toBeNull();
    }
    const { jar } = makeJar();
    expect(jar.insertCookie({ name: 'a', value: control, domain: 'example.com' })).toBe(false);
  }
  expect(parseSetCookie('a=1\t2', NOW)).toMatchObject({ value: '1\t2' });
});

test('B24 a Partitioned cookie is not read under another top-level site, nor without Secure', () => {
  const tracker = 'https://tracker.test/';
  const line = 'id=1; Secure; SameSite=None; Partitioned';
  const { jar } = makeJar();
  jar.setCookie(line, tracker, { site: 'https://shop.test' });
  expect(jar.cookieHeader(tracker, { site: 'https://news.test' })).toBe('');
  expect(jar.cookieHeader(tracker)).toBe('');
  expect(jar.cookieHeader(tracker, { site: 'https://shop.test' })).toBe('id=1');
  expect(sent(tracker, 'id=1; Partitioned', tracker)).toBe('');
});

test('B25 two writers lose nothing: the store is merged by partition, domain, path and name', async () => {
  const store = new MemoryStore();
  const open = () => CookieJar.open(store, { clock: { now: () => NOW } });
  const [one, other] = [await open(), await open()];
  const url = 'https://www.example.com/';
  one.setCookie('a=1; Max-Age=60', url);
  other.setCookie('a=2; Max-Age=60; Domain=example.com', url);
  one.setCookie('a=3; Max-Age=60; Path=/x', url);
  other.setCookie('b=4; Max-Age=60', url);
  one.setCookie('a=5; Max-Age=60; Secure; Partitioned', url);
  await Promise.all([one.close(), other.close()]);
  expect(pairs(await open())).toEqual(['a=1', 'a=2', 'a=3', 'a=5', 'b=4']);
});
