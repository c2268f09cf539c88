import { describe, expect, test } from 'vitest';
import type { CookieContext } from '../../../src/cookies/abstract-cookie-jar.ts';
import { makeJar } from './fixtures.ts';

const HOME = 'https://www.example.com/';
const LINES = [
  'strict=1; SameSite=Strict',
  'lax=1; SameSite=Lax',
  'none=1; SameSite=None; Secure',
  'default=1',
];

describe('sending (RFC 6265bis §5.8.3)', () => {
  const ALL = 'strict=1; lax=1; none=1; default=1';
  test.each<[name: string, context: CookieContext | undefined, expected: string]>([
    ['no context: a script’s own request', undefined, ALL],
    ['the very site', { site: 'https://www.example.com/page' }, ALL],
    ['another host of the site', { site: new URL('https://example.com') }, ALL],
    ['another port', { site: 'https://www.example.com:8443' }, ALL],
    ['another scheme', { site: 'http://www.example.com' }, 'none=1'],
    ['a secure WebSocket is of the https site', { site: 'wss://www.example.com' }, ALL],
    ['another site', { site: 'https://example.net' }, 'none=1'],
    ['a look-alike', { site: 'https://www.example.com.evil.net' }, 'none=1'],
    [
      'another site, navigating',
      { site: 'https://example.net', navigation: true },
      'lax=1; none=1; default=1',
    ],
    [
      'another site, navigating with POST',
      { site: 'https://example.net', navigation: true, method: 'POST' },
      'none=1',
    ],
    [
      'another site, navigating with HEAD',
      { site: 'https://example.net', navigation: true, method: 'HEAD' },
      'lax=1; none=1; default=1',
    ],
    [
      'a script under another site',
      { site: 'https://example.net', api: 'script', navigation: true },
      'none=1',
    ],
    ['the own site with POST', { site: 'https://example.com', method: 'POST' }, ALL],
  ])('%s', (_name, context, expected) => {
    const { jar } = makeJar();
    for (const line of LINES) jar.setCookie(line, HOME);
    expect(jar.cookieHeader(HOME, context)).toBe(expected);
  });
});

describe('setting (§5.7 steps 18 and 19)', () => {
  test.each<[name: string, context: CookieContext, expected: string[]]>([
    ['the own site', { site: 'https://example.com' }, ['default', 'lax', 'none', 'strict']],
    ['another site', { site: 'https://example.net' }, ['none']],
    [
      'another site, navigating',
      { site: 'https://example.net', navigation: true },
      ['default', 'lax', 'none', 'strict'],
    ],
    [
      'a script under another site',
      { site: 'https://example.net', navigation: true, api: 'script' },
      ['none'],
    ],
  ])('%s', (_name, context, expected) => {
    const { jar } = makeJar();
    for (const line of LINES) jar.setCookie(line, HOME, context);
    expect(
      jar
        .allCookies()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(expected);
  });

  test('None asks for Secure', () => {
    const { jar } = makeJar();
    expect(jar.setCookie('a=1; SameSite=None', HOME)).toBe(false);
  });
});

describe('the site of a host', () => {
  test.each<[name: string, url: string, site: string, expected: boolean]>([
    ['below a public suffix of two labels', 'https://a.example.co.uk/', 'https://b.example.co.uk', true],
    ['two below one', 'https://a.co.uk/', 'https://b.co.uk', false],
    ['two of the private section', 'https://a.github.io/', 'https://b.github.io', false],
    ['a public suffix and what is below it', 'https://github.io/', 'https://a.github.io', false],
    ['an address', 'https://127.0.0.1/', 'https://127.0.0.1:8443', true],
    ['two addresses', 'https://127.0.0.1/', 'https://127.0.0.2', false],
    ['localhost', 'http://localhost:3000/', 'http://localhost:4000', true],
  ])('%s', (_name, url, site, expected) => {
    const { jar } = makeJar();
    jar.setCookie('a=1', url);
    expect(jar.cookieHeader(url, { site })).toBe(expected ? 'a=1' : '');
  });

  test('without a list every host is a site of its own', () => {
    const { jar } = makeJar({ publicSuffixes: undefined as never });
    jar.setCookie('a=1', HOME);
    expect(jar.cookieHeader(HOME, { site: HOME })).toBe('a=1');
    expect(jar.cookieHeader(HOME, { site: 'https://example.com' })).toBe('');
  });

  test('a site that is no URL is a mistake of the program', () => {
    const { jar } = makeJar();
    jar.setCookie('a=1', HOME);
    expect(() => jar.cookieHeader(HOME, { site: 'example.com' })).toThrow(TypeError);
  });
});
