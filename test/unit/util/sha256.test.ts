import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { sha256Hex } from '../../../src/util/sha256.ts';

test('sha256Hex agrees with OpenSSL around every padding boundary', () => {
  for (let length = 0; length < 200; length++) {
    const text = 'é'.repeat(length);
    expect(sha256Hex(text)).toBe(createHash('sha256').update(text).digest('hex'));
  }
});
