import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  elementEnd,
  isToken,
  listMembers,
  namesIn,
  quotedStringEnd,
  skipOws,
  tokenEnd,
  tokenOrQuoted,
  trimOws,
  unquote,
} from '../../../src/message/field-lexer.ts';

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Texts that are likely to be made of what fields are made of. */
const text = fc.string({ unit: fc.constantFrom(...'aZ0!,;="\\ \t\r\n\0é\u{1f600}') });

describe('tokens (RFC 9110 §5.6.2)', () => {
  test('every character is what the grammar says', () => {
    for (let code = 0; code < 0x200; code++) {
      const character = String.fromCharCode(code);
      expect(isToken(character), character).toBe(TOKEN.test(character));
    }
  });

  test.each([
    ['', 0, 0],
    ['abc', 0, 3],
    ['abc def', 0, 3],
    ['abc=', 0, 3],
    ['=abc', 0, 0],
    ['=abc', 1, 4],
    ['caf\u00e9', 0, 3],
    ['a', 5, 5],
  ])('%j from %i ends at %i', (value, start, end) => expect(tokenEnd(value, start)).toBe(end));
});

describe('optional white space (§5.6.3)', () => {
  test.each([
    ['', ''],
    [' ', ''],
    ['\t a b \t', 'a b'],
    ['\na\r', '\na\r'],
    ['\u00a0a', '\u00a0a'],
  ])('%j is %j without it', (value, trimmed) => expect(trimOws(value)).toBe(trimmed));

  test('is skipped', () => {
    expect([skipOws(' \ta', 0), skipOws('a', 0), skipOws('  ', 1), skipOws('', 0)]).toEqual([2, 0, 2, 0]);
  });
});

describe('quoted strings (§5.6.4)', () => {
  test.each([
    ['""', 2, ''],
    ['"a b"c', 5, 'a b'],
    ['"a\\"b"', 6, 'a"b'],
    ['"\\\\"', 4, '\\'],
    ['"a,;="', 6, 'a,;='],
  ])('%s ends at %i and means %j', (value, end, meaning) => {
    expect(quotedStringEnd(value, 0)).toBe(end);
    expect(unquote(value.slice(0, end))).toBe(meaning);
  });

  test.each(['"', '"abc', '"abc\\"', '"abc\\'])('%s is never closed', (value) => {
    expect(quotedStringEnd(value, 0)).toBe(-1);
  });

  test('a value that was quoted comes back', () => {
    fc.assert(
      fc.property(text, (value) => {
        const written = tokenOrQuoted(value);
        if (isToken(value)) return written === value;
        return quotedStringEnd(written, 0) === written.length && unquote(written) === value;
      }),
    );
  });
});

describe('lists (§5.6.1)', () => {
  test.each<[string, string[]]>([
    ['', []],
    [',', []],
    ['a', ['a']],
    [' a , b ,, c ', ['a', 'b', 'c']],
    ['"a,b", c', ['"a,b"', 'c']],
    ['a="x\\",y", b', ['a="x\\",y"', 'b']],
    ['a, "b, c', ['a', '"b, c']],
    ['a b, c;d=1', ['a b', 'c;d=1']],
  ])('%j has the members %j', (value, members) => expect(listMembers(value)).toEqual(members));

  test('other separators', () => {
    expect(elementEnd('a=";";b', 0, 0x3b)).toBe(5);
    expect(elementEnd('a=";";b', 6, 0x3b)).toBe(7);
  });

  test.each<[string | null, string[]]>([
    [null, []],
    ['', []],
    ['Accept-Encoding, COOKIE', ['accept-encoding', 'cookie']],
    ['"Cookie, Origin', ['cookie', 'origin']],
    ['a b,,c', ['a', 'b', 'c']],
  ])('the names in %j are %j', (value, names) => expect(namesIn(value)).toEqual(names));

  test('nothing of a list is lost but separators and white space', () => {
    fc.assert(
      fc.property(text, (value) => {
        const members = listMembers(value);
        expect(members.every((member) => member !== '' && member === trimOws(member))).toBe(true);
        expect(members.join('').replace(/[\s,]/g, '')).toBe(value.replace(/[\s,]/g, ''));
      }),
    );
  });
});

test('no position leaves the text, and none goes back', () => {
  fc.assert(
    fc.property(text, fc.nat({ max: 12 }), (value, at) => {
      const start = Math.min(at, value.length);
      for (const end of [skipOws(value, start), tokenEnd(value, start), elementEnd(value, start)]) {
        expect(end).toBeGreaterThanOrEqual(start);
        expect(end).toBeLessThanOrEqual(value.length);
      }
      const quoted = quotedStringEnd(value, start);
      expect(quoted === -1 || (quoted > start && quoted <= value.length)).toBe(true);
    }),
  );
});

test('they are linear: with this much, anything else would not come to an end', () => {
  const long = 500_000;
  const texts = [
    '"'.repeat(long),
    '\\'.repeat(long),
    ' '.repeat(long),
    ','.repeat(long),
    `"${'\\"'.repeat(long)}`,
  ];
  for (const value of texts) {
    expect(listMembers(value).length).toBeLessThanOrEqual(1);
    expect(trimOws(`${value}a`)).toMatch(/a$/);
    expect(namesIn(value).length).toBeLessThanOrEqual(long);
    expect(unquote(value).length).toBeLessThan(value.length);
  }
});
