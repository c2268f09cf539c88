import { describe, expect, test } from 'vitest';
import { checkPins, pinsFor } from '../../../src/tls/certificate-pins.ts';

const pin = (letter: string): string => `sha256/${letter.repeat(43)}=`;
const KEYS = [pin('a'), pin('b')];
const OTHERS = [pin('c'), pin('d')];

describe('pins are accepted', () => {
  test.each(['api.example', '*.example', 'localhost', '127.0.0.1', '[::1]', 'xn--bcher-kva.example'])(
    'of %s',
    (host) => {
      expect(() => checkPins({ [host]: KEYS })).not.toThrow();
      expect(() => checkPins({ [host]: { pins: KEYS, reportOnly: true } })).not.toThrow();
    },
  );
});

describe('pins are a TypeError that names the host', () => {
  test.each<[string, string, unknown, RegExp]>([
    ['of no host', 'https://api.example', KEYS, /is no host/],
    ['of a host with a port', 'api.example:443', KEYS, /is no host/],
    ['of a host with a port that is not the usual one', 'api.example:8443', KEYS, /is no host/],
    ['of an address with a port', '[::1]:8443', KEYS, /is no host/],
    ['of a host with the dot of the root', 'api.example.', KEYS, /is no host/],
    ['of all below one with the dot of the root', '*.example.', KEYS, /is no host/],
    ['of what is below an address', '*.127.0.0.1', KEYS, /is no host/],
    ['of what is below an IPv6 address', '*.[::1]', KEYS, /is no host/],
    ['of a host in capitals', 'API.example', KEYS, /is no host/],
    ['of a host in Unicode', 'bücher.example', KEYS, /is no host/],
    ['of a star in the middle', 'a.*.example', KEYS, /is no host/],
    ['of all hosts', '*', KEYS, /is no host/],
    ['of an address in part', '*.0.0.1', KEYS, /is no host/],
    ['that are none', 'api.example', 'sha256/', /expected an array/],
    ['that are nothing', 'api.example', null, /expected an array/],
    ['of another hash', 'api.example', [pin('a'), 'sha1/AAAA'], /expected an array/],
    ['in hexadecimal', 'api.example', [pin('a'), `sha256/${'0a'.repeat(32)}`], /expected an array/],
    ['with one key', 'api.example', [pin('a')], /a second key, as a backup/],
    ['with one key twice', 'api.example', [pin('a'), pin('a')], /a second key, as a backup/],
    ['with no key', 'api.example', [], /a second key, as a backup/],
    ['with a word that there is not', 'api.example', { pins: KEYS, report: true }, /report/],
    ['without keys', 'api.example', { reportOnly: true }, /certificatePins\.api\.example\.pins/],
  ])('%s', (_name, host, keys, words) => {
    const check = (): void => checkPins({ [host]: keys } as never);
    expect(check).toThrow(TypeError);
    expect(check).toThrow(words);
    expect(check).toThrow(host);
  });
});

test.each<[string, string, readonly string[] | null]>([
  ['the host itself', 'api.example', KEYS],
  ['the host with the dot of the root', 'api.example.', KEYS],
  ['one label before', 'www.example', OTHERS],
  ['two labels before', 'a.www.example', null],
  ['what the star is before', 'example', null],
  ['a name that ends alike', 'myapi.example.test', null],
  ['an address', '::1', KEYS],
  ['an address as a URL has it', '[::1]', KEYS],
  ['what every object has', 'constructor', null],
])('%s', (_name, host, expected) => {
  const pins = { 'api.example': KEYS, '*.example': OTHERS, '[::1]': KEYS };
  expect(pinsFor(pins, host)?.pins ?? null).toEqual(expected);
});

test('nothing is pinned without pins, and keys alone are not for a report', () => {
  expect(pinsFor(null, 'api.example')).toBe(null);
  expect(pinsFor({ 'api.example': KEYS }, 'api.example')).toEqual({ pins: KEYS, reportOnly: false });
  const told = { pins: KEYS, reportOnly: true };
  expect(pinsFor({ 'api.example': told }, 'api.example')).toEqual(told);
});
