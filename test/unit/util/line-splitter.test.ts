import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LineSplitter } from '../../../src/util/line-splitter.ts';

function linesOf(pieces: readonly string[], limit = 1000): string[] {
  const splitter = new LineSplitter(limit);
  const lines = pieces.flatMap((piece) => [...splitter.push(piece)]);
  const last = splitter.end();
  return last === null ? lines : [...lines, last];
}

describe('lines', () => {
  test.each<[string, string[], string[]]>([
    ['LF', ['a\nb\n'], ['a', 'b']],
    ['CR', ['a\rb\r'], ['a', 'b']],
    ['CRLF', ['a\r\nb\r\n'], ['a', 'b']],
    ['CRLF, split between pieces', ['a\r', '\nb'], ['a', 'b']],
    ['CR at the end of a piece, and another line', ['a\r', 'b'], ['a', 'b']],
    ['CR, an empty piece and LF', ['a\r', '', '\nb'], ['a', 'b']],
    ['LF and CR are two', ['a\n\rb'], ['a', '', 'b']],
    ['empty lines', ['\n\n'], ['', '']],
    ['no end', ['a', 'b'], ['ab']],
    ['nothing', [], []],
    ['other white space is none', ['a\u2028b\u0085c\vd'], ['a\u2028b\u0085c\vd']],
  ])('%s', (_, pieces, lines) => expect(linesOf(pieces)).toEqual(lines));

  test('a line is told with its CR, before it is known whether an LF follows', () => {
    const splitter = new LineSplitter(10);
    expect([...splitter.push('a\r')]).toEqual(['a']);
    expect([...splitter.push('\nb\n')]).toEqual(['b']);
  });

  test('a longer line than may be is an error, also in pieces and before its end', () => {
    expect(() => linesOf(['abcd\n'], 3)).toThrow('a line is longer than 3 characters');
    expect(() => linesOf(['ab', 'cd'], 3)).toThrow(RangeError);
    expect(linesOf(['abc\nabc\n'], 3)).toEqual(['abc', 'abc']);
  });

  test('it does not matter where the pieces end', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '\r', '\n') });
    fc.assert(
      fc.property(fc.array(text), (pieces) => {
        const whole = pieces.join('');
        const expected = whole.split(/\r\n|\r|\n/);
        if (expected.at(-1) === '') expected.pop();
        expect(linesOf(pieces)).toEqual(expected);
      }),
    );
  });
});
