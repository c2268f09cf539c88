import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nodeHashes } from '../../../platform/node/auth/node-hashes.ts';
import { hexOf } from '../../../src/auth/binary.ts';
import { type HashAlgorithm, ownHashes } from '../../../src/auth/hash/hash-functions.ts';
import { md4 } from '../../../src/auth/hash/md4.ts';

const OF_NODE: Record<HashAlgorithm, string> = {
  md5: 'md5',
  'sha-256': 'sha256',
  'sha-512-256': 'sha512-256',
};

const ALGORITHMS = Object.entries(OF_NODE) as [HashAlgorithm, string][];
const HASHES = [
  ['of our own', ownHashes],
  ['of Node', nodeHashes],
] as const;

describe.each(HASHES.flatMap(([whose, hashes]) => ALGORITHMS.map((one) => [...one, whose, hashes] as const)))(
  '%s, %s, %s',
  (name, ofNode, _whose, hashes) => {
    test('is that of node:crypto for every length around a block, and whatever the pieces', () => {
      for (let length = 0; length < 300; length += length > 100 && length < 250 ? 7 : 1) {
        for (const highest of [127, 255]) {
          const text = String.fromCharCode(...Array.from({ length }, (_, i) => (i * 7 + length) & highest));
          expect(hashes.hex(name, text)).toBe(createHash(ofNode).update(text, 'latin1').digest('hex'));
        }
      }
      fc.assert(
        fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 4 }), (pieces) => {
          const own = hashes.start(name);
          const theirs = createHash(ofNode);
          for (const piece of pieces) {
            own.update(piece);
            theirs.update(piece);
          }
          expect(own.hex()).toBe(theirs.digest('hex'));
        }),
        { numRuns: 30 },
      );
    });

    test('keeps no piece that it was lent', () => {
      const piece = Uint8Array.of(1, 2, 3);
      const running = hashes.start(name);
      running.update(piece);
      piece.fill(0);
      expect(running.hex()).toBe(
        createHash(ofNode)
          .update(Uint8Array.of(1, 2, 3))
          .digest('hex'),
      );
    });
  },
);

// RFC 1320, A.5.
test.each([
  ['', '31d6cfe0d16ae931b73c59d7e0c089c0'],
  ['a', 'bde52cb31de33e46245e05fbdbd6fb24'],
  ['abc', 'a448017aaf21d8525fc10ae87aa6729d'],
  ['message digest', 'd9130a8164549fe818874806e1c7014b'],
  ['abcdefghijklmnopqrstuvwxyz', 'd79e1c308aa5bbcdeea8ed63df412da9'],
  ['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', '043f8582f241db351ce627e153e7f0e4'],
  [
    '12345678901234567890123456789012345678901234567890123456789012345678901234567890',
    'e33b4ddc9c38f2199c3e7b164fcc0536',
  ],
])('MD4 of %j', (text, hex) => {
  expect(hexOf(md4(new TextEncoder().encode(text)))).toBe(hex);
});
