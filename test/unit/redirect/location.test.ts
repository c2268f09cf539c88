import { describe, expect, test } from 'vitest';
import { LONGEST_LOCATION, redirectTarget } from '../../../src/redirect/plan.ts';
import { parseUrl } from '../../../src/util/url.ts';

const BASE = 'http://origin.test:8080/a/b?c';
const target = (location: string, base = BASE): string => {
  const result = redirectTarget([location], parseUrl(base));
  return typeof result === 'string' ? result : result.href;
};

describe('resolved against the URL that answered', () => {
  test.each([
    ['absolute', 'https://other.test/x', 'https://other.test/x'],
    ['another host', '//other.test/x', 'http://other.test/x'],
    ['absolute path', '/x', 'http://origin.test:8080/x'],
    ['relative path', 'x', 'http://origin.test:8080/a/x'],
    ['parent', '../x', 'http://origin.test:8080/x'],
    ['query', '?x', 'http://origin.test:8080/a/b?x'],
    ['white space around', '  /x  ', 'http://origin.test:8080/x'],
    ['default port', 'http://other.test:80/', 'http://other.test/'],
    ['backslashes', '\\\\other.test\\x', 'http://other.test/x'],
    ['IDN in raw UTF-8', 'http://b\xc3\xbccher.test/', 'http://xn--bcher-kva.test/'],
    ['a path in raw UTF-8', '/\xc3\xa9', 'http://origin.test:8080/%C3%A9'],
    ['a path in raw Latin-1', '/\xe9', 'http://origin.test:8080/%E9'],
    ['an escaped path', '/%c3%a9', 'http://origin.test:8080/%c3%a9'],
  ])('%s: %j', (_name, location, expected) => {
    expect(target(location)).toBe(expected);
  });

  const SOCKET = 'unix+http://%2Frun%2Fa.sock/x';
  test.each([
    ['its own paths', '/y', 'unix+http://%2Frun%2Fa.sock/y'],
    ['the network', 'http://other.test/', 'http://other.test/'],
  ])('from a local socket to %s', (_name, location, expected) => {
    expect(target(location, SOCKET)).toBe(expected);
  });

  test.each([
    ['from a local socket to another one', SOCKET, 'unix+http://%2Frun%2Fb.sock/x'],
    ['from the network to a local socket', BASE, SOCKET],
  ])('not %s', (_name, base, location) => {
    expect(redirectTarget([location], parseUrl(base))).toBe('Location is neither http nor https');
  });
});

describe('the fragment (RFC 9110 §10.2.2)', () => {
  test.each([
    ['inherited', '/x', 'http://origin.test/#old', 'http://origin.test/x#old'],
    ['its own', '/x#new', 'http://origin.test/#old', 'http://origin.test/x#new'],
    ['an empty one of its own', '/x#', 'http://origin.test/#old', 'http://origin.test/x#'],
    ['only a fragment', '#new', 'http://origin.test/a?b#old', 'http://origin.test/a?b#new'],
    ['none', '/x', 'http://origin.test/', 'http://origin.test/x'],
    [
      'inherited by another origin',
      'http://other.test/x?y',
      'http://origin.test/#old',
      'http://other.test/x?y#old',
    ],
  ])('%s', (_name, location, base, expected) => {
    expect(target(location, base)).toBe(expected);
  });
});

test.each(['http://user:secret@other.test/x', '//user:secret@other.test/x', 'http://user@other.test/x'])(
  'userinfo is dropped: %s',
  (location) => {
    const result = redirectTarget([location], parseUrl(BASE));
    expect(result).toMatchObject({ username: '', password: '', href: 'http://other.test/x' });
  },
);

test('userinfo of the request is not handed on', () => {
  expect(redirectTarget(['/x'], parseUrl('http://user:secret@origin.test/'))).toMatchObject({
    username: '',
    password: '',
  });
});

describe('no target', () => {
  test.each<[string, string[], RegExp]>([
    ['no field', [], /no Location/],
    ['an empty field', [''], /empty/],
    ['several that differ', ['/a', '/b'], /several/],
    ['too long', [`/${'a'.repeat(LONGEST_LOCATION)}`], /longer/],
    ['no URL', ['http://'], /not a URL/],
    ['a port that is none', ['http://other.test:99999/'], /not a URL/],
    ['a control character', ['/a\x01b'], /not a URL/],
    ['ftp', ['ftp://other.test/'], /neither http nor https/],
    ['file', ['file:///etc/passwd'], /neither http nor https/],
    ['data', ['data:text/html,x'], /neither http nor https/],
    ['javascript', ['javascript:alert(1)'], /neither http nor https/],
  ])('%s', (_name, location, expected) => {
    expect(redirectTarget(location, parseUrl(BASE))).toMatch(expected);
  });
});

test('the same Location twice is one', () => {
  expect(redirectTarget(['/x', '/x'], parseUrl(BASE))).toMatchObject({ href: 'http://origin.test:8080/x' });
});
