import { MIMEType } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseMimeType, serialiseMimeType } from '../../../src/message/mime-type.ts';

/** Parsed and written again; null when there is no type. */
function normalised(text: string): string | null {
  const type = parseMimeType(text);
  return type === null ? null : serialiseMimeType(type);
}

describe('a media type', () => {
  test.each<[string, string, string | null]>([
    ['is kept', 'text/html;charset=utf-8', 'text/html;charset=utf-8'],
    ['is lower-cased, but for values', 'Text/HTML;Charset=GBK', 'text/html;charset=GBK'],
    ['loses white space around its parts', ' \t\r\ntext/html \t;\n charset=x \r', 'text/html;charset=x'],
    ['keeps the first of a name', 'text/html;a=1;a=2', 'text/html;a=1'],
    ['loses parameters without a value', 'text/html;a;b=;;=c;d=e', 'text/html;d=e'],
    ['loses parameters whose name is no token', 'text/html;a b=1;é=2;d=e', 'text/html;d=e'],
    ['loses parameters whose value has control characters', 'text/html;a=\x00;b="\x7f";d=e', 'text/html;d=e'],
    ['loses parameters whose value is beyond Latin-1', 'text/html;a=€;d=é', 'text/html;d="é"'],
    ['unquotes what needs no quotes', 'text/html;a="b"', 'text/html;a=b'],
    ['quotes what needs quotes', 'text/html;a=b c', 'text/html;a="b c"'],
    ['keeps an empty quoted value', 'text/html;a=""', 'text/html;a=""'],
    [
      'resolves escapes, and writes those that are needed',
      'text/html;a="\\b\\"\\\\"',
      'text/html;a="b\\"\\\\"',
    ],
    ['ends an open quote at its end, which is not white space', 'text/html;a="b ', 'text/html;a=b'],
    ['ends an open quote at its end', 'text/html;a="b', 'text/html;a=b'],
    ['keeps a backslash at the very end', 'text/html;a="\\', 'text/html;a="\\\\"'],
    ['ignores what follows a quoted value', 'text/html;a="b"c;d=e', 'text/html;a=b;d=e'],
    ['takes a semicolon in quotes for a character', 'text/html;a="b;c=d"', 'text/html;a="b;c=d"'],
    ['is none without a slash', 'text', null],
    ['is none without a type', '/html', null],
    ['is none without a subtype', 'text/;a=b', null],
    ['is none with a space in it', 'te xt/html', null],
    ['is none with a second slash', 'text/html/x', null],
    ['is none when a parameter comes first', 'a=b;text/html', null],
    ['is none when empty', '', null],
  ])('%s', (_name, text, expected) => {
    expect(normalised(text)).toBe(expected);
  });

  test('of a name that objects have, too, is a plain parameter', () => {
    expect(normalised('text/html;__proto__=a;constructor=b')).toBe('text/html;__proto__=a;constructor=b');
  });

  /** But for what follows a quoted value, or is missing at its end: there Node is not what the standard says. */
  test('is what Node makes of it', () => {
    const pick = (...pieces: string[]) =>
      fc.array(fc.constantFrom(...pieces), { maxLength: 5 }).map((picked) => picked.join(''));
    const name = pick('x', 'Y', 'charset', ' ', '\t', '/', 'é');
    const bare = pick('x', 'Y', ' ', '\t', '=', '/', '\\', 'é');
    const quoted = pick('x', ' ', ';', '=', '\\"', '\\x', '\\\\', '€').map((inner) => `"${inner}"`);
    const parameter = fc.tuple(name, fc.oneof(bare, quoted)).map(([left, right]) => `;${left}=${right}`);
    const text = fc.array(parameter, { maxLength: 4 }).map((parameters) => `a/b${parameters.join('')}`);
    fc.assert(
      fc.property(text, (input) => {
        expect(normalised(input)).toBe(String(new MIMEType(input)));
      }),
      { numRuns: 2000 },
    );
  });
});
