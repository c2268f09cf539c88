import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NoProxyList } from '../../../src/proxy/no-proxy.ts';

const matches = (list: string, host: string, port = 80): boolean =>
  new NoProxyList(list).match({ host, port }) !== null;

describe('no_proxy', () => {
  test.each<[list: string, host: string, port: number]>([
    ['*', 'anything.test', 80],
    ['example.com', 'example.com', 443],
    ['example.com', 'www.example.com', 443],
    ['.example.com', 'www.example.com', 443],
    ['.example.com', 'example.com', 443],
    ['*.example.com', 'a.b.example.com', 443],
    ['EXAMPLE.com', 'example.com', 443],
    ['example.com', 'EXAMPLE.COM', 443],
    ['example.com.', 'example.com', 443],
    ['example.com', 'example.com.', 443],
    ['a.test, b.test', 'b.test', 443],
    ['a.test b.test;c.test', 'c.test', 443],
    ['bücher.example', 'xn--bcher-kva.example', 443],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example', 443],
    ['example.com:8080', 'example.com', 8080],
    ['*:8080', 'example.com', 8080],
    ['10.1.2.3', '10.1.2.3', 80],
    ['10.1.2.3:80', '10.1.2.3', 80],
    ['0x0a.1.2.3', '10.1.2.3', 80],
    ['167838211', '10.1.2.3', 80],
    ['10.1.2.3', '[::ffff:10.1.2.3]', 80],
    ['10.1.2.3', '[::ffff:a01:203]', 80],
    ['::ffff:10.1.2.3', '10.1.2.3', 80],
    ['[::ffff:10.1.2.3]:80', '10.1.2.3', 80],
    ['fd00::1', '[fd00::1]', 80],
    ['[fd00::1]', '[fd00::1]', 80],
    ['[fd00::1]:80', '[fd00::1]', 80],
    ['FD00:0:0:0:0:0:0:1', '[fd00::1]', 80],
    ['fe80::1%eth0', '[fe80::1]', 80],
    ['10.0.0.0/8', '10.255.0.1', 80],
    ['10.0.0.0/8', '[::ffff:10.255.0.1]', 80],
    ['::ffff:10.0.0.0/104', '10.255.0.1', 80],
    ['10.1.2.3/8', '10.9.9.9', 80],
    ['0.0.0.0/0', '8.8.8.8', 80],
    ['10.0.0.128/25', '10.0.0.200', 80],
    ['fd00::/8', '[fdff::1]', 80],
    ['[fd00::]/8', '[fdff::1]', 80],
    ['::/0', '[2001:db8::1]', 80],
    ['10.0.0.5-10.0.0.9', '10.0.0.7', 80],
    ['192.168.*', '192.168.1.1', 80],
    ['*corp*', 'www.corp.example', 80],
    ['<local>', 'intranet', 80],
    ['localhost', 'localhost', 80],
    ['localhost', 'localhost.', 80],
    ['localhost', 'app.localhost', 80],
    ['localhost', '127.0.0.1', 80],
    ['localhost', '127.0.0.2', 80],
    ['localhost', '[::1]', 80],
    ['localhost', '[::ffff:127.0.0.1]', 80],
    ['127.0.0.1', 'localhost', 80],
    ['127.0.0.1', '[::1]', 80],
    ['::1', '127.0.0.1', 80],
    ['2130706433', '127.0.0.1', 80],
    ['127.0.0.0/8', '127.3.2.1', 80],
  ])('%j: %s:%i is reached directly', (list, host, port) => {
    expect(matches(list, host, port)).toBe(true);
  });

  test.each<[list: string, host: string, port: number]>([
    ['', 'example.com', 80],
    [' , ;', 'example.com', 80],
    ['example.com', 'notexample.com', 80],
    ['example.com', 'example.com.evil.test', 80],
    ['.example.com', 'notexample.com', 80],
    ['*.example.com', 'example.com', 80],
    ['example.com:8080', 'example.com', 80],
    ['example.com', 'com', 80],
    ['com', '10.0.0.1', 80],
    ['1', '10.0.0.1', 80],
    ['.0.0.1', '127.0.0.1', 80],
    ['0.0.1', '10.0.0.1', 80],
    ['10.1.2.3', '10.1.2.30', 80],
    ['10.1.2.3', '110.1.2.3', 80],
    ['10.0.0.0/8', '11.0.0.1', 80],
    ['10.0.0.0/8', '[fd00::a00:1]', 80],
    ['10.0.0.0/33', '10.0.0.1', 80],
    ['10.0.0.0/-1', '10.0.0.1', 80],
    ['10.0.0.0/', '10.0.0.1', 80],
    ['10.0.0.0/8', '10.example.com', 80],
    ['10.0.0.128/25', '10.0.0.127', 80],
    ['::/0', '10.0.0.1', 80],
    ['0.0.0.0/0', 'example.com', 80],
    ['0.0.0.0/0', '[2001:db8::1]', 80],
    ['10.0.0.5-10.0.0.9', '10.0.0.10', 80],
    ['192.168.*', '10.192.168.1', 80],
    ['192.168.*', '192.168.evil.test'.replace('168', '1688'), 80],
    ['<local>', 'intranet.corp', 80],
    ['<local>', '[::1]', 80],
    ['localhost', 'localhost.evil.test', 80],
    ['localhost', 'notlocalhost', 80],
    ['localhost', '128.0.0.1', 80],
    ['fd00::1', '[fd00::11]', 80],
    ['http://example.com', 'example.org', 80],
  ])('%j: %s:%i is not', (list, host, port) => {
    expect(matches(list, host, port)).toBe(false);
  });

  test('says which entry has decided, as it was written', () => {
    expect(new NoProxyList('a.test, .Corp.Example,*').match({ host: 'x.corp.example', port: 80 })).toBe(
      '.Corp.Example',
    );
  });

  test('takes time that grows with the list alone', () => {
    const list = new NoProxyList(`${'*a'.repeat(20_000)}b,${'x.test,'.repeat(50_000)}`);
    expect(list.match({ host: 'a'.repeat(250), port: 80 })).toBe(null);
  });
});

/**
 * The same by slow and obvious means: every host and every entry is spelled out as bits, or as labels from the right.
 */
describe('agrees with an oracle', () => {
  const bitsOf = (host: string): string | null => {
    const parts = host.replace(/^\[|\]$/g, '').split('.');
    if (parts.length === 4 && parts.every((part) => /^\d+$/.test(part)))
      return parts.map((part) => Number(part).toString(2).padStart(8, '0')).join('');
    if (!host.includes(':')) return null;
    const url = new URL(`http://${host.startsWith('[') ? host : `[${host}]`}/`).hostname.slice(1, -1);
    const [head, tail] = url.split('::') as [string, string | undefined];
    const left = head === '' ? [] : head.split(':');
    const right = tail === undefined || tail === '' ? [] : tail.split(':');
    const groups =
      tail === undefined ? left : [...left, ...Array(8 - left.length - right.length).fill('0'), ...right];
    const bits = groups.map((group) => Number.parseInt(group, 16).toString(2).padStart(16, '0')).join('');
    const mapped = '0'.repeat(80) + '1'.repeat(16);
    return bits.startsWith(mapped) ? bits.slice(96) : bits;
  };

  const isLoop = (host: string): boolean => {
    const bits = bitsOf(host);
    if (bits === null) return host === 'localhost' || host.endsWith('.localhost');
    return (
      (bits.length === 32 && bits.startsWith('01111111')) || (bits.length === 128 && /^0{127}1$/.test(bits))
    );
  };

  const oracle = (entry: string, host: string, port: number): boolean => {
    let pattern = entry;
    const withPort = /^(\[.*\]|[^:]*):(\d+)$/.exec(entry);
    if (withPort !== null) {
      if (Number(withPort[2]) !== port) return false;
      pattern = withPort[1]!;
    }
    if (pattern === '*') return true;
    const bits = bitsOf(host);
    if (pattern.includes('/')) {
      const [network, length] = pattern.split('/') as [string, string];
      const networkBits = bitsOf(network)!;
      return (
        bits !== null &&
        bits.length === networkBits.length &&
        bits.slice(0, Number(length)) === networkBits.slice(0, Number(length))
      );
    }
    const bare = pattern.replace(/^\*?\./, '');
    const patternBits = bitsOf(bare);
    if (isLoop(bare)) return isLoop(host);
    if (patternBits !== null) return bits === patternBits;
    if (bits !== null) return false;
    const wanted = bare.split('.').reverse();
    const labels = host.split('.').reverse();
    const isBelow = wanted.every((label, i) => labels[i] === label);
    return isBelow && (labels.length > wanted.length || !pattern.startsWith('*'));
  };

  const label = fc.constantFrom('a', 'b', 'corp', 'localhost', 'example');
  const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
  const ipv4 = fc.oneof(
    fc.ipV4(),
    fc.constantFrom('127.0.0.1', '127.9.9.9', '10.0.0.1', '10.0.0.2', '0.0.0.0'),
  );
  const ipv6 = fc.oneof(
    fc.ipV6(),
    fc.constantFrom('::1', 'fd00::1', 'fd00::2', '::ffff:10.0.0.1', '::ffff:127.0.0.1'),
  );
  const host = fc.oneof(
    name,
    ipv4,
    ipv6.map((address) => `[${address}]`),
  );
  const port = fc.constantFrom(80, 8080);
  const network = fc.oneof(
    fc.tuple(ipv4, fc.integer({ min: 0, max: 32 })).map(([address, bits]) => `${address}/${bits}`),
    fc
      .tuple(
        ipv6.filter((address) => bitsOf(address)!.length === 128),
        fc.integer({ min: 0, max: 128 }),
      )
      .map(([address, bits]) => `${address}/${bits}`),
  );
  const bare = fc.oneof(
    name,
    name.map((one) => `.${one}`),
    name.map((one) => `*.${one}`),
    ipv4,
    ipv6.map((one) => `[${one}]`),
  );
  const entry = fc.oneof(
    fc.constant('*'),
    network,
    ipv6,
    bare,
    fc.tuple(bare, port).map(([one, on]) => `${one}:${on}`),
  );

  test('on every entry, host and port', () => {
    fc.assert(
      fc.property(entry, host, port, (one, of, on) => {
        const canonical = new URL(`http://${of}/`).hostname;
        expect(matches(one, of, on)).toBe(oracle(one, canonical, on));
      }),
      { numRuns: 5000 },
    );
  });

  test('a list is all of its entries', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 5 }), host, port, (entries, of, on) => {
        expect(matches(entries.join(','), of, on)).toBe(entries.some((one) => matches(one, of, on)));
      }),
    );
  });
});
