import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { HttpHeaders } from '../../../src/message/headers.ts';
import { HIDDEN, shownFields, withoutUserinfo } from '../../../src/util/redaction.ts';
import { parseUrl, withScheme } from '../../../src/util/url.ts';

describe('fields that are shown', () => {
  test.each([
    'authorization',
    'proxy-authorization',
    'cookie',
    'cookie2',
    'set-cookie',
    'authentication-info',
    'proxy-authentication-info',
    'x-api-key',
    'apikey',
    'x-auth-token',
    'x-csrf-token',
    'x-amz-security-token',
    'client-secret',
    'x-session',
    'x-signature',
  ])('%s is hidden', (name) => {
    expect(shownFields([[name, 'abc']])).toEqual({ [name]: HIDDEN });
  });

  test.each(['www-authenticate', 'content-type', 'access-control-allow-credentials', 'author', 'x-keyboard'])(
    '%s is not',
    (name) => {
      expect(shownFields([[name, 'abc']])).toEqual({ [name]: 'abc' });
    },
  );

  test('names that the application says are secret are', () => {
    expect(shownFields([['x-mine', 'abc']], ['x-mine'])).toEqual({ 'x-mine': HIDDEN });
  });

  test('several values of a name stay several, and names are only names', () => {
    const shown = shownFields([
      ['a', '1'],
      ['__proto__', 'x'],
      ['a', '2'],
    ]);
    expect(Object.entries(shown)).toEqual([
      ['a', ['1', '2']],
      ['__proto__', 'x'],
    ]);
  });

  test.each([
    ['https://u:p@h.test/a', 'https://h.test/a'],
    ['</a>; rel="x", <//u@h.test/b@c>', '</a>; rel="x", <//h.test/b@c>'],
    ['mailto:u@h.test', 'mailto:u@h.test'],
  ])('%s is shown as %s', (text, expected) => {
    expect(withoutUserinfo(text)).toBe(expected);
    expect(shownFields([['location', text]])).toEqual({ location: expected });
  });
});

test('HttpHeaders show themselves so', () => {
  const headers = new HttpHeaders({ Authorization: 'Bearer abc', accept: 'a/b' });
  expect(JSON.parse(JSON.stringify({ headers }))).toEqual({
    headers: { authorization: HIDDEN, accept: 'a/b' },
  });
  expect(inspect(headers)).toBe("HttpHeaders { authorization: '(hidden)', accept: 'a/b' }");
  expect(inspect([[[headers]]], { depth: 2 })).toContain('[HttpHeaders]');
});

test.each([
  ['parsed', parseUrl('http://user:geheim@h.test/')],
  ['upgraded', withScheme(parseUrl('http://user:geheim@h.test/'), 'https', 443)],
])('a URL that is %s shows no userinfo, and keeps it', (_name, url) => {
  expect(inspect(url) + JSON.stringify(url)).not.toMatch(/geheim|user:|'user'/);
  expect([url.username, url.password]).toEqual(['user', 'geheim']);
});
