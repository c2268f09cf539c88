import { describe, expect, test } from 'vitest';
import { trimOws } from '../../../src/message/field-lexer.ts';
import { HttpHeaders } from '../../../src/message/headers.ts';

describe('HttpHeaders', () => {
  test('keeps order and repetition, compares names without case', () => {
    const headers = new HttpHeaders([
      ['A', '1'],
      ['b', '2'],
      ['a', '3'],
    ]);
    expect([...headers]).toEqual([
      ['a', '1'],
      ['b', '2'],
      ['a', '3'],
    ]);
    expect(headers.get('A')).toBe('1, 3');
    expect(headers.getAll('a')).toEqual(['1', '3']);
    expect(headers.get('c')).toBeNull();
    expect(headers.size).toBe(3);
  });

  test('takes records, arrays of values, numbers, WHATWG Headers and another one', () => {
    expect([...new HttpHeaders({ a: '1', b: ['2', '3'], c: 4, d: undefined })]).toEqual([
      ['a', '1'],
      ['b', '2'],
      ['b', '3'],
      ['c', '4'],
    ]);
    expect(new HttpHeaders(new Headers({ 'X-Y': 'z' })).get('x-y')).toBe('z');
    expect([...new HttpHeaders(new HttpHeaders({ a: '1' }))]).toEqual([['a', '1']]);
  });

  test('reads own properties only', () => {
    expect(new HttpHeaders(Object.create({ evil: 'x' })).size).toBe(0);
    expect([...new HttpHeaders(JSON.parse('{"__proto__": "x"}'))]).toEqual([['__proto__', 'x']]);
  });

  test('set replaces in the place of the first and removes the others', () => {
    const headers = new HttpHeaders([
      ['a', '1'],
      ['b', '2'],
      ['a', '3'],
    ]);
    expect([...headers.set('A', '9')]).toEqual([
      ['a', '9'],
      ['b', '2'],
    ]);
    expect([...headers.set('c', '4')]).toHaveLength(3);
  });

  test('delete, setDefault, with and without', () => {
    const headers = new HttpHeaders({ a: '1' });
    expect(headers.setDefault('A', '2').setDefault('b', '3').get('b')).toBe('3');
    expect(headers.get('a')).toBe('1');
    expect(headers.with('a', '5').get('a')).toBe('5');
    expect(headers.without('a').has('a')).toBe(false);
    expect(headers.get('a')).toBe('1');
    expect(headers.without('zz')).toBe(headers);
    expect([headers.delete('A'), headers.delete('A')]).toEqual([true, false]);
  });

  test('frozen ones refuse every change, their copies do not', () => {
    const headers = new HttpHeaders({ a: '1' }).freeze();
    for (const change of [
      () => headers.append('b', '2'),
      () => headers.set('a', '2'),
      () => headers.set('b', '2'),
      () => headers.setDefault('b', '2'),
      () => headers.delete('a'),
    ]) {
      expect(change).toThrow(TypeError);
    }
    expect([...headers]).toEqual([['a', '1']]);
    expect(headers.with('a', '2').get('a')).toBe('2');
    expect(headers.without('a').size).toBe(0);
    expect(headers.clone().delete('a')).toBe(true);
  });

  test('trims optional white space around values and allows obs-text and empty values', () => {
    expect(new HttpHeaders([['a', ' \tx y\t ']]).get('a')).toBe('x y');
    expect(new HttpHeaders([['a', '']]).get('a')).toBe('');
    expect(new HttpHeaders([['a', '\xe9']]).get('a')).toBe('\xe9');
    expect(trimOws('\t')).toBe('');
  });

  test.each([
    ['an empty name', '', 'x'],
    ['a space in a name', 'a b', 'x'],
    ['a colon in a name', 'a:', 'x'],
    ['a name with CRLF', 'a\r\nb', 'x'],
    ['CR in a value', 'a', 'x\ry'],
    ['LF at the end of a value', 'a', 'x\n'],
    ['NUL', 'a', 'x\0'],
    ['DEL', 'a', 'x\x7f'],
    ['a character above one byte', 'a', '\u0100'],
  ])('refuses %s', (_what, name, value) => {
    expect(() => new HttpHeaders([[name, value]])).toThrow(TypeError);
    expect(() => new HttpHeaders().set(name, value)).toThrow(TypeError);
  });

  test('an error never shows the value', () => {
    expect(() => new HttpHeaders({ authorization: 'secret\n' })).toThrow(/^(?!.*secret)/);
  });

  test.each([null, 'a: b', 5, [['a']], [['a', 'b', 'c']], { a: null }, { a: {} }])(
    'refuses %j as an init',
    (init) => {
      expect(() => new HttpHeaders(init as never)).toThrow(TypeError);
    },
  );
});
