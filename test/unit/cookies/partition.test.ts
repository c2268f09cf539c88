import { describe, expect, test } from 'vitest';
import { makeJar, pairs } from './fixtures.ts';

const CHAT = 'https://chat.example/';
const SHOP = { topLevelSite: 'https://www.shop.example' };
const NEWS = { topLevelSite: 'https://news.example' };
const CROSS = 'Secure; SameSite=None; Partitioned';

describe('Partitioned (CHIPS)', () => {
  test('is seen only under the top-level site that it was set under', () => {
    const { jar } = makeJar();
    expect(jar.setCookie(`a=1; ${CROSS}`, CHAT, SHOP)).toBe(true);
    expect(jar.cookieHeader(CHAT, SHOP)).toBe('a=1');
    expect(jar.cookieHeader(CHAT, { topLevelSite: 'https://other.shop.example:8443/page' })).toBe('a=1');
    expect(jar.cookieHeader(CHAT, { topLevelSite: 'http://www.shop.example' })).toBe('');
    expect(jar.cookieHeader(CHAT, NEWS)).toBe('');
    expect(jar.cookieHeader(CHAT)).toBe('');
    expect(jar.allCookies()[0]).toMatchObject({ partitionKey: 'https://shop.example' });
  });

  test('one name has a cookie in each partition and one outside', () => {
    const { jar } = makeJar();
    jar.setCookie(`a=shop; ${CROSS}`, CHAT, SHOP);
    jar.setCookie(`a=news; ${CROSS}`, CHAT, NEWS);
    jar.setCookie('a=plain', CHAT);
    expect(jar.cookieHeader(CHAT, NEWS)).toBe('a=news; a=plain');
    jar.setCookie(`a=; ${CROSS}; Max-Age=0`, CHAT, NEWS);
    expect(pairs(jar)).toEqual(['a=plain', 'a=shop']);
  });

  test('asks for Secure', () => {
    const { jar } = makeJar();
    expect(jar.setCookie('a=1; Partitioned', CHAT, SHOP)).toBe(false);
  });

  test('a script’s own request is its own top-level site, and a request for a site is under that', () => {
    const { jar } = makeJar();
    jar.setCookie('own=1; Secure; Partitioned', CHAT);
    jar.setCookie(`shop=1; ${CROSS}`, CHAT, { site: 'https://shop.example' });
    expect(jar.allCookies().map(({ name, partitionKey }) => [name, partitionKey])).toEqual([
      ['own', 'https://chat.example'],
      ['shop', 'https://shop.example'],
    ]);
    expect(jar.cookieHeader('https://sub.chat.example/')).toBe('');
    expect(jar.cookieHeader(CHAT)).toBe('own=1');
    expect(jar.cookieHeader(CHAT, { site: 'https://shop.example' })).toBe('shop=1');
  });

  test('cookies of a partition and others are sorted together', () => {
    const { jar } = makeJar();
    jar.setCookie('a=1; Path=/', CHAT);
    jar.setCookie('b=2; Path=/x; Secure; Partitioned', CHAT);
    jar.setCookie('c=3; Path=/', CHAT);
    jar.setCookie('d=4; Path=/; Secure; Partitioned', CHAT);
    expect(jar.cookieHeader(`${CHAT}x`)).toBe('b=2; a=1; c=3; d=4');
  });

  test('a cookie outside is not kept from one in a partition, nor the other way', () => {
    const { jar } = makeJar();
    jar.setCookie('a=1; Secure; Partitioned', CHAT);
    expect(jar.setCookie('a=2', 'http://chat.example/')).toBe(true);
  });

  test('the limit of a domain is that of each partition', () => {
    const { jar } = makeJar({ limits: { perDomain: 2 } });
    for (const context of [SHOP, NEWS]) {
      for (const name of ['a', 'b', 'c']) jar.setCookie(`${name}=1; ${CROSS}`, CHAT, context);
    }
    expect(jar.cookieHeader(CHAT, SHOP)).toBe('b=1; c=1');
    expect(jar.cookieHeader(CHAT, NEWS)).toBe('b=1; c=1');
  });
});
