import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { decodeUtf8, encodeUtf8, encodeWithoutEncoder } from '../../../src/util/bytes.ts';

afterEach(() => vi.unstubAllGlobals());

test('texts survive, lone surrogates become U+FFFD', () => {
  expect(decodeUtf8(encodeUtf8('a é 日本 😀'))).toBe('a é 日本 😀');
  expect(decodeUtf8(encodeUtf8('\ud800a\udc00'))).toBe('\ufffda\ufffd');
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
