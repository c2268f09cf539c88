import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { requestControl, responseControl } from '../../../src/cache/rules/control.ts';
import { parseDirectives } from '../../../src/cache/rules/directives.ts';
import { HttpHeaders } from '../../../src/message/headers.ts';
import { expectLinear } from '../../support/linear.ts';

const of = (value: string) => new HttpHeaders({ 'cache-control': value });

describe('responseControl', () => {
  test.each<[string, string, Partial<ReturnType<typeof responseControl>>]>([
    ['a number', 'max-age=3600', { maxAge: 3600 }],
    ['any case', 'MaX-aGe=3600', { maxAge: 3600 }],
    ['quoted', 'max-age="3600"', { maxAge: 3600 }],
    ['leading zeros', 'max-age=003600', { maxAge: 3600 }],
    ['beyond 31 bits', 'max-age=99999999999', { maxAge: 2 ** 31 }],
    ['none', 'foobar', { maxAge: null }],
    ['the smallest of several', 'max-age=1800, max-age=1', { maxAge: 1 }],
    ['single quotes', "max-age='3600'", { maxAge: 0 }],
    ['negative', 'max-age=-3600', { maxAge: 0 }],
    ['fraction', 'max-age=3600.0', { maxAge: 0 }],
    ['letters', 'max-age=3600a', { maxAge: 0 }],
    ['no value', 'max-age', { maxAge: 0 }],
    ['empty value', 'max-age=', { maxAge: 0 }],
    ['space before =', 'max-age =3600', { maxAge: 0 }],
    ['space after =', 'max-age= 3600', { maxAge: 0 }],
    ['in a quoted string before', 'extension="max-age=3600", max-age=1', { maxAge: 1 }],
    ['in a quoted string after', 'max-age=1, extension="max-age=3600"', { maxAge: 1 }],
    ['escaped quote', 'x="a\\", max-age=5", max-age=7', { maxAge: 7 }],
    ['behind a semicolon', 'public; max-age=3600', { maxAge: 0, public: false }],
    ['unknown beside it', 'foobar, max-age=3600', { maxAge: 3600 }],
    ['unterminated quotes hide nothing', 'x="y, no-store, max-age=9', { noStore: true, maxAge: 0 }],
    ['a quote that opens before a name', 'max-age=1000, "no-store', { noStore: true, maxAge: 1000 }],
    ['a quote that opens before all', '"max-age=1000, no-store', { noStore: true }],
    ['a quote behind a name', 'max-age=1000, no-store"', { noStore: true }],
    ['a name in quotes', '"no-store", max-age=9', { noStore: true }],
    ['a quote for two', 'max-age="1000, no-store", x="y', { noStore: true }],
    ['a comma that is missing', 'max-age=1000 no-store', { noStore: true, maxAge: 0 }],
    ['a comma that is missing behind a quoted string', 'x="y" no-cache, max-age=9', { noCache: true }],
    ['a quoted string that is none', 'x="y"no-store"z"', { noStore: true }],
    ['a sound quoted string', 'x="no-store", max-age=9', { noStore: false, maxAge: 9 }],
    ['private behind a stray quote', 'max-age=9, "private', { private: true }],
    ['no-store', 'No-StOrE', { noStore: true }],
    ['no-store with a value', 'no-store=foo', { noStore: true }],
    ['no-cache', 'max-age=10000, No-CaChE', { noCache: true, maxAge: 10000 }],
    ['qualified no-cache', 'no-cache="a, b", max-age=9', { noCache: true, maxAge: 9 }],
    ['empty qualified private', 'private="", max-age=9', { declaredCacheable: true, maxAge: 9 }],
    ['private twice', 'private, private="x"', { declaredCacheable: true }],
    ['private with spaces', ' private = "x" ', { declaredCacheable: true }],
    ['public', 'public', { public: true, declaredCacheable: true }],
    ['public=x is something else', 'public=x', { public: false, declaredCacheable: false }],
    ['immutable', 'immutable', { immutable: true }],
    ['must-understand', 'must-understand', { mustUnderstand: true }],
    ['must-revalidate', 'must-revalidate', { mustRevalidate: true }],
    [
      'stale windows',
      'stale-while-revalidate=5, stale-if-error=6',
      { staleWhileRevalidate: 5, staleIfError: 6 },
    ],
    [
      'broken stale windows',
      'stale-while-revalidate, stale-if-error=x',
      { staleWhileRevalidate: 0, staleIfError: 0 },
    ],
    ['commas only', ' ,, , ', { maxAge: null, noStore: false }],
  ])('%s', (_, field, expected) => {
    expect(responseControl(of(field))).toMatchObject(expected);
  });

  test('reads several field lines as one list', () => {
    const headers = new HttpHeaders([
      ['Cache-Control', 's-maxage=3600'],
      ['Cache-Control', 'max-age=1'],
    ]);
    expect(responseControl(headers).maxAge).toBe(1);
  });

  test('reads Pragma only without Cache-Control', () => {
    expect(responseControl(new HttpHeaders({ pragma: 'no-cache' })).noCache).toBe(true);
    expect(responseControl(new HttpHeaders({ pragma: 'no-store' })).noStore).toBe(false);
    expect(
      responseControl(new HttpHeaders({ pragma: 'no-cache', 'cache-control': 'max-age=1' })).noCache,
    ).toBe(false);
  });
});

describe('requestControl', () => {
  test.each<[string, string, Partial<ReturnType<typeof requestControl>>]>([
    ['nothing', '', { maxAge: null, maxStale: 0, minFresh: 0, staleIfError: 0 }],
    ['max-age', 'max-age=0', { maxAge: 0 }],
    ['max-stale', 'max-stale', { maxStale: Infinity }],
    ['max-stale with a limit', 'max-stale=10', { maxStale: 10 }],
    ['the stricter of two', 'max-stale, max-stale=10', { maxStale: 10 }],
    ['max-stale that is no number', 'max-stale=x', { maxStale: 0 }],
    ['min-fresh', 'min-fresh=5, min-fresh=7', { minFresh: 7 }],
    ['min-fresh that is no number', 'min-fresh=x', { minFresh: Infinity }],
    ['switches', 'no-cache, no-store, only-if-cached', { noCache: true, noStore: true, onlyIfCached: true }],
    ['stale-if-error', 'stale-if-error=60', { staleIfError: 60 }],
  ])('%s', (_, field, expected) => {
    expect(requestControl(of(field))).toMatchObject(expected);
  });
});

describe('parseDirectives', () => {
  test('gives a name and an argument for any text (CVE-2026-9678: never a throw)', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const { name } of parseDirectives(text)) expect(name).toBe(name.trim().toLowerCase());
      }),
    );
  });

  test('is linear (CVE-2022-25881)', { timeout: 60_000 }, () => {
    const hostile = ['"', ' =', '"\\', ',"', ';', 'a="'].map((part) => part.repeat(200_000));
    expectLinear(() => {
      for (const text of hostile) parseDirectives(text);
    });
  });
});
