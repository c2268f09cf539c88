import { describe, expect, test } from 'vitest';
import { resolveUrl } from '../../../src/options/base-url.ts';
import { DEFAULT_SETTINGS, resolveManagerOptions } from '../../../src/resolve-options.ts';
import { parseUrl } from '../../../src/util/url.ts';

const BASE = 'https://api.test/v1';
const under = (baseUrl: string | URL, input: string | URL, allowAbsoluteUrls = false) =>
  resolveUrl(input, resolveManagerOptions({ baseUrl, allowAbsoluteUrls }, DEFAULT_SETTINGS), parseUrl);

describe('a relative URL is below the base', () => {
  test.each([
    [BASE, 'users/1', 'https://api.test/v1/users/1'],
    [`${BASE}/`, 'users/1?a=b#c', 'https://api.test/v1/users/1?a=b#c'],
    [BASE, '', 'https://api.test/v1/'],
    [BASE, '?q=1', 'https://api.test/v1/?q=1'],
    [BASE, './a/../b', 'https://api.test/v1/b'],
    ['https://api.test', 'users', 'https://api.test/users'],
    ['https://api.test', '/users', 'https://api.test/users'],
    ['https://api.test/v1', '/v1/users', 'https://api.test/v1/users'],
    [new URL(BASE), 'users', 'https://api.test/v1/users'],
    ['HTTPS://API.test:443/v1', 'users', 'https://api.test/v1/users'],
    ['unix+http://%2Frun%2Fapp.sock/api', 'users', 'unix+http://%2Frun%2Fapp.sock/api/users'],
    ['app://host/a', 'b', 'app://host/a/b'],
  ])('%s and %j', (base, input, expected) => {
    expect(under(base, input).href).toBe(expected);
  });

  test('with the user of the base', () => {
    expect(under('https://ada:pw@api.test/v1', 'users')).toMatchObject({ username: 'ada', password: 'pw' });
  });
});

describe('an absolute URL may lead below the base', () => {
  test.each([
    'https://api.test/v1/users',
    'https://API.test:443/v1/users',
    '//api.test/v1/x',
    'https://api.test/v1',
    'https://api.test/v1?x',
    new URL('https://api.test/v1/a'),
  ])('%s', (input) => {
    expect(under(BASE, input).origin).toBe('https://api.test');
  });
});

const OUTSIDE: readonly (string | URL)[] = [
  'https://evil.test/v1/users',
  'http://api.test/v1/users',
  'https://api.test:8443/v1/users',
  'https://api.test.evil.test/v1/',
  'https://api.test@evil.test/v1/',
  '//evil.test/v1/users',
  '/\\evil.test/v1/users',
  '\\\\evil.test/v1/users',
  'https:\\\\evil.test\\v1\\users',
  '/users',
  '/v10/users',
  '/v1evil',
  '../users',
  'a/../../users',
  '%2e%2e/users',
  '.%2E/users',
  '/%76%31/users',
  ' //evil.test/',
  'data:text/plain,x',
  'blob:https://api.test/1',
  'file:///etc/passwd',
  'unix+http://%2Frun%2Fapp.sock/v1/',
  new URL('https://evil.test/v1/'),
];

describe.each(OUTSIDE.map(String))('%j leaves the base', (input) => {
  test('and is refused, with what to do', () => {
    expect(() => under(BASE, input)).toThrow(TypeError);
    expect(() => under(BASE, input)).toThrow(
      /is outside of the baseUrl https:\/\/api.test\/v1\/; make it relative/,
    );
  });

  test('unless that is allowed', () => {
    expect(under(BASE, input, true).href).toBe(new URL(input, `${BASE}/`).href.replace('api.test@', ''));
  });
});

test('what is refused is told without its password', () => {
  expect(() => under(BASE, 'https://ada:secret@evil.test/')).toThrow('https://evil.test/ is outside');
});

test.each(['a\nb', '\t//evil.test/', 'a\0'])('%j has control characters', (input) => {
  expect(() => under(BASE, input)).toThrow('control characters');
});

test.each<[unknown, string]>([
  ['https://api.test/?a=b', 'without query'],
  ['https://api.test/#a', 'without query'],
  [5, 'expected a URL'],
  [{}, 'expected a URL'],
  ['/v1', 'not absolute'],
  ['api.test/v1', 'not absolute'],
  ['data:text/plain,', 'that others can be relative to'],
  ['mailto:a@b.test', 'that others can be relative to'],
])('%j is no base', (baseUrl, message) => {
  expect(() => under(baseUrl as string, 'users')).toThrow(TypeError);
  expect(() => under(baseUrl as string, 'users')).toThrow(message);
});
