import { describe, expect, test } from 'vitest';
import { publicAddressesOnly } from '../../../src/options/address-filter.ts';

const isAllowed = (address: string): boolean =>
  publicAddressesOnly(address, { host: 'host.test', port: 80, via: 'direct' });

/** Attack checklist 68, and the first and last address of each range that is apart. */
describe('publicAddressesOnly', () => {
  test.each([
    ...['0.0.0.0', '0.255.255.255', '10.0.0.0', '10.255.255.255', '100.64.0.0', '100.127.255.255'],
    ...['100.100.100.200', '127.0.0.1', '127.255.255.255', '168.63.129.16', '169.254.0.0', '169.254.169.254'],
    ...['169.254.255.255', '172.16.0.0', '172.31.255.255', '192.0.0.0', '192.0.0.192', '192.0.2.1'],
    ...['192.88.99.1', '192.168.0.0', '192.168.255.255', '198.18.0.0', '198.19.255.255', '198.51.100.7'],
    ...['203.0.113.7', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255'],
    ...['::', '::1', '::7f00:1', '::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:10.0.0.1', '::ffff:a9fe:a9fe'],
    ...[
      '0:0:0:0:0:ffff:c0a8:0001',
      '64:ff9b::127.0.0.1',
      '64:ff9b::a00:1',
      '64:ff9b:1::1',
      '64:ff9b:1::808:808',
    ],
    ...[
      '100::1',
      '2001::1',
      '2001:0:7f00:1::',
      '2001:1ff:ffff::',
      '2001:db8::1',
      '2002:7f00:1::',
      '2002:808:808::',
    ],
    ...[
      '3fff::1',
      '3fff:fff::1',
      '4000::',
      '5f00::1',
      'fc00::1',
      'fd00:ec2::254',
      'fdff::',
      'fe80::1',
      'fe80::1%eth0',
    ],
    ...['febf::1', 'fec0::1', 'ff02::1', 'ff0e::1', '1fff::1'],
    // What is no address is none of the public Internet, whatever a resolver would make of it.
    ...[
      '127.1',
      '0x7f.1',
      '2130706433',
      '017700000001',
      'localhost',
      '/run/docker.sock',
      '\\\\.\\pipe\\x',
      '',
    ],
  ])('not %s', (address) => {
    expect(isAllowed(address)).toBe(false);
  });

  test.each([
    ...[
      '1.1.1.1',
      '8.8.8.8',
      '9.255.255.255',
      '11.0.0.0',
      '100.63.255.255',
      '100.128.0.0',
      '126.255.255.255',
    ],
    ...[
      '128.0.0.0',
      '168.63.129.15',
      '168.63.129.17',
      '169.253.255.255',
      '169.255.0.0',
      '172.15.255.255',
      '172.32.0.0',
    ],
    ...[
      '192.0.1.1',
      '192.0.3.1',
      '192.167.255.255',
      '192.169.0.0',
      '198.17.255.255',
      '198.20.0.0',
      '223.255.255.255',
    ],
    ...[
      '::ffff:8.8.8.8',
      '64:ff9b::8.8.8.8',
      '2001:200::1',
      '2001:4860:4860::8888',
      '2003::1',
      '2606:4700::1111',
    ],
    ...['2a00:1450:4001::', '3ffe::1', '3fff:1000::1'],
  ])('%s', (address) => {
    expect(isAllowed(address)).toBe(true);
  });

  test('a proxy of the application’s choice may be anywhere, and leads nowhere else', () => {
    const use = { host: 'host.test', port: 80 };
    expect(publicAddressesOnly('10.0.0.1', { ...use, via: 'proxy' })).toBe(true);
    expect(publicAddressesOnly('10.0.0.1', { ...use, via: 'through-proxy' })).toBe(false);
    expect(publicAddressesOnly('8.8.8.8', { ...use, via: 'through-proxy' })).toBe(true);
  });
});
