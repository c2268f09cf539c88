import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CHUNK_END, chunkHeader, LAST_CHUNK } from '../../../src/http1/request-framing.ts';
import { received } from './wire.ts';

describe('chunks (RFC 9112 §7.1)', () => {
  test.each([
    [1, '1\r\n'],
    [255, 'ff\r\n'],
    [65_536, '10000\r\n'],
    [Number.MAX_SAFE_INTEGER, '1fffffffffffff\r\n'],
  ])('%d bytes', (size, expected) => {
    expect(chunkHeader(size)).toBe(expected);
  });

  test('a chunk of no bytes would be the last', () => {
    expect(() => chunkHeader(0)).toThrow(TypeError);
  });

  test('what is written can be read', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1, unit: 'binary-ascii' })), (chunks) => {
        const body =
          chunks.map((chunk) => chunkHeader(chunk.length) + chunk + CHUNK_END).join('') + LAST_CHUNK;
        const outcome = received(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${body}`);
        expect(outcome).toMatchObject({ end: 'complete', body: chunks.join(''), why: '' });
      }),
      { numRuns: 200 },
    );
  });
});
