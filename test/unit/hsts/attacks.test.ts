/** Attack checklist C, as far as decisions can meet it; by number. End to end: test/node. */
import { describe, expect, test } from 'vitest';
import { upgradeUrl } from '../../../src/hsts/known-hosts.ts';
import { StrictTransportSecurity } from '../../../src/hsts/strict-transport-security.ts';
import { MemoryStore } from '../../../src/storage/memory-store.ts';
import { parseUrl } from '../../../src/util/url.ts';

const NOW = Date.UTC(2026, 0, 1);

function setup() {
  const security = new StrictTransportSecurity({ clock: { now: () => NOW } });
  const upgraded = (url: string): string =>
    upgradeUrl(parseUrl(url), (host) => security.shouldUpgrade(host)).href;
  return { security, upgraded };
}

describe('27: a host in another spelling is the same host (CVE-2022-42916, CVE-2022-43551)', () => {
  test.each([
    ['mixed case', 'http://ExAmPle.CoM/', 'https://example.com/'],
    ['U+3002', 'http://example\u3002com/', 'https://example.com/'],
    ['U+FF0E', 'http://example\uff0ecom/', 'https://example.com/'],
    ['U+FF61', 'http://example\uff61com/', 'https://example.com/'],
    ['full-width letters', 'http://ｅｘample.com/', 'https://example.com/'],
    ['percent-encoded', 'http://ex%61mple.com/', 'https://example.com/'],
    ['percent-encoded dot', 'http://example%2ecom/', 'https://example.com/'],
    ['an ignored code point', 'http://exa\u00admple.com/', 'https://example.com/'],
    ['userinfo that looks like a host', 'http://other.test@example.com/', 'https://example.com/'],
    ['backslashes', 'http:\\\\example.com\\', 'https://example.com/'],
    ['a tab that URL parsers drop is no URL at all', 'http://exam\tple.com/', null],
    ['IDN as Unicode', 'http://bücher.example/', 'https://xn--bcher-kva.example/'],
    ['IDN as A-label in upper case', 'http://XN--BCHER-KVA.example/', 'https://xn--bcher-kva.example/'],
  ])('%s', (_name, url, expected) => {
    const { security, upgraded } = setup();
    security.note(['max-age=60'], 'example.com');
    security.note(['max-age=60'], 'xn--bcher-kva.example');
    if (expected === null) expect(() => upgraded(url)).toThrow(TypeError);
    else expect(upgraded(url)).toBe(expected);
  });
});

describe('28: a trailing dot neither hides a host nor a policy (CVE-2022-30115)', () => {
  test.each([
    ['example.com', 'http://example.com./', 'https://example.com./'],
    ['example.com.', 'http://example.com/', 'https://example.com/'],
    ['example.com.', 'http://sub.example.com./', 'https://sub.example.com./'],
  ])('noted for %s, asked for %s', (noted, url, expected) => {
    const { security, upgraded } = setup();
    security.note(['max-age=60; includeSubDomains'], noted);
    expect(upgraded(url)).toBe(expected);
    expect(security.hosts()).toHaveLength(1);
  });
});

test('29: a subdomain cannot shorten, widen or remove its parent’s policy (CVE-2024-9681)', () => {
  const { security } = setup();
  security.note(['max-age=1000'], 'example.com');
  security.note(['max-age=1; includeSubDomains'], 'sub.example.com');
  security.note(['max-age=0'], 'sub.example.com');
  expect(security.hosts()).toEqual([
    { host: 'example.com', expiry: NOW + 1_000_000, includeSubDomains: false },
  ]);
});

test('30: parallel users of one store lose nothing, long names are kept whole (CVE-2023-23914, CVE-2023-46219)', async () => {
  const store = new MemoryStore();
  const long = `${`${'a'.repeat(61)}.`.repeat(4)}test`;
  const first = setup().security;
  const second = setup().security;
  await Promise.all([first.enableStore(store), second.enableStore(store)]);
  first.note(['max-age=60'], 'first.test');
  second.note(['max-age=60'], long);
  await Promise.all([first.flush(), second.flush()]);
  const later = setup().security;
  await later.enableStore(store);
  expect(later.shouldUpgrade('first.test')).toBe(true);
  expect(later.shouldUpgrade(long)).toBe(true);
});

describe('31: never for IP addresses (RFC 6797 §8.1.1, §8.3)', () => {
  test.each(['192.0.2.1', '[2001:db8::1]', '0x7f.1', '2130706433', '127.1'])('%s', (host) => {
    const { security, upgraded } = setup();
    security.note(['max-age=60; includeSubDomains'], host);
    security.note(['max-age=60; includeSubDomains'], parseUrl(`http://${host}/`).hostname);
    expect(security.hosts()).toEqual([]);
    expect(upgraded(`http://${host}/`)).toBe(parseUrl(`http://${host}/`).href);
  });
});

describe('32: repeated and malformed headers', () => {
  test.each<[string, string[], number | null]>([
    ['two headers: the first wins', ['max-age=10', 'max-age=20'], 10],
    ['two headers: a later max-age=0 does not remove', ['max-age=10', 'max-age=0'], 10],
    ['a malformed one is ignored as a whole', ['max-age=10; max-age=20'], null],
    ['a malformed one does not remove', ['max-age=0; max-age=0'], null],
    ['quoted', ['max-age="10"'], 10],
  ])('%s', (_name, lines, seconds) => {
    const { security } = setup();
    security.note(['max-age=5'], 'example.com');
    security.note(lines, 'example.com');
    expect(security.hosts()[0]!.expiry).toBe(NOW + (seconds ?? 5) * 1000);
  });

  test('max-age=0 with includeSubDomains deletes', () => {
    const { security } = setup();
    security.note(['max-age=10'], 'example.com');
    security.note(['max-age=0; includeSubDomains'], 'example.com');
    expect(security.hosts()).toEqual([]);
  });
});

test.each([
  ['http://example.com:80/', 'https://example.com/'],
  ['http://example.com:8080/', 'https://example.com:8080/'],
])('33: ports, %s', (url, expected) => {
  const { security, upgraded } = setup();
  security.note(['max-age=60'], 'example.com');
  expect(upgraded(url)).toBe(expected);
});

test('35: a flood of subdomains is bounded, and does not push out the hosts in use', () => {
  const { security } = setup();
  security.note(['max-age=60'], 'bank.test');
  for (let i = 0; i < 25_000; i++) {
    security.note(['max-age=31536000; includeSubDomains'], `id-${i}.tracker.test`);
    if (i % 1000 === 0) expect(security.shouldUpgrade('bank.test')).toBe(true);
  }
  expect(security.hosts().length).toBe(10_000);
  expect(security.shouldUpgrade('bank.test')).toBe(true);
});

test('a name that is nobody’s: __proto__ and a megabyte of labels', () => {
  const { security } = setup();
  security.note(['max-age=60; includeSubDomains'], '__proto__');
  expect(security.shouldUpgrade('a.__proto__')).toBe(true);
  expect(security.shouldUpgrade('a.constructor')).toBe(false);
  expect(security.shouldUpgrade(`${'a.'.repeat(500_000)}__proto__`)).toBe(false);
});
