import { describe, expect, test } from 'vitest';
import { decodeLatin1 } from '../../../src/http1/latin1.ts';
import { received } from './wire.ts';

describe('latin1', () => {
  test('every byte is the character of its number, also 0x80 to 0x9F', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    expect([...decodeLatin1(bytes, 0, 256)].map((character) => character.charCodeAt(0))).toEqual([...bytes]);
  });

  test('more bytes than a call takes arguments', () => {
    const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => i & 0xff);
    const text = decodeLatin1(bytes, 1, 299_999);
    expect(text.length).toBe(299_998);
    expect(text.charCodeAt(0)).toBe(1);
    expect(text.charCodeAt(200_000)).toBe(200_001 & 0xff);
  });

  test('values are right wherever they lie in a head that is decoded in parts', () => {
    for (const size of [1, 1000, 2046, 2047, 2048, 2049, 5000]) {
      const values = [`${'a'.repeat(size)}1`, `${'b'.repeat(size)}2`, '3', `${'c'.repeat(size)}4`];
      const fields = values.map((value, i) => `x-${i}: ${value}`);
      const outcome = received(`HTTP/1.1 204 ok\r\n${fields.join('\r\n')}\r\n\r\n`);
      expect(outcome.head).toBe(`1 204 ok\n${fields.join('\n')}\n`);
    }
  });

  test('nothing of an earlier read is left when a buffer is used again', () => {
    const first = 'HTTP/1.1 103 aa\r\nA: one\r\n\r\n';
    const second = 'HTTP/1.1 103 bb\r\nB: two\r\n\r\n';
    expect(received(first + second).informational).toEqual(['103 aa\na: one\n', '103 bb\nb: two\n']);
  });
});
