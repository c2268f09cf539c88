import { describe, expect, test } from 'vitest';
import { canonicalHost, isIpAddress } from '../../../src/util/host.ts';

describe('canonicalHost', () => {
  const cases: [name: string, input: string, expected: string | null][] = [
    ['a plain name', 'example.com', 'example.com'],
    ['upper case', 'WWW.Example.COM', 'www.example.com'],
    ['an underscore', '_dmarc.example.com', '_dmarc.example.com'],
    ['a single label', 'localhost', 'localhost'],
    ['a label with digits', '3com.com', '3com.com'],
    ['a U-label', 'bücher.example', 'xn--bcher-kva.example'],
    ['an A-label', 'XN--bcher-kva.example', 'xn--bcher-kva.example'],
    ['an A-label that decodes to nothing', 'xn--a.example', null],
    ['ideographic full stop', 'example。com', 'example.com'],
    ['fullwidth full stop', 'example．com', 'example.com'],
    ['halfwidth full stop', 'example｡com', 'example.com'],
    ['one trailing dot', 'example.com.', 'example.com'],
    ['one trailing dot, upper case', 'EXAMPLE.com.', 'example.com'],
    ['two trailing dots', 'example.com..', null],
    ['a leading dot', '.example.com', null],
    ['an empty label', 'example..com', null],
    ['an empty label and a U-label', 'bücher..example', null],
    ['nothing', '', null],
    ['a dot', '.', null],
    ['IPv4', '127.0.0.1', '127.0.0.1'],
    ['IPv4 with a trailing dot', '127.0.0.1.', '127.0.0.1'],
    ['IPv4 in another spelling', '0x7f.1', '127.0.0.1'],
    ['IPv4 out of range', '1.2.3.256', null],
    ['IPv6', '[::1]', '[::1]'],
    ['IPv6, not compressed', '[0:0:0:0:0:0:0:1]', '[::1]'],
    ['IPv6 without brackets', '::1', null],
    ['a port', 'example.com:80', null],
    ['userinfo', 'user@example.com', null],
    ['a path', 'example.com/x', null],
    ['an escape, which is not decoded', 'ex%61mple.com', null],
    ['white space that a URL parser drops', 'exam\tple.com', null],
    ['a NUL', 'example.com\0', null],
    ['__proto__', '__proto__', '__proto__'],
    ['253 characters', `${'a.'.repeat(126)}a`, `${'a.'.repeat(126)}a`],
    ['253 characters and the root', `${'a.'.repeat(126)}a.`, `${'a.'.repeat(126)}a`],
    ['254 characters', `${'a.'.repeat(126)}aa`, null],
    ['254 characters, upper case', `${'A.'.repeat(126)}AA`, null],
  ];
  test.each(cases)('%s: %j', (_name, input, expected) => {
    expect(canonicalHost(input)).toBe(expected);
  });

  test('is idempotent', () => {
    for (const [, , canonical] of cases)
      if (canonical !== null) expect(canonicalHost(canonical)).toBe(canonical);
  });
});

describe('isIpAddress', () => {
  test.each([
    ['127.0.0.1', true],
    ['[::1]', true],
    ['example.com', false],
    ['1.2.3.example', false],
    ['3com', false],
    ['example.c0m1', false],
    ['42', false],
  ])('%s: %s', (host, expected) => {
    expect(isIpAddress(host)).toBe(expected);
  });
});
