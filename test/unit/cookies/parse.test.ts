import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CookieInit } from '../../../src/cookies/cookie.ts';
import { DEFAULT_COOKIE_LIMITS } from '../../../src/cookies/limits.ts';
import { parseSetCookie } from '../../../src/cookies/parse.ts';
import { DAY, NOW } from './fixtures.ts';

const PLAIN: CookieInit = {
  name: 'a',
  value: 'b',
  domain: undefined,
  path: undefined,
  expires: null,
  secure: false,
  httpOnly: false,
  sameSite: 'default',
  partitioned: false,
};

describe('name and value', () => {
  const long = 'v'.repeat(4095);
  test.each<[name: string, line: string, expected: [string, string] | null]>([
    ['a pair', 'a=b', ['a', 'b']],
    ['no value', 'a=', ['a', '']],
    ['no name', '=b', ['', 'b']],
    ['no equals sign', 'b', ['', 'b']],
    ['white space', ' \ta \t= \tb c\t ; Secure', ['a', 'b c']],
    ['white space of another kind', 'a\u00a0=\u00a0b', ['a\u00a0', '\u00a0b']],
    ['equals signs in the value', 'a=b=c==', ['a', 'b=c==']],
    ['quotes are part of the value', 'a="b c"', ['a', '"b c"']],
    ['a semicolon ends even a quoted value', 'a="b;c"', ['a', '"b']],
    ['a comma is data', 'a=b, c=d', ['a', 'b, c=d']],
    ['nothing is decoded', 'a%3D=%0d%0a', ['a%3D', '%0d%0a']],
    ['bytes', 'ä=ÿ', ['ä', 'ÿ']],
    ['a tab within', 'a\tb=c\td', ['a\tb', 'c\td']],
    ['names are not special', '__proto__=constructor', ['__proto__', 'constructor']],
    ['4096 bytes', `a=${long}`, ['a', long]],
    ['4097 bytes', `a=${long}v`, null],
    ['neither name nor value', '', null],
    ['only an equals sign', ' = ', null],
    ['only attributes', '; Secure', null],
    ['a nameless value that would read as a pair', '=a=b', null],
    ['a NUL', 'a=b\0', null],
    ['a line break', 'a=b\r\nSet-Cookie: c=d', null],
    ['a control character in an attribute', 'a=b; Path=/\x07', null],
    ['DEL', 'a=\x7fb', null],
    ['a character that is no byte', 'a=✓', null],
  ])('%s', (_name, line, expected) => {
    const cookie = parseSetCookie(line, NOW);
    expect(cookie && [cookie.name, cookie.value]).toEqual(expected);
  });
});

describe('attributes', () => {
  test.each<[name: string, attributes: string, expected: Partial<CookieInit> | null]>([
    ['none', '', {}],
    [
      'any case, any white space',
      ';secure;HTTPONLY ; \tPaTh\t=\t/x\t',
      { secure: true, httpOnly: true, path: '/x' },
    ],
    ['a value where none belongs', ';Secure=false;HttpOnly=', { secure: true, httpOnly: true }],
    ['not quite the name', ';Secured;"HttpOnly";Pathh=/x;Pat=/x', {}],
    ['empty ones', ';;;=;=x; ;', {}],
    ['Path', ';Path=/x/', { path: '/x/' }],
    ['Path, relative', ';Path=x', {}],
    ['Path, the last one', ';Path=/x;Path=/y', { path: '/y' }],
    ['Path, the last one is none', ';Path=/x;Path=', {}],
    ['Path of 1024 bytes', `;Path=/${'x'.repeat(1023)}`, { path: `/${'x'.repeat(1023)}` }],
    ['Path of 1025 bytes is ignored', `;Path=/y;Path=/${'x'.repeat(1024)}`, { path: '/y' }],
    ['Domain', ';Domain=.Example.COM', { domain: '.Example.COM' }],
    ['Domain, the last one', ';Domain=a.test;Domain=b.test', { domain: 'b.test' }],
    ['Domain, empty', ';Domain=a.test;Domain=', { domain: '' }],
    ['Domain, not ASCII', ';Domain=ä.test', null],
    ['Expires', ';Expires=Fri, 02 Jan 2026 00:00:00 GMT', { expires: NOW + DAY }],
    ['Expires, no date', ';Expires=Fri, 02 Jan 2026 00:00:00 GMT;Expires=tomorrow', { expires: NOW + DAY }],
    ['Expires beyond 400 days', ';Expires=Fri, 01 Jan 2100 00:00:00 GMT', { expires: NOW + 400 * DAY }],
    ['Max-Age', ';Max-Age=60', { expires: NOW + 60_000 }],
    ['Max-Age wins, before', ';Max-Age=60;Expires=Fri, 02 Jan 2026 00:00:00 GMT', { expires: NOW + 60_000 }],
    ['Max-Age wins, behind', ';Expires=Fri, 02 Jan 2026 00:00:00 GMT;Max-Age=60', { expires: NOW + 60_000 }],
    ['Max-Age, the last one', ';Max-Age=60;Max-Age=30', { expires: NOW + 30_000 }],
    ['Max-Age beyond 400 days', `;Max-Age=${'9'.repeat(400)}`, { expires: NOW + 400 * DAY }],
    ['Max-Age of zero', ';Max-Age=0', { expires: 0 }],
    ['Max-Age below zero', ';Max-Age=-1', { expires: 0 }],
    [
      'Max-Age, no number',
      ';Max-Age=60;Max-Age=+1;Max-Age=1.5;Max-Age=-;Max-Age=;Max-Age=1e3',
      { expires: NOW + 60_000 },
    ],
    ['SameSite', ';SameSite=Strict', { sameSite: 'strict' }],
    ['SameSite in any case', ';samesite=LAX', { sameSite: 'lax' }],
    ['SameSite, the last one', ';SameSite=Lax;SameSite=None', { sameSite: 'none' }],
    ['SameSite, the last one unknown', ';SameSite=Strict;SameSite=Later', {}],
    ['SameSite, more than the word', ';SameSite=Strict-Lax', {}],
    ['Partitioned', ';Partitioned', { partitioned: true }],
  ])('%s', (_name, attributes, expected) => {
    const cookie = parseSetCookie(`a=b${attributes}`, NOW);
    expect(cookie).toEqual(expected && { ...PLAIN, ...expected });
  });

  test('the limits are options', () => {
    const limits = { cookieSize: 3, attributeSize: 2, lifetime: 1000 };
    expect(parseSetCookie('a=123', NOW, limits)).toBeNull();
    const cookie = parseSetCookie('a=12; Path=/x; Path=/yy; Max-Age=60', NOW, limits);
    expect(cookie).toMatchObject({ path: '/x', expires: NOW + 1000 });
  });

  test.each([
    [{ cookiesize: 3 }, "parseSetCookie: unknown option 'limits.cookiesize'"],
    [{ cookieSize: -3 }, "parseSetCookie: option 'limits.cookieSize'"],
    [new Map(), 'parseSetCookie: expected an object of options'],
  ])('refuses %o', (limits, message) => {
    expect(() => parseSetCookie('a=b', NOW, limits as object)).toThrow(message);
  });
});

test('any text is a cookie that can be sent, or none', () => {
  const part = fc.string({
    unit: fc.constantFrom('a', '=', ';', ' ', '\t', '"', ',', '\0', 'ÿ', '✓', 'Path', '/'),
    maxLength: 12,
  });
  fc.assert(
    fc.property(part, (line) => {
      const cookie = parseSetCookie(line, NOW);
      if (cookie === null) return;
      expect(cookie.name + cookie.value).not.toBe('');
      expect(`${cookie.name}${cookie.value}`).not.toMatch(/[\0;✓]/);
      expect([cookie.name.trim(), cookie.value.trim()]).toEqual([cookie.name, cookie.value]);
    }),
    { numRuns: 500 },
  );
});

describe('Expires is a time of the server’s clock', () => {
  const MINUTE = 60_000;
  const line = (expires: number): string => `a=1; Expires=${new Date(expires).toUTCString()}`;
  test.each([
    ['the client is an hour ahead', NOW - 60 * MINUTE],
    ['the client is a year behind', NOW + 365 * 24 * 60 * MINUTE],
    ['they agree', NOW],
  ])('%s', (_name, serverTime) => {
    const parsed = parseSetCookie(line(serverTime + 30 * MINUTE), NOW, DEFAULT_COOKIE_LIMITS, serverTime);
    expect(parsed?.expires).toBe(NOW + 30 * MINUTE);
    const gone = parseSetCookie(line(serverTime), NOW, DEFAULT_COOKIE_LIMITS, serverTime);
    expect(gone?.expires).toBe(NOW);
  });

  test('Max-Age is not, and the longest life counts from our clock', () => {
    const parse = (text: string) =>
      parseSetCookie(text, NOW, DEFAULT_COOKIE_LIMITS, NOW - 60 * MINUTE)?.expires;
    expect(parse('a=1; Max-Age=60')).toBe(NOW + MINUTE);
    expect(parse('a=1; Expires=Fri, 31 Dec 9999 23:59:59 GMT')).toBe(NOW + DEFAULT_COOKIE_LIMITS.lifetime);
  });
});
