import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCookieDate } from '../../../src/cookies/cookie-date.ts';

const cases: [name: string, input: string, expected: string | null][] = [
  ['IMF-fixdate', 'Sun, 06 Nov 1994 08:49:37 GMT', '1994-11-06T08:49:37.000Z'],
  ['Netscape', 'Sunday, 06-Nov-94 08:49:37 GMT', '1994-11-06T08:49:37.000Z'],
  ['asctime', 'Sun Nov  6 08:49:37 1994', '1994-11-06T08:49:37.000Z'],
  ['any order', '08:49:37 1994 nov 6', '1994-11-06T08:49:37.000Z'],
  ['a zone is ignored', 'Sun, 06 Nov 1994 08:49:37 -0500 (EST)', '1994-11-06T08:49:37.000Z'],
  ['one digit each', '1 Jan 2020 1:2:3', '2020-01-01T01:02:03.000Z'],
  ['a month spelled out', '6 November 1994 08:49:37', '1994-11-06T08:49:37.000Z'],
  ['something behind the numbers', '6th Nov 1994AD 08:49:37.123', '1994-11-06T08:49:37.000Z'],
  ['the first time wins', '6 Nov 1994 08:49:37 09:00:00', '1994-11-06T08:49:37.000Z'],
  ['year 69', '6 Nov 69 08:49:37', '2069-11-06T08:49:37.000Z'],
  ['year 70', '6 Nov 70 08:49:37', '1970-11-06T08:49:37.000Z'],
  ['year 99', '6 Nov 99 08:49:37', '1999-11-06T08:49:37.000Z'],
  ['year 00', '6 Nov 00 08:49:37', '2000-11-06T08:49:37.000Z'],
  ['year 1601', '1 Jan 1601 00:00:00', '1601-01-01T00:00:00.000Z'],
  ['year 1600', '31 Dec 1600 00:00:00', null],
  ['a year of three digits', '6 Nov 100 08:49:37', null],
  ['a year of five digits', '6 Nov 19940 08:49:37', null],
  ['a leap day', '29 Feb 2024 00:00:00', '2024-02-29T00:00:00.000Z'],
  ['a leap day in another year', '29 Feb 2023 00:00:00', null],
  ['31 April', '31 Apr 2024 00:00:00', null],
  ['day 0', '0 Jan 2024 00:00:00', null],
  ['day 32', '32 Jan 2024 00:00:00', null],
  ['hour 24', '1 Jan 2024 24:00:00', null],
  ['minute 60', '1 Jan 2024 00:60:00', null],
  ['second 60', '1 Jan 2024 00:00:60', null],
  ['no seconds', '1 Jan 2024 00:00', null],
  ['an hour of three digits', '1 Jan 2024 000:00:00', null],
  ['no time', '1 Jan 2024', null],
  ['no day', 'Jan 2024 00:00:00', null],
  ['no month', '1 2024 00:00:00', null],
  ['no year', '1 Jan 00:00:00', null],
  ['nothing', '', null],
  ['delimiters only', ' ,-/ ', null],
  ['a date of another kind', '2024-01-01T00:00:00Z', null],
];

describe('parseCookieDate', () => {
  test.each(cases)('%s: %j', (_name, input, expected) => {
    const time = parseCookieDate(input);
    expect(time === null ? null : new Date(time).toISOString()).toBe(expected);
  });

  test('every month ends with its last day', () => {
    for (const year of [1600, 1700, 1900, 2000, 2023, 2024, 2100]) {
      for (let month = 0; month < 12; month++) {
        const last = new Date(Date.UTC(year, month + 1, 0));
        const rest = `${last.toUTCString().slice(8, 11)} ${year} 00:00:00`;
        const expected = year < 1601 ? null : last.getTime();
        expect(parseCookieDate(`${last.getUTCDate()} ${rest}`)).toBe(expected);
        expect(parseCookieDate(`${last.getUTCDate() + 1} ${rest}`)).toBeNull();
      }
    }
  });

  test('reads a part of a text, and nothing around it', () => {
    const text = '1 Jan 2020 00:00:00';
    expect(parseCookieDate(`9 Dec 9${text}9 Dec`, 7, 7 + text.length)).toBe(Date.UTC(2020, 0));
    for (let end = 0; end < text.length; end++) {
      // The seconds may have one digit.
      expect(parseCookieDate(text, 0, end)).toBe(end === text.length - 1 ? Date.UTC(2020, 0) : null);
    }
  });

  test('reads what it writes', () => {
    const seconds = fc.integer({ min: Date.UTC(1970, 0) / 1000, max: Date.UTC(2999, 0) / 1000 });
    fc.assert(
      fc.property(seconds, (second) => {
        expect(parseCookieDate(new Date(second * 1000).toUTCString())).toBe(second * 1000);
      }),
      { numRuns: 300 },
    );
  });

  test('anything is a date or none', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const time = parseCookieDate(text);
        if (time !== null) expect(Number.isInteger(time)).toBe(true);
      }),
    );
  });
});
