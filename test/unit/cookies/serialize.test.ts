import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CookieInit } from '../../../src/cookies/cookie.ts';
import { parseSetCookie } from '../../../src/cookies/parse.ts';
import { serializeCookie, serializeCookies } from '../../../src/cookies/serialize.ts';
import { DAY, NOW } from './fixtures.ts';

const FULL: CookieInit = {
  name: 'a',
  value: '"b c"',
  domain: 'example.com',
  path: '/x',
  expires: Date.UTC(1999, 10, 9, 23, 12, 40),
  secure: true,
  httpOnly: true,
  sameSite: 'lax',
  partitioned: true,
};

describe('one cookie', () => {
  test.each<[name: string, cookie: CookieInit, expected: string]>([
    ['only a pair', { name: 'a', value: 'b' }, 'a=b'],
    ['no value', { name: 'a', value: '' }, 'a='],
    ['no time', { name: 'a', value: 'b', expires: Number.NaN }, 'a=b'],
    [
      'a time that no date can say',
      { name: 'a', value: 'b', expires: 1e300 },
      'a=b; Expires=Fri, 31 Dec 9999 23:59:59 GMT',
    ],
    ['no name', { name: '', value: 'b' }, 'b'],
    [
      'everything, in the order of Qt',
      FULL,
      'a="b c"; Secure; HttpOnly; SameSite=Lax; Expires=Tue, 09 Nov 1999 23:12:40 GMT; Domain=example.com; Path=/x; Partitioned',
    ],
    ['host-only', { name: 'a', value: 'b', domain: 'example.com', hostOnly: true }, 'a=b'],
    ['SameSite=None', { name: 'a', value: 'b', sameSite: 'none' }, 'a=b; SameSite=None'],
    [
      'long expired',
      { name: 'a', value: 'b', expires: -8.64e15 },
      'a=b; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
    ],
    [
      'stored in a partition',
      { name: 'a', value: 'b', partitionKey: 'https://top.test' },
      'a=b; Partitioned',
    ],
  ])('in full: %s', (_name, cookie, expected) => {
    expect(serializeCookie(cookie)).toBe(expected);
  });

  test('name and value', () => {
    expect(serializeCookie(FULL, 'name-and-value')).toBe('a="b c"');
  });

  test('what is written in full reads back the same', () => {
    const token = fc.stringMatching(/^[!#-:<>-~]{1,8}$/);
    const cookie = fc.record({
      name: token.map((text) => text.replaceAll('=', '')),
      value: token,
      domain: fc.constantFrom(undefined, 'example.com', 'xn--bcher-kva.example'),
      path: fc.constantFrom(undefined, '/', '/a b/c%20'),
      expires: fc.option(
        fc.integer({ min: 0, max: 399 * DAY }).map((ms) => NOW + ms - (ms % 1000)),
        { nil: null },
      ),
      secure: fc.boolean(),
      httpOnly: fc.boolean(),
      sameSite: fc.constantFrom('default', 'none', 'lax', 'strict'),
      partitioned: fc.boolean(),
    });
    fc.assert(
      fc.property(cookie, (written) => {
        fc.pre(written.name !== '' || !written.value.includes('='));
        expect(parseSetCookie(serializeCookie(written), NOW)).toEqual(written);
      }),
      { numRuns: 300 },
    );
  });
});

describe('what would be read back as something else is a TypeError', () => {
  const cookie = { name: 'a', value: 'b' };
  test.each<[string, object]>([
    ['a value with attributes', { value: 'b; Domain=.evil' }],
    ['a value with a line', { value: 'b\r\nSet-Cookie: x=y' }],
    ['a value with NUL', { value: 'b\0' }],
    ['a value that is no byte', { value: '日' }],
    ['a value with space around it', { value: ' b' }],
    ['a name with an equals sign', { name: 'a=b' }],
    ['a name with a semicolon', { name: 'a;b' }],
    ['neither name nor value', { name: '', value: '' }],
    ['a nameless value with an equals sign', { name: '', value: 'a=b' }],
    ['a domain with attributes', { domain: 'a.test; Secure' }],
    ['a domain with a path', { domain: 'a.test/x' }],
    ['a domain with a line', { domain: 'a.test\r\nX: y' }],
    ['a path with attributes', { path: '/; Domain=evil.test' }],
    ['a path with a line', { path: '/\n' }],
    ['a path that is none', { path: 'a' }],
    ['an unknown SameSite', { sameSite: 'sometimes' }],
    ['a SameSite of the prototype', { sameSite: 'constructor' }],
  ])('%s', (_name, part) => {
    expect(() => serializeCookie({ ...cookie, ...part } as never)).toThrow(TypeError);
  });

  test('in a Cookie field, too', () => {
    expect(() => serializeCookies([cookie, { name: 'c', value: 'd; e=f' }])).toThrow(TypeError);
    expect(() => serializeCookie({ name: 'c', value: 'd; e=f' }, 'name-and-value')).toThrow(TypeError);
  });

  test('a domain of other letters is written as A-labels', () => {
    expect(serializeCookie({ ...cookie, domain: '.bücher.test' })).toBe('a=b; Domain=.xn--bcher-kva.test');
  });
});

describe('a Cookie field', () => {
  const cookies = [
    { name: 'a', value: '1' },
    { name: '', value: 'nameless' },
    { name: 'c', value: '' },
  ];

  test('pairs in the order given', () => {
    expect(serializeCookies(cookies)).toBe('a=1; nameless; c=');
    expect(serializeCookies([])).toBe('');
  });

  test('what does not fit is left out, and what comes behind it may fit', () => {
    expect(serializeCookies(cookies, 'a=1; c='.length)).toBe('a=1; c=');
    expect(serializeCookies(cookies, 2)).toBe('c=');
  });
});
