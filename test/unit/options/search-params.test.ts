import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { queryOf } from '../../../src/options/search-params.ts';
import { parseUrl, withQuery } from '../../../src/util/url.ts';

describe('what a query is written from', () => {
  test.each<[name: string, input: unknown, expected: string]>([
    ['text', 'a=1&b=%20', 'a=1&b=+'],
    ['text with a question mark', '?a=1', 'a=1'],
    ['URLSearchParams', new URLSearchParams([['a', '&']]), 'a=%26'],
    ['an object', { a: 1, b: true, c: 'x y', d: 5n, e: '' }, 'a=1&b=true&c=x+y&d=5&e='],
    ['what is not set', { a: undefined, b: 1 }, 'b=1'],
    ['several values', { a: [1, 'two', undefined], b: [] }, 'a=1&a=two'],
    ['an object without prototype', Object.assign(Object.create(null), { a: 1 }), 'a=1'],
    ['a prototype, which is not read', Object.create({ a: 1 }), ''],
    [
      'pairs',
      [
        ['a', 1],
        ['a', 2],
      ],
      'a=1&a=2',
    ],
    ['a Map', new Map([['ä', 'ö']]), '%C3%A4=%C3%B6'],
    ['nothing', {}, ''],
  ])('%s', (_name, input, expected) => {
    expect(queryOf(input)).toBe(expected);
  });

  test.each<[name: string, input: unknown]>([
    ['null', null],
    ['a number', 5],
    ['a value that is null', { a: null }],
    ['NaN', { a: Number.NaN }],
    ['Infinity', { a: Number.POSITIVE_INFINITY }],
    ['an object for a value', { a: {} }],
    ['a date', { a: new Date() }],
    ['a function', { a: () => {} }],
    ['a symbol', { a: Symbol('a') }],
    ['a list in a list', { a: [[1]] }],
    ['what are no pairs', ['a', 'b']],
    ['a pair with more', [['a', 'b', 'c']]],
    ['a pair of one', [['a']]],
    ['a name that is no text', [[1, 2]]],
  ])('%s is a TypeError', (_name, input) => {
    expect(() => queryOf(input)).toThrow(TypeError);
    expect(() => queryOf(input)).toThrow("option 'searchParams': expected text, or names with text");
  });
});

describe('a query behind what a URL has', () => {
  test.each([
    ['http://h.test', 'http://h.test/?a=1'],
    ['http://h.test/x', 'http://h.test/x?a=1'],
    ['http://h.test/x?', 'http://h.test/x?a=1'],
    ['http://h.test/x?b=%20', 'http://h.test/x?b=%20&a=1'],
    ['http://h.test/x?b&', 'http://h.test/x?b&a=1'],
    ['http://h.test/x#f?g', 'http://h.test/x?a=1#f?g'],
    ['app://h/x?b#', 'app://h/x?b&a=1#'],
  ])('%s', (url, expected) => {
    expect(withQuery(parseUrl(url), 'a=1').href).toBe(expected);
  });

  test('keeps the user, and hides it', () => {
    const url = withQuery(parseUrl('http://u:p@h.test/'), 'a=1');
    expect(url).toMatchObject({ username: 'u', password: 'p', target: '/?a=1', href: 'http://h.test/?a=1' });
    expect(JSON.stringify(url)).not.toContain('"p"');
  });

  test('is what the platform makes of it', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), pairs, (text, given) => {
        const expected = parseUrl(text);
        const query = queryOf(given);
        const url = withQuery(expected, query);
        expect(url).toEqual(parseUrl(url.href));
        expect([...new URL(url.href).searchParams]).toEqual([
          ...new URL(expected.href).searchParams,
          ...new URLSearchParams(given),
        ]);
      }),
    );
  });
});

const pairs = fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })));
