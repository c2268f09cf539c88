import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseStrictTransportSecurity } from '../../../src/hsts/header.ts';
import { expectLinear } from '../../support/linear.ts';

const DAY = 86_400;

describe('valid', () => {
  test.each([
    ['plain', 'max-age=86400', DAY, false],
    ['with subdomains', 'max-age=86400; includeSubDomains', DAY, true],
    ['other order', 'includeSubDomains;max-age=86400', DAY, true],
    ['any case', 'MAX-AGE=86400; INCLUDESUBDOMAINS', DAY, true],
    ['quoted', 'max-age="86400"', DAY, false],
    ['quoted with escapes', 'max-age="\\86\\400"', DAY, false],
    ['zero', 'max-age=0', 0, false],
    ['leading zeros', 'max-age=00060', 60, false],
    ['white space everywhere', ' \t max-age \t = 86400 \t ; includeSubDomains ', DAY, true],
    ['empty directives', ';;; max-age=86400 ;; ; includeSubDomains;', DAY, true],
    ['unknown directives', 'preload; max-age=86400; x=y; z="q;=\\""; includeSubDomains', DAY, true],
    ['a semicolon in quotes', 'a="; max-age=1"; max-age=86400', DAY, false],
    ['an endless number is cut', `max-age=${'9'.repeat(400)}`, 2 ** 31, false],
  ])('%s: %s', (_name, value, maxAge, includeSubDomains) => {
    expect(parseStrictTransportSecurity(value)).toEqual({ maxAge, includeSubDomains });
  });
});

describe('ignored as a whole', () => {
  test.each([
    ['empty', ''],
    ['only separators', ' ; ;; '],
    ['no max-age', 'includeSubDomains'],
    ['max-age without value', 'max-age'],
    ['max-age with an empty value', 'max-age='],
    ['max-age with an empty quoted value', 'max-age=""'],
    ['negative', 'max-age=-1'],
    ['signed', 'max-age=+1'],
    ['fraction', 'max-age=1.5'],
    ['exponent', 'max-age=1e3'],
    ['hexadecimal', 'max-age=0x10'],
    ['other digits', 'max-age=\u0661'],
    ['space in quotes', 'max-age=" 1"'],
    ['junk behind the value', 'max-age=1 2'],
    ['junk behind the quotes', 'max-age="1"2'],
    ['junk behind a directive', 'max-age=1; includeSubDomains x'],
    ['open quotes', 'max-age="1'],
    ['quotes closed by an escape only', 'max-age="1\\"'],
    ['open quotes of an unknown directive', 'max-age=1; x="'],
    ['a quoted name', '"max-age"=1'],
    ['no name', 'max-age=1; =2'],
    ['a value for includeSubDomains', 'max-age=1; includeSubDomains=true'],
    ['max-age twice', 'max-age=1; max-age=1'],
    ['includeSubDomains twice', 'max-age=1; includeSubDomains; INCLUDESUBDOMAINS'],
    ['an unknown directive twice', 'max-age=1; x; x=1'],
    ['two fields joined by a comma', 'max-age=1, max-age=2'],
    ['a comma for a semicolon', 'max-age=1, includeSubDomains'],
  ])('%s: %s', (_name, value) => {
    expect(parseStrictTransportSecurity(value)).toBeNull();
  });
});

test('never throws, and gives only what could be kept', () => {
  const piece = fc.constantFrom(
    'max-age',
    'includeSubDomains',
    '=',
    ';',
    '"',
    '\\',
    ' ',
    '0',
    '9',
    ',',
    'x',
    '__proto__',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(piece).map((pieces) => pieces.join('')),
      ),
      (value) => {
        const header = parseStrictTransportSecurity(value);
        if (header !== null) expect(Number.isSafeInteger(header.maxAge) && header.maxAge >= 0).toBe(true);
      },
    ),
    { numRuns: 2000 },
  );
});

test('takes time linear in the length', { timeout: 60_000 }, () => {
  const values = [';', '" ', '"\\', 'a;', 'a=', ' '].map(
    (part) => `max-age=1;x="${part.repeat(1_000_000 / part.length)}`,
  );
  expectLinear(() => {
    for (const value of values) parseStrictTransportSecurity(value);
  });
});
