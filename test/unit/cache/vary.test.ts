import { describe, expect, test } from 'vitest';
import { selectingFields, selects } from '../../../src/cache/rules/vary.ts';
import { type HeadersInput, HttpHeaders } from '../../../src/message/headers.ts';
import { stored } from './support.ts';

const LANGUAGE = { vary: 'Accept-Language' };

describe('selects', () => {
  test.each<[string, HeadersInput, HeadersInput, HeadersInput, boolean]>([
    ['no Vary', {}, { foo: '1' }, { foo: '2' }, true],
    ['same', { vary: 'Foo' }, { foo: '1' }, { foo: '1' }, true],
    ['other', { vary: 'Foo' }, { foo: '1' }, { foo: '2' }, false],
    ['absent then', { vary: 'Foo' }, {}, { foo: '1' }, false],
    ['absent now', { vary: 'Foo' }, { foo: '1' }, {}, false],
    ['absent both times', { vary: 'Foo, Bar' }, { foo: '1' }, { foo: '1' }, true],
    ['empty is not absent', { vary: 'Foo' }, {}, { foo: '' }, false],
    [
      'one of three differs',
      { vary: 'Foo, Bar, Baz' },
      { foo: '1', bar: 'a', baz: '7' },
      { foo: '1', baz: '7', bar: 'ab' },
      false,
    ],
    ['fields that do not matter', { vary: 'Foo' }, { foo: '1', other: '2' }, { foo: '1', other: '3' }, true],
    [
      'lines combine',
      { vary: 'Foo' },
      { foo: '1, 2' },
      [
        ['foo', '1'],
        ['foo', '2'],
      ],
      true,
    ],
    ['white space around commas', { vary: 'Foo' }, { foo: '1,2' }, { foo: ' 1 ,  2 ' }, true],
    ['commas in quotes', { vary: 'Foo' }, { foo: '"1, 2"' }, { foo: '"1,2"' }, false],
    ['case of an unknown field', { vary: 'Foo' }, { foo: 'a' }, { foo: 'A' }, false],
    ['order of an unknown field', { vary: 'Foo' }, { foo: 'a, b' }, { foo: 'b, a' }, false],
    ['order of languages', LANGUAGE, { 'accept-language': 'en, de' }, { 'accept-language': 'de, en' }, true],
    ['case of languages', LANGUAGE, { 'accept-language': 'en, de' }, { 'accept-language': 'eN, De' }, true],
    [
      'default weight',
      LANGUAGE,
      { 'accept-language': 'en, de;q=0.5' },
      { 'accept-language': 'en;q=1.0,de; q=0.5' },
      true,
    ],
    [
      'other weight',
      LANGUAGE,
      { 'accept-language': 'en, de;q=0.5' },
      { 'accept-language': 'en, de;q=0.6' },
      false,
    ],
    [
      'order of codings',
      { vary: 'accept-encoding' },
      { 'accept-encoding': 'gzip, br' },
      { 'accept-encoding': 'br,gzip' },
      true,
    ],
    [
      'stored in the preferred language',
      { ...LANGUAGE, 'content-language': 'de' },
      { 'accept-language': 'en, de' },
      { 'accept-language': 'fr;q=0.5, de;q=1.0' },
      true,
    ],
    [
      'stored in another language',
      { ...LANGUAGE, 'content-language': 'de' },
      { 'accept-language': 'en, de' },
      { 'accept-language': 'fr, de;q=0.5' },
      false,
    ],
    [
      'no language is preferred',
      { ...LANGUAGE, 'content-language': 'de' },
      { 'accept-language': 'en, de' },
      { 'accept-language': 'fr, de' },
      false,
    ],
    ['nothing is asked', { ...LANGUAGE, 'content-language': 'de' }, { 'accept-language': 'de' }, {}, false],
  ])('%s', (_, headers, before, now, expected) => {
    expect(selects(stored({ headers, request: before }).metadata, new HttpHeaders(now))).toBe(expected);
  });
});

test.each(['*', '*, *', ', *', '*, Foo', 'Foo, *'])('Vary: %s matches nothing', (vary) => {
  expect(selectingFields(new HttpHeaders({ vary }), new HttpHeaders({ foo: '1' }), 'exact')).toBeNull();
});

test('selecting fields are lower-case, sorted and told once', () => {
  const vary = new HttpHeaders([
    ['vary', 'Foo,, bar'],
    ['vary', 'FOO'],
  ]);
  expect(selectingFields(vary, new HttpHeaders({ bar: 'x' }), 'exact')).toEqual(['bar', 'x', 'foo', null]);
});

describe('where fields are hidden', () => {
  const metadata = { fidelity: 'filtered' } as const;

  test.each<[string, HeadersInput, HeadersInput, boolean]>([
    ['the same', { foo: '1' }, { foo: '1' }, true],
    ['another value', { foo: '1' }, { foo: '2' }, false],
    ['a field less', { foo: '1' }, {}, false],
    ['a field more', { foo: 'bar' }, { foo: 'bar', bar: '1' }, false],
    ['a word to the cache', {}, { 'cache-control': 'max-age=0', pragma: 'no-cache' }, true],
  ])('any field may matter: %s', (_, then, now, expected) => {
    expect(selects(stored({ request: then, metadata }).metadata, new HttpHeaders(now))).toBe(expected);
  });

  test('a cookie that nobody shows selects nothing', () => {
    const vary = new HttpHeaders({ vary: 'Cookie' });
    expect(selectingFields(vary, new HttpHeaders(), 'decoded')).toBeNull();
    expect(selectingFields(vary, new HttpHeaders({ cookie: 'a=b' }), 'decoded')).toHaveLength(2);
    expect(selectingFields(vary, new HttpHeaders(), 'exact')).toEqual(['cookie', null]);
  });
});
