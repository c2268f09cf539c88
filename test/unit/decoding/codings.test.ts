import { describe, expect, test } from 'vitest';
import { acceptEncoding, codingsToUndo, formatOf, isBomb } from '../../../src/decoding/codings.ts';
import type { Coding } from '../../../src/decoding/decoder.ts';
import { type HeadersInput, HttpHeaders } from '../../../src/message/headers.ts';

const ALL: readonly Coding[] = ['zstd', 'br', 'gzip', 'deflate'];

describe('Accept-Encoding', () => {
  test.each<[string, HeadersInput, readonly Coding[], string | null]>([
    ['offers what the platform has, in its order', {}, ALL, 'zstd, br, gzip, deflate'],
    ['offers no more than that', {}, ['gzip'], 'gzip'],
    ['is the application’s when it has set it', { 'Accept-Encoding': 'gzip' }, ALL, null],
    ['is the application’s even when empty', { 'accept-encoding': '' }, ALL, null],
    ['asks for the bytes themselves with a range', { range: 'bytes=0-9' }, ALL, 'identity'],
  ])('%s', (_name, headers, codings, expected) => {
    expect(acceptEncoding(new HttpHeaders(headers), codings)).toBe(expected);
  });
});

describe('what is undone', () => {
  test.each<[string, string | string[], readonly Coding[] | null]>([
    ['nothing without Content-Encoding', [], []],
    ['one coding', 'gzip', ['gzip']],
    ['a coding in any case', 'GZip', ['gzip']],
    ['gzip under its old name', 'x-gzip', ['gzip']],
    ['two codings, the last first', 'deflate, br', ['br', 'deflate']],
    ['two codings on two lines', ['gzip', 'zstd'], ['zstd', 'gzip']],
    ['a coding beside identity and empty members', 'identity, , gzip,', ['gzip']],
    ['nothing of what is unknown', 'compress', []],
    ['nothing of a list with something unknown', 'gzip, compress', []],
    ['nothing of what only looks like a coding', 'gzip;q=1', []],
    ['nothing of what an object has', 'constructor', []],
    ['two of a kind', 'gzip, gzip', ['gzip', 'gzip']],
    ['not three (attack checklist 62)', 'gzip, gzip, gzip', null],
    ['not a thousand', 'br,'.repeat(1000), null],
    ['nothing of a thousand with something unknown', `${'br,'.repeat(1000)}x`, []],
  ])('%s', (_name, value, expected) => {
    const headers = new HttpHeaders({ 'content-encoding': value });
    expect(codingsToUndo('GET', 200, headers, ALL)).toEqual(expected);
  });

  test.each<[string, string, number, readonly Coding[]]>([
    ['that of an error', 'GET', 404, ['gzip']],
    ['that of a POST', 'POST', 200, ['gzip']],
    ['nothing of a HEAD', 'HEAD', 200, []],
    ['nothing of a part', 'GET', 206, []],
    ['nothing without a body: 204', 'GET', 204, []],
    ['nothing without a body: 304', 'GET', 304, []],
  ])('%s', (_name, method, status, expected) => {
    expect(codingsToUndo(method, status, new HttpHeaders({ 'content-encoding': 'gzip' }), ALL)).toEqual(
      expected,
    );
  });

  test('nothing that the platform does not decode', () => {
    expect(codingsToUndo('GET', 200, new HttpHeaders({ 'content-encoding': 'zstd' }), ['gzip'])).toEqual([]);
  });
});

describe('the format of deflate', () => {
  test.each([
    ['zlib, fastest', 0x78, 'deflate'],
    ['zlib with a small window', 0x08, 'deflate'],
    ['bare, fixed codes', 0x4b, 'deflate-raw'],
    ['bare, dynamic codes', 0xed, 'deflate-raw'],
    ['bare, stored', 0x01, 'deflate-raw'],
  ])('%s', (_name, firstByte, expected) => {
    expect(formatOf('deflate', firstByte)).toBe(expected);
  });

  test('does not matter for the others', () => {
    expect(formatOf('gzip', 0x4b)).toBe('gzip');
  });
});

const MEBIBYTE = 1024 * 1024;

describe('a bomb', () => {
  test.each<[string, Coding, number, number, number, boolean]>([
    ['is what grows more than 40 times beyond the threshold', 'gzip', 1000, 40_001, 10_000, true],
    ['is not what grows 40 times', 'gzip', 1000, 40_000, 10_000, false],
    ['is not what stays at the threshold', 'gzip', 1, 10_000, 10_000, false],
    ['has the ratio 40 with deflate', 'deflate', 1000, 40_001, 0, true],
    ['has the ratio 100 with br', 'br', 1000, 100_001, 0, true],
    ['has no lower ratio with br', 'br', 1000, 100_000, 0, false],
    ['has the ratio 100 with zstd', 'zstd', 1000, 100_001, 0, true],
    ['is looked for from the first byte with 0', 'gzip', 1, 41, 0, true],
    ['is not looked for with −1', 'gzip', 1, 1e12, -1, false],
    ['is a megabyte of zeros ten times', 'gzip', 10 * 1019, 10 * MEBIBYTE + 1, 10 * MEBIBYTE, true],
  ])('%s', (_name, coding, received, decoded, threshold, expected) => {
    expect(isBomb(coding, received, decoded, threshold)).toBe(expected);
  });
});
