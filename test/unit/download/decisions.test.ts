import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pauseBeforeContinuing } from '../../../src/download/continuation.ts';
import { digestsOf, givenDigest } from '../../../src/download/digest.ts';
import {
  type DownloadStep,
  type PartOfFile,
  parseContentRange,
  planAnswer,
} from '../../../src/download/plan.ts';
import { strongValidator } from '../../../src/download/validator.ts';

const part: PartOfFile = { bytes: 100, validator: '"v1"', total: 1000 };
const RANGE = 'bytes 100-999/1000';

describe('what becomes of an answer', () => {
  test.each<[string, number, string | null, PartOfFile | null, DownloadStep, string?]>([
    ['all', 200, null, null, 'begin'],
    ['nothing', 204, null, null, 'begin'],
    ['a part that was not asked for', 206, RANGE, null, 'refuse'],
    ['a redirect that is not followed', 302, null, null, 'refuse'],
    ['an error', 404, null, null, 'error'],
    ['the rest', 206, RANGE, part, 'append'],
    ['the rest, under the same validator', 206, RANGE, part, 'append', '"v1"'],
    ['the rest of another', 206, RANGE, part, 'again', '"v2"'],
    ['the rest of an unknown length', 206, 'bytes 100-999/*', part, 'append'],
    ['the rest, of which the length was not known', 206, RANGE, { ...part, total: null }, 'append'],
    [
      'a part of which neither has told the length',
      206,
      'bytes 100-999/*',
      { ...part, total: null },
      'again',
    ],
    ['less than the rest', 206, 'bytes 100-200/1000', part, 'append'],
    ['another part', 206, 'bytes 99-999/1000', part, 'again'],
    ['a part of another length', 206, 'bytes 100-999/1001', part, 'again'],
    ['a part of nobody knows what', 206, null, part, 'again'],
    ['all of it, as it has changed', 200, null, part, 'begin'],
    ['no such range', 416, 'bytes */50', part, 'again'],
    ['another version', 412, null, part, 'again'],
    ['an error in place of the rest', 503, null, part, 'error'],
    ['a redirect in place of the rest', 304, null, part, 'refuse'],
  ])('%s', (_, status, contentRange, asked, step, validator) => {
    const answer = { status, contentRange, validator: validator ?? null, isEncoded: false };
    expect(planAnswer(answer, asked)).toBe(step);
    if (step === 'append') expect(planAnswer({ ...answer, isEncoded: true }, asked)).toBe('again');
  });

  test.each([
    'bytes 5-4/10',
    'bytes 0-10/10',
    'bytes 0-9/8',
    'bytes */10',
    'items 0-9/10',
    'bytes 0-9',
    'bytes=0-9/10',
    'bytes -1-9/10',
    'bytes 0-9/1e3',
    'bytes 0-99999999999999999999/*',
    '',
  ])('Content-Range: %j is none', (value) => expect(parseContentRange(value)).toBeNull());

  test('Content-Range of any text is read in linear time, and never a wrong one', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const range = parseContentRange(text);
        expect(range === null || range.first <= range.last).toBe(true);
      }),
    );
  });
});

describe('a strong validator', () => {
  const now = Date.UTC(2026, 0, 1);
  const date = new Date(now).toUTCString();
  const old = new Date(now - 60_000).toUTCString();
  const recent = new Date(now - 59_000).toUTCString();
  test.each<[string, Record<string, string>, string | null]>([
    ['an ETag', { etag: '"a"' }, '"a"'],
    ['an empty ETag', { etag: '""' }, '""'],
    ['a weak ETag', { etag: 'W/"a"', date, 'last-modified': old }, null],
    ['an ETag that is none', { etag: 'a' }, null],
    ['two ETags', { etag: '"a", "b"' }, null],
    ['a Last-Modified of a minute ago', { date, 'last-modified': old }, old],
    ['a younger one', { date, 'last-modified': recent }, null],
    ['one without a Date', { 'last-modified': old }, null],
    ['nothing', {}, null],
  ])('%s', (_, fields, expected) =>
    expect(strongValidator((name) => fields[name] ?? null, now)).toBe(expected),
  );
});

describe('digests', () => {
  const bytes = Buffer.from('hello');
  const hash = (name: string) => createHash(name).update(bytes);
  const value = hash('sha256').digest('base64');
  const long = hash('sha512').digest('base64');

  test.each<[string, string[]]>([
    [`sha-256=:${value}:`, [value]],
    [`sha-512=:${long}:, sha-256=:${value}:`, [long, value]],
    [`md5=:AAAA:,sha-256=:${value}:;q=1`, [value]],
    ['sha-256=:AAAA:', []],
    [`sha-256=${value}`, []],
    ['sha-256=:!!!:', []],
    ['', []],
  ])('of the field %j', (text, values) =>
    expect(digestsOf(text, 'x').map((digest) => digest.value)).toEqual(values),
  );

  test.each([
    `sha-256=:${value}:`,
    `sha256-${value}`,
    hash('sha256').digest('hex'),
    hash('sha256').digest('hex').toUpperCase(),
    `sha256:${hash('sha256').digest('hex')}`,
  ])('given as %j', (text) => expect(givenDigest(text)).toMatchObject([{ algorithm: 'sha-256', value }]));

  test.each(['', 'sha-256', value, 'md5=:AAAA:', 'sha256-AAAA', 'ab'.repeat(20)])('%j is none', (text) =>
    expect(() => givenDigest(text)).toThrow(TypeError),
  );

  test('any text of a server is read without a throw', () => {
    fc.assert(fc.property(fc.string(), (text) => digestsOf(text, 'x').length >= 0));
  });
});

test('pauses grow, and come to an end', () => {
  expect([1, 2, 3, 4, 5, 6].map((fruitless) => pauseBeforeContinuing(fruitless, 1))).toEqual([
    0,
    250,
    500,
    1000,
    2000,
    null,
  ]);
});
