import { describe, expect, test } from 'vitest';
import { KnownHosts } from '../../../src/hsts/known-hosts.ts';

const NOW = Date.UTC(2026, 0, 1);
const policy = (host: string, includeSubDomains = false, expiry = NOW + 1000) => ({
  host,
  expiry,
  includeSubDomains,
});

describe('matching (RFC 6797 §8.2)', () => {
  const hosts = new KnownHosts();
  hosts.set(policy('exact.test'));
  hosts.set(policy('wide.test', true));
  hosts.set(policy('narrow.wide.test'));
  hosts.set(policy('expired.test', true, NOW));
  hosts.set(policy('expired.wide.test', true, NOW - 1));
  hosts.set(policy('intranet', true));
  hosts.set(policy('__proto__'));

  test.each([
    ['the host itself', 'exact.test', true],
    ['no subdomain of a host without the flag', 'a.exact.test', false],
    ['the host itself, with the flag', 'wide.test', true],
    ['a subdomain', 'a.wide.test', true],
    ['a deep subdomain', 'a.b.c.d.wide.test', true],
    ['below a subdomain without the flag', 'a.narrow.wide.test', true],
    ['a suffix that is no subdomain', 'evilwide.test', false],
    ['the parent', 'test', false],
    ['expired at this very millisecond', 'expired.test', false],
    ['below an expired one', 'a.expired.test', false],
    ['expired, but its parent covers it', 'expired.wide.test', true],
    ['a single label', 'intranet', true],
    ['below a single label', 'a.intranet', true],
    ['a name of Object.prototype', 'constructor', false],
    ['__proto__ as a host', '__proto__', true],
  ])('%s: %s', (_name, host, expected) => {
    expect(hosts.matches(host, NOW)).toBe(expected);
  });
});

test('unexpired gives what holds at that time', () => {
  const hosts = new KnownHosts();
  hosts.set(policy('a.test', false, NOW + 1));
  hosts.set(policy('b.test', false, NOW + 2));
  expect([...hosts.unexpired(NOW + 1)].map(({ host }) => host)).toEqual(['b.test']);
});

describe('the cap', () => {
  test('forgets the host that has gone unused for longest, and says which', () => {
    const hosts = new KnownHosts(2);
    expect(hosts.set(policy('a.test'))).toBeNull();
    expect(hosts.set(policy('b.test'))).toBeNull();
    expect(hosts.set(policy('a.test', true))).toBeNull();
    expect(hosts.set(policy('c.test'))).toBe('b.test');
    expect(hosts.matches('x.a.test', NOW)).toBe(true);
    expect(hosts.set(policy('d.test'))).toBe('c.test');
    expect([...hosts.unexpired(NOW)].map(({ host }) => host)).toEqual(['a.test', 'd.test']);
  });

  test('a lookup costs as many steps as the name has labels, however many hosts are known', () => {
    const hosts = new KnownHosts();
    for (let i = 0; i < 10_000; i++) hosts.set(policy(`host-${i}.test`));
    let lookups = 0;
    const get = Map.prototype.get;
    Map.prototype.get = function (key) {
      lookups++;
      return get.call(this, key);
    };
    try {
      hosts.matches('a.b.c.test', NOW);
    } finally {
      Map.prototype.get = get;
    }
    expect(lookups).toBe(4);
  });
});
