import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseKnownUrl } from '../../../src/util/known-origins.ts';
import { hintOfScheme, parseUrl, withoutFragment, withScheme } from '../../../src/util/url.ts';

describe('parseUrl', () => {
  const rows: [string, string, object][] = [
    [
      'a plain URL',
      'http://Example.TEST/a?b#c',
      {
        href: 'http://example.test/a?b#c',
        scheme: 'http',
        hostname: 'example.test',
        port: 80,
        authority: 'example.test',
        origin: 'http://example.test',
        target: '/a?b',
        fragment: '#c',
      },
    ],
    [
      'an explicit default port',
      'https://h.test:443/',
      { authority: 'h.test', port: 443, origin: 'https://h.test' },
    ],
    ['another port', 'https://h.test:8443/', { authority: 'h.test:8443', port: 8443 }],
    ['no path', 'http://h.test', { target: '/', href: 'http://h.test/' }],
    [
      'userinfo',
      'http://us%40er:p%3Aw@h.test/',
      { username: 'us@er', password: 'p:w', href: 'http://h.test/' },
    ],
    ['userinfo that does not decode', 'http://%zz@h.test/', { username: '%zz' }],
    ['IPv6', 'http://[::1]:8080/x', { hostname: '[::1]', authority: '[::1]:8080' }],
    ['IDN', 'http://bücher.test/', { hostname: 'xn--bcher-kva.test' }],
    ['dot segments', 'http://h.test/a/../b/./c', { target: '/b/c' }],
    ['data', 'data:text/plain,a b', { scheme: 'data', href: 'data:text/plain,a b', port: 0, hostname: '' }],
    ['file', 'file:///tmp/x', { scheme: 'file', href: 'file:///tmp/x', target: '/tmp/x', origin: 'file://' }],
    ['custom', 'app://host/x?y', { scheme: 'app', hostname: 'host', target: '/x?y', href: 'app://host/x?y' }],
  ];
  test.each(rows)('%s', (_name, input, expected) => {
    expect({ ...fields(parseUrl(input)) }).toMatchObject(expected);
    // Once more when the origin is known: the fast path gives the same.
    parseKnownUrl(input);
    expect({ ...fields(parseKnownUrl(input)) }).toMatchObject(expected);
  });

  test.each(['', 'relative', '/path', 'http://', 'http://a b/', 'http://h:99999/'])('refuses %j', (input) => {
    expect(() => parseUrl(input)).toThrow(TypeError);
  });

  test.each(['http://h.test/\r\nX: y', 'http://h.test/\0', 'http://h\n.test/', 'http://h.test/?a\tb'])(
    'refuses the control character in %j instead of dropping it',
    (input) => {
      expect(() => parseUrl(input)).toThrow(/control characters/);
      parseKnownUrl('http://h.test/');
      expect(() => parseKnownUrl(input)).toThrow(/control characters/);
    },
  );

  test('resolves against a base', () => {
    expect(parseUrl('../x?y', 'http://h.test/a/b/c').href).toBe('http://h.test/a/x?y');
  });

  test('the fast path agrees with the WHATWG parser for every path', () => {
    parseKnownUrl('http://known.test/');
    const char = fc.constantFrom(...'ab09-._~!$&\'()*+,;=:@/?%#\\"<> ^`{|}[]é２\u3002');
    fc.assert(
      fc.property(fc.array(char, { maxLength: 12 }), (chars) => {
        const text = `http://known.test/${chars.join('')}`;
        const expected = new URL(text).href;
        const [, resource, fragment] = /^([^#]*)(.*)$/s.exec(expected)!;
        const url = parseKnownUrl(text);
        expect([url.href, url.origin + url.target, url.fragment]).toEqual([
          expected,
          resource,
          fragment ?? '',
        ]);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('derived URLs', () => {
  test('withScheme keeps path and fragment and names only a port that is not the default', () => {
    const url = parseUrl('http://h.test:8080/a?b#c');
    expect(withScheme(url, 'https', 443).href).toBe('https://h.test/a?b#c');
    expect(withScheme(url, 'https', 8080).href).toBe('https://h.test:8080/a?b#c');
  });

  test('withoutFragment', () => {
    expect(withoutFragment(parseUrl('http://u:p@h.test/a#b'))).toBe('http://h.test/a');
  });
});

function fields(url: ReturnType<typeof parseUrl>): object {
  const { href, scheme, hostname, port, authority, origin, target, fragment, username, password } = url;
  return { href, scheme, hostname, port, authority, origin, target, fragment, username, password };
}

test.each([
  ['localhost:3000/x', true],
  ['api:80', true],
  ['a.test:8080?b', true],
  ['http://h.test:80/', false],
  ['mailto:a@h.test', false],
  ['tel:4930123456', false],
  ['data:1,2', false],
  ['me:12345@h.test', false],
])('%s is a host and port without a scheme: %s', (href, isMeant) => {
  expect(hintOfScheme(href)).toBe(isMeant ? `; did you mean http://${href}?` : '');
});
