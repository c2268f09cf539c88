import { describe, expect, test } from 'vitest';
import { StrictTransportSecurity } from '../../../src/hsts/strict-transport-security.ts';

const NOW = Date.UTC(2026, 0, 1);
const DAY = 86_400_000;

function setup() {
  const clock = { time: NOW, now: () => clock.time };
  return { clock, security: new StrictTransportSecurity({ clock }) };
}

describe('addHosts', () => {
  test('keeps policies under their canonical name, an expired one removes', () => {
    const { security } = setup();
    security.addHosts([
      { host: 'Example.COM.', expiry: NOW + DAY, includeSubDomains: true },
      { host: 'bücher.example', expiry: NOW + DAY + 0.5, includeSubDomains: false },
      { host: 'gone.example', expiry: NOW + DAY, includeSubDomains: false },
    ]);
    security.addHosts([{ host: 'GONE.example', expiry: NOW, includeSubDomains: false }]);
    expect(security.hosts()).toEqual([
      { host: 'example.com', expiry: NOW + DAY, includeSubDomains: true },
      { host: 'xn--bcher-kva.example', expiry: NOW + DAY, includeSubDomains: false },
    ]);
  });

  test.each([
    ['IPv4', '192.0.2.1'],
    ['IPv6', '[2001:db8::1]'],
    ['empty', ''],
    ['empty labels', 'a..b'],
    ['too long to be looked up', `${'a.'.repeat(200)}test`],
  ])('passes over what cannot have a policy: %s', (_name, host) => {
    const { security } = setup();
    security.addHosts([{ host, expiry: NOW + DAY, includeSubDomains: true }]);
    expect(security.hosts()).toEqual([]);
  });

  test.each([
    [{ host: 1, expiry: NOW + DAY, includeSubDomains: false }],
    [{ host: 'a.test', expiry: 'tomorrow', includeSubDomains: false }],
    [{ host: 'a.test', expiry: Number.NaN, includeSubDomains: false }],
    [{ host: 'a.test', expiry: NOW + DAY, includeSubDomains: 'false' }],
  ])('TypeError for %j, and nothing is added', (wrong) => {
    const { security } = setup();
    const right = { host: 'right.test', expiry: NOW + DAY, includeSubDomains: false };
    expect(() => security.addHosts([right, wrong as never])).toThrow(TypeError);
    expect(security.hosts()).toEqual([]);
  });
});

describe('note', () => {
  test('adds the host that answered, until its age is over', () => {
    const { clock, security } = setup();
    security.note(['max-age=7'], 'expire.example');
    clock.time += 6999;
    expect(security.shouldUpgrade('expire.example')).toBe(true);
    clock.time += 1;
    expect(security.shouldUpgrade('expire.example')).toBe(false);
    expect(security.hosts()).toEqual([]);
  });

  test('a later header replaces age and flag', () => {
    const { security } = setup();
    security.note(['max-age=100; includeSubDomains'], 'a.test');
    security.note(['max-age=10'], 'a.test');
    expect(security.hosts()).toEqual([{ host: 'a.test', expiry: NOW + 10_000, includeSubDomains: false }]);
  });

  test('max-age=0 removes that very host', () => {
    const { security } = setup();
    security.note(['max-age=100'], 'a.test');
    security.note(['max-age=100'], 'b.a.test');
    security.note(['max-age=0; includeSubDomains'], 'a.test');
    expect(security.hosts().map(({ host }) => host)).toEqual(['b.a.test']);
  });

  test('the first valid line counts', () => {
    const { security } = setup();
    security.note(['max-age=oops', 'max-age=10', 'max-age=20'], 'a.test');
    expect(security.hosts()).toEqual([{ host: 'a.test', expiry: NOW + 10_000, includeSubDomains: false }]);
  });

  test('nothing valid changes nothing', () => {
    const { security } = setup();
    security.note(['max-age=10'], 'a.test');
    security.note(['', 'max-age'], 'a.test');
    security.note([], 'a.test');
    expect(security.hosts()).toHaveLength(1);
  });
});

describe('preloaded top-level domains', () => {
  const preloaded = ['dev', 'xn--q9jyb4c'];
  test.each([
    ['below one', 'a.b.dev', true],
    ['one itself', 'dev', true],
    ['in another spelling', 'A.Dev.', true],
    ['IDN', 'はじめよう.みんな', true],
    ['a label of that name elsewhere', 'dev.example', false],
    ['a name that ends alike', 'a.xdev', false],
    ['an address', '127.0.0.1', false],
  ])('%s: %s', (_name, host, expected) => {
    const { security } = setup();
    expect(security.shouldUpgrade(host, preloaded)).toBe(expected);
    expect(security.shouldUpgrade(host)).toBe(false);
  });

  test('cannot be unlearned, and are no policies', () => {
    const { security } = setup();
    security.note(['max-age=0'], 'a.dev');
    expect(security.shouldUpgrade('a.dev', preloaded)).toBe(true);
    expect(security.hosts()).toEqual([]);
  });
});
