import { expect, test } from 'vitest';
import { textOf, utf8Of } from '../../../src/reply/body-text.ts';
import { makeRequest } from '../../support/fixtures.ts';

/** A runtime whose strings end: every decoder of this one says that they are too long. */
const tooLong = (): never => {
  throw new RangeError('Invalid string length');
};
const decoding = {
  decodeUtf8: tooLong,
  createDecoder: () => ({ decode: tooLong }) as never,
};

test.each([
  ['as UTF-8', (source: Parameters<typeof textOf>[1]) => textOf(new Uint8Array(7), source)],
  ['for JSON', (source: Parameters<typeof textOf>[1]) => utf8Of(new Uint8Array(7), source)],
  [
    'by its byte order mark',
    (source: Parameters<typeof textOf>[1]) => textOf(Uint8Array.of(0xff, 0xfe, 65, 0, 65, 0, 65), source),
  ],
])('a body that is too large for a string, %s, is an error that says what to do', (_, decode) => {
  expect(() => decode({ request: makeRequest(), head: null, decoding })).toThrow(
    expect.objectContaining({
      code: 'unknown-content',
      message:
        'GET http://origin.test/ was answered with 7 bytes, which is more than one string can hold: read it as it arrives, or use bytes()',
      cause: expect.any(RangeError),
    }),
  );
});
