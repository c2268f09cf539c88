import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { areCrumbs, decodeUtf8, encodeUtf8, encodeWithoutEncoder } from '../../../src/util/bytes.ts';

afterEach(() => vi.unstubAllGlobals());

test('texts survive, lone surrogates become U+FFFD', () => {
  expect(decodeUtf8(encodeUtf8('a é 日本 😀'))).toBe('a é 日本 😀');
  expect(decodeUtf8(encodeUtf8('\ud800a\udc00'))).toBe('\ufffda\ufffd');
});

describe('chunks that wait', () => {
  test.each([
    ['few are never too many', 64, 0, false],
    ['many of nothing are', 65, 0, true],
    ['many of some bytes are', 10_000, 1_000_000, true],
    ['many of the size of a packet are not', 10_000, 14_600_000, false],
  ])('%s', (_name, chunks, bytes, expected) => {
    expect(areCrumbs(chunks, bytes)).toBe(expected);
  });

  test('whatever their sizes, few of them wait, and little is copied to put them together', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 1 }), (sizes) => {
        let [waiting, bytes, copied] = [0, 0, 0];
        for (let at = 0; at < 20_000; at++) {
          waiting++;
          bytes += sizes[at % sizes.length]!;
          if (!areCrumbs(waiting, bytes)) continue;
          copied += bytes;
          waiting = 1;
        }
        expect(waiting).toBeLessThanOrEqual(65 + bytes / 256);
        expect(copied).toBeLessThanOrEqual(20_000 * 4096);
      }),
      { numRuns: 50 },
    );
  });
});

describe('where there is no TextEncoder', () => {
  test('the bytes are those of one', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) }),
        (text, units) => {
          for (const each of [text, units])
            expect(encodeWithoutEncoder(each)).toEqual(new TextEncoder().encode(each));
        },
      ),
    );
  });

  test('the package loads, and texts are sent', async () => {
    vi.resetModules();
    vi.stubGlobal('TextEncoder', undefined);
    vi.stubGlobal('TextDecoder', undefined);
    const { bodyOf } = await import('../../../src/message/body-input.ts');
    await import('../../../src/reply/consume.ts');
    expect(bodyOf('é', {} as never).bytes).toEqual(Uint8Array.of(0xc3, 0xa9));
  });
});
