import fc from 'fast-check';
import { expect, test } from 'vitest';
import { textDecoding } from '../../../platform/node/text-decoding.ts';

const WHATWG = new TextDecoder();

test('any bytes become the text that TextDecoder makes of them', () => {
  const anyCharacters = fc
    .array(fc.oneof(fc.nat({ max: 0x7ff }), fc.nat({ max: 0x10ffff })))
    .map((points) => String.fromCodePoint(...points));
  const texts = fc.oneof(fc.string({ unit: 'grapheme-ascii' }), anyCharacters);
  const encoded = texts.map((text) => new TextEncoder().encode(text));
  const bytes = fc.oneof(encoded, fc.uint8Array(), fc.constant(new Uint8Array([0xef, 0xbb, 0xbf, 0x61])));
  fc.assert(
    fc.property(bytes, fc.nat({ max: 9 }), (content, offset) => {
      const within = new Uint8Array(content.length + offset + 1).fill(0xff);
      within.set(content, offset);
      const view = within.subarray(offset, offset + content.length);
      expect(textDecoding.decodeUtf8(view)).toBe(WHATWG.decode(content));
    }),
  );
});

test('a large ASCII text, of which Node makes another kind of string', () => {
  const bytes = new Uint8Array(2 ** 21).fill(0x61);
  expect(textDecoding.decodeUtf8(bytes)).toBe('a'.repeat(2 ** 21));
});
