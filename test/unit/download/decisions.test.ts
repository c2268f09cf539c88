import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ResponseHead } from '../../../src/call/reply-event.ts';
import { digestsOf, givenDigest } from '../../../src/download/digest.ts';
import { divisionOf, isPiece } from '../../../src/download/pieces.ts';
import {
  type DownloadStep,
  type PartOfFile,
  parseContentRange,
  pauseBeforeContinuing,
  planAnswer,
} from '../../../src/download/plan.ts';
import { readAnswer, strongValidator } from '../../../src/download/read-answer.ts';
import { RunningSha256 } from '../../../src/util/sha256.ts';

const part: PartOfFile = { bytes: 100, validator: '"v1"', total: 1000 };
const RANGE = 'bytes 100-999/1000';

describe('what becomes of an answer', () => {
  test.each<[string, number, string | null, PartOfFile | null, DownloadStep, string?]>([
    ['all', 200, null, null, 'begin'],
    ['nothing', 204, null, null, 'begin'],
    ['all of a scheme without statuses', 0, null, null, 'begin'],
    ['all of it, where the rest was asked for, without a status', 0, null, part, 'begin'],
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

describe('a file in several pieces', () => {
  const MIB = 1024 * 1024;
  const headOf = (status: number, total: number, fields: Record<string, string>): ResponseHead => ({
    url: 'http://a.test/',
    status,
    reason: '',
    headers: Object.entries(fields).flat(),
    httpVersion: '1.1',
    security: null,
    source: 'network',
    originalContentLength: total,
    total,
    redirectedByPlatform: false,
    cacheStatus: null,
  });
  const known = { etag: '"v1"', 'accept-ranges': 'bytes' };

  test.each<[string, ResponseHead, PartOfFile | null, number | null]>([
    ['all of it', headOf(200, 4 * MIB, known), null, MIB],
    ['a large one', headOf(200, 400 * MIB, known), null, MIB],
    ['a small one', headOf(200, 200_000, known), null, 65_536],
    ['too small a one', headOf(200, 131_071, known), null, null],
    ['of an unknown length', headOf(200, -1, known), null, null],
    ['under a weak validator', headOf(200, 4 * MIB, { ...known, etag: 'W/"v1"' }), null, null],
    ['of a server without ranges', headOf(200, 4 * MIB, { ...known, 'accept-ranges': 'none' }), null, null],
    ['of a server that says nothing of ranges', headOf(200, 4 * MIB, { etag: '"v1"' }), null, null],
    ['in a coding', headOf(200, 4 * MIB, { ...known, 'content-encoding': 'gzip' }), null, null],
    ['an error', headOf(503, 4 * MIB, known), null, null],
    [
      'the rest',
      headOf(206, 4 * MIB - 100, { 'content-range': `bytes 100-${4 * MIB - 1}/${4 * MIB}` }),
      { bytes: 100, validator: '"v1"', total: null },
      MIB - 25,
    ],
    [
      'the end of the rest',
      headOf(206, 900, { 'content-range': 'bytes 100-999/1000' }),
      { bytes: 100, validator: '"v1"', total: null },
      null,
    ],
  ])('%s', (_, head, asked, size) => {
    const division = divisionOf(head, readAnswer(head, asked, true, 0), asked, 4);
    expect(division?.size ?? null).toBe(size);
  });

  test.each<[string, number, Record<string, string>, boolean]>([
    ['the piece', 206, { 'content-range': 'bytes 100-199/1000' }, true],
    ['the piece, under its validator', 206, { 'content-range': 'bytes 100-199/1000', etag: '"v1"' }, true],
    ['that of another version', 206, { 'content-range': 'bytes 100-199/1000', etag: '"v2"' }, false],
    ['more', 206, { 'content-range': 'bytes 100-999/1000' }, false],
    ['less', 206, { 'content-range': 'bytes 100-198/1000' }, false],
    ['of another length', 206, { 'content-range': 'bytes 100-199/1001' }, false],
    ['several ranges', 206, { 'content-type': 'multipart/byteranges; boundary=x' }, false],
    ['all of it', 200, {}, false],
    ['nothing', 416, {}, false],
    ['an error', 429, {}, false],
  ])('an answer that is %s', (_, status, fields, expected) => {
    const head = headOf(status, 100, fields);
    const read = readAnswer(head, { bytes: 100, validator: '"v1"', total: 1000 }, true, 0);
    expect(isPiece(head, read, 200, { validator: '"v1"', total: 1000, size: 100 })).toBe(expected);
  });
});

test('a SHA-256 of pieces is that of the whole, however it is split', () => {
  const chunks = fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 8 });
  fc.assert(
    fc.property(chunks, (pieces) => {
      const running = new RunningSha256();
      for (const piece of pieces) running.update(piece);
      const whole = createHash('sha256').update(Buffer.concat(pieces)).digest('hex');
      expect(Buffer.from(running.digest()).toString('hex')).toBe(whole);
    }),
  );
});
