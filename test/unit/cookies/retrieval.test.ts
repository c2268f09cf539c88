import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { domainMatches, pathMatches } from '../../../src/cookies/rules.ts';
import { makeJar } from './fixtures.ts';

const URL_OF = 'https://www.example.com/a/b/page';

describe('sending order (RFC 6265bis §5.8.3 step 2)', () => {
  test.each<[name: string, lines: string[], expected: string]>([
    ['older first', ['b=1', 'a=2', 'c=3'], 'b=1; a=2; c=3'],
    ['longer paths first', ['a=1; Path=/', 'b=2; Path=/a/b', 'c=3; Path=/a'], 'b=2; c=3; a=1'],
    [
      'older first among paths of one length',
      ['a=1; Path=/a', 'b=2; Path=/', 'c=3; Path=/a'],
      'a=1; c=3; b=2',
    ],
    ['a replacement keeps its place', ['a=1', 'b=2', 'a=3'], 'a=3; b=2'],
    ['a deleted one comes back last', ['a=1', 'b=2', 'a=x; Max-Age=0', 'a=3'], 'b=2; a=3'],
    ['across domains', ['a=1; Path=/', 'b=2; Path=/; Domain=example.com', 'c=3; Path=/'], 'a=1; b=2; c=3'],
    [
      'across domains and paths',
      ['a=1; Path=/', 'b=2; Path=/a; Domain=example.com', 'c=3; Path=/a'],
      'b=2; c=3; a=1',
    ],
    ['one name, several paths', ['a=1; Path=/', 'a=2; Path=/a', 'a=3; Path=/a/b'], 'a=3; a=2; a=1'],
    ['one name, host-only and not', ['a=1; Path=/; Domain=www.example.com', 'a=2; Path=/'], 'a=1; a=2'],
    ['nameless', ['x', 'a=1', 'y'], 'y; a=1'],
  ])('%s', (_name, lines, expected) => {
    const { jar } = makeJar();
    for (const line of lines) jar.setCookie(line, URL_OF);
    expect(jar.cookieHeader(URL_OF)).toBe(expected);
  });

  test('the time of creation counts for what is inserted by hand', () => {
    const { jar, clock } = makeJar();
    jar.insertCookie({ name: 'new', value: '1', domain: 'example.com' });
    jar.insertCookie({ name: 'old', value: '2', domain: 'example.com', creationTime: clock.now() - 1 });
    expect(jar.cookieHeader('https://example.com/')).toBe('old=2; new=1');
  });
});

describe('expiry (§5.5)', () => {
  test('a cookie ends with its last millisecond', () => {
    const { jar, clock } = makeJar();
    jar.setCookie('a=1; Max-Age=60', URL_OF);
    clock.advance(59_999);
    expect(jar.cookieHeader(URL_OF)).toBe('a=1');
    clock.advance(1);
    expect(jar.cookieHeader(URL_OF)).toBe('');
    expect(jar.allCookies()).toEqual([]);
  });

  test.each(['Max-Age=0', 'Max-Age=-1', 'Expires=Thu, 01 Jan 1970 00:00:00 GMT'])(
    '%s deletes',
    (attribute) => {
      const { jar } = makeJar();
      jar.setCookie('a=1', URL_OF);
      expect(jar.setCookie(`a=; ${attribute}`, URL_OF)).toBe(false);
      expect(jar.allCookies()).toEqual([]);
    },
  );

  test('nothing lives longer than 400 days', () => {
    const { jar, clock } = makeJar();
    const domain = 'www.example.com';
    jar.setCookie('a=1; Max-Age=99999999999', URL_OF);
    jar.setCookiesFromUrl([{ name: 'b', value: '1', expires: Number.MAX_SAFE_INTEGER }], URL_OF);
    jar.insertCookie({ name: 'c', value: '1', domain, expires: Number.POSITIVE_INFINITY });
    clock.advance(400 * 24 * 60 * 60 * 1000 - 1);
    expect(jar.allCookies()).toHaveLength(3);
    clock.advance(1);
    expect(jar.allCookies()).toEqual([]);
  });
});

describe('URLs', () => {
  test.each(['file:///a', 'data:,x', 'about:blank', 'ftp://www.example.com/'])('%s has no cookies', (url) => {
    const { jar } = makeJar();
    expect(jar.setCookie('a=1', url)).toBe(false);
    jar.setCookie('a=1; Domain=example.com', 'https://www.example.com/');
    expect(jar.cookieHeader(url)).toBe('');
  });

  test('a URL object, text, and userinfo that says nothing', () => {
    const { jar } = makeJar();
    jar.setCookie('a=1', new URL('https://user:secret@www.example.com/'));
    expect(jar.cookieHeader(new URL('https://www.example.com/'))).toBe('a=1');
    expect(jar.cookieHeader('https://other@www.example.com/')).toBe('a=1');
  });

  test('a URL object that has changed meanwhile', () => {
    const { jar } = makeJar();
    const url = new URL('https://www.example.com/');
    jar.setCookie('a=1', url);
    url.hostname = 'other.example.com';
    expect(jar.cookieHeader(url)).toBe('');
  });

  test('text that is no URL is a mistake of the program', () => {
    const { jar } = makeJar();
    expect(() => jar.cookieHeader('example.com')).toThrow(TypeError);
    expect(() => jar.setCookie('a=1', '/path')).toThrow(TypeError);
  });

  test('more URLs than are remembered', () => {
    const { jar } = makeJar();
    for (let i = 0; i < 3000; i++) jar.setCookie(`a=${i}`, `https://host${i}.com/`);
    for (const i of [0, 1500, 2999]) expect(jar.cookieHeader(`https://host${i}.com/`)).toBe(`a=${i}`);
  });
});

test('the index finds what a look at every cookie finds', () => {
  const host = fc.constantFrom(
    'example.com',
    'a.example.com',
    'b.a.example.com',
    'c.example.com',
    'example.net',
  );
  const path = fc.constantFrom('/', '/x', '/x/', '/x/y', '/y');
  const set = fc.record({
    host,
    path,
    name: fc.constantFrom('a', 'b', 'c'),
    hostOnly: fc.boolean(),
    deletes: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
  });
  fc.assert(
    fc.property(fc.array(set, { maxLength: 30 }), host, path, (sets, requestHost, requestPath) => {
      const { jar } = makeJar();
      const model = new Map<
        string,
        { host: string; hostOnly: boolean; path: string; text: string; age: number }
      >();
      for (const [age, { host, path, name, hostOnly, deletes }] of sets.entries()) {
        const key = `${host} ${hostOnly} ${path} ${name}`;
        const text = `${name}=${age}`;
        const domain = hostOnly ? '' : `; Domain=${host}`;
        jar.setCookie(`${text}; Path=${path}${domain}${deletes ? '; Max-Age=0' : ''}`, `https://${host}/`);
        if (deletes) model.delete(key);
        else model.set(key, { host, hostOnly, path, text, age: model.get(key)?.age ?? age });
      }
      const expected = [...model.values()]
        .filter((cookie) =>
          cookie.hostOnly ? cookie.host === requestHost : domainMatches(requestHost, cookie.host),
        )
        .filter((cookie) => pathMatches(requestPath, cookie.path))
        .sort((a, b) => b.path.length - a.path.length || a.age - b.age);
      expect(jar.cookieHeader(`https://${requestHost}${requestPath}`)).toBe(
        expected.map(({ text }) => text).join('; '),
      );
      expect(jar.allCookies()).toHaveLength(model.size);
    }),
    { numRuns: 300 },
  );
});
