import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressBytes, hasPrefix, withoutMapping } from '../../../src/util/ip-address.ts';

const hex = (bytes: Uint8Array | null): string | null => bytes && Buffer.from(bytes).toString('hex');

describe('addressBytes', () => {
  test.each<[string, string | null]>([
    ['127.0.0.1', '7f000001'],
    ['255.255.255.255', 'ffffffff'],
    ['::', '0'.repeat(32)],
    ['::1', `${'0'.repeat(31)}1`],
    ['1::', `0001${'0'.repeat(28)}`],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
    ['1:2:3:4:5:6:7::', '00010002000300040005000600070000'],
    ['::2:3:4:5:6:7:8', '00000002000300040005000600070008'],
    ['FE80::AbCd%eth0', `fe80${'0'.repeat(24)}abcd`],
    ['::ffff:127.0.0.1', `${'0'.repeat(20)}ffff7f000001`],
    ['64:ff9b::10.0.0.1', `0064ff9b${'0'.repeat(16)}0a000001`],
    ['1:2:3:4:5:6:1.2.3.4', '00010002000300040005000601020304'],
    ['', null],
    ['127.1', null],
    ['0127.0.0.1', null],
    ['1.2.3.4.5', null],
    ['1.2.3.256', null],
    ['0x7f.0.0.1', null],
    ['1.2.3.4 ', null],
    ['::1::', null],
    ['1:2:3:4:5:6:7', null],
    ['1:2:3:4:5:6:7:8:9', null],
    ['1:2:3:4:5:6:7:8::', null],
    ['::1.2.3.4:1', null],
    ['1.2.3.4::', null],
    ['12345::', null],
    ['[::1]', null],
    [':', null],
    [':::', null],
    ['example.com', null],
  ])('%j', (text, expected) => {
    expect(hex(addressBytes(text))).toBe(expected);
  });

  test('takes what Node takes for an address, and nothing else', () => {
    const piece = fc.constantFrom(
      '0',
      '1',
      'ff',
      'fe80',
      '12345',
      ':',
      '::',
      '.',
      '127',
      '1.2.3.4',
      '256',
      'g',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.ipV4(),
          fc.ipV6(),
          fc.array(piece, { maxLength: 12 }).map((all) => all.join('')),
        ),
        (text) => {
          expect(addressBytes(text) !== null).toBe(isIP(text) !== 0);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('hasPrefix', () => {
  test('compares bits', () => {
    const bytes = (text: string): Uint8Array => addressBytes(text)!;
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), fc.nat(32), (a, b, bits) => {
        const asBits = (text: string): string =>
          Array.from(bytes(text), (one) => one.toString(2).padStart(8, '0')).join('');
        expect(hasPrefix(bytes(a), bytes(b), bits)).toBe(
          asBits(a).slice(0, bits) === asBits(b).slice(0, bits),
        );
        expect(hasPrefix(bytes(a), bytes(a), bits)).toBe(true);
      }),
    );
    expect(hasPrefix(bytes('::'), bytes('0.0.0.0'), 0)).toBe(false);
  });

  test('an IPv4-mapped address is an IPv4 address', () => {
    expect(hex(withoutMapping(addressBytes('::ffff:7f00:1')!))).toBe('7f000001');
    expect(withoutMapping(addressBytes('::fffe:7f00:1')!).length).toBe(16);
    expect(withoutMapping(addressBytes('1.2.3.4')!).length).toBe(4);
  });
});
