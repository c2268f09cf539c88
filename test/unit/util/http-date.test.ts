import { describe, expect, test } from 'vitest';
import { parseHttpDate } from '../../../src/util/http-date.ts';

const NOW = Date.UTC(2026, 10, 22);
const AT = Date.UTC(2050, 7, 18, 2, 1, 18);

describe('parseHttpDate', () => {
  test.each<[string, string, number | null]>([
    ['IMF-fixdate', 'Thu, 18 Aug 2050 02:01:18 GMT', AT],
    ['any case', 'THU, 18 aUG 2050 02:01:18 gmt', AT],
    ['RFC 850', 'Thursday, 18-Aug-50 02:01:18 GMT', AT],
    [
      'RFC 850, more than 50 years ahead is the past',
      'Sunday, 06-Nov-94 08:49:37 GMT',
      Date.UTC(1994, 10, 6, 8, 49, 37),
    ],
    ['asctime', 'Thu Aug 18 02:01:18 2050', AT],
    ['asctime, one-digit day', 'Mon Aug  8 02:01:18 2050', Date.UTC(2050, 7, 8, 2, 1, 18)],
    ['beyond 32 bits', 'Sun, 21 Nov 2286 04:46:39 GMT', Date.UTC(2286, 10, 21, 4, 46, 39)],
    ['leap second', 'Sat, 31 Dec 2016 23:59:60 GMT', Date.UTC(2017, 0, 1)],
    ['zero', '0', null],
    ['empty', '', null],
    ['other zone', 'Thu, 18 Aug 2050 02:01:18 UTC', null],
    ['two-digit year', 'Thu, 18 Aug 50 02:01:18 GMT', null],
    ['no comma', 'Thu 18 Aug 2050 02:01:18 GMT', null],
    ['two spaces', 'Thu, 18  Aug 2050 02:01:18 GMT', null],
    ['dashes with a long year', 'Thu, 18-Aug-2050 02:01:18 GMT', null],
    ['periods', 'Thu, 18 Aug 2050 02.01.18 GMT', null],
    ['one-digit hour', 'Thu, 18 Aug 2050 2:01:18 GMT', null],
    ['two dates', 'Thu, 18 Aug 2050 02:01:18 GMT, Thu, 18 Aug 2050 02:01:18 GMT', null],
    ['no such day', 'Thu, 30 Feb 2050 02:01:18 GMT', null],
    ['no such hour', 'Thu, 18 Aug 2050 24:01:18 GMT', null],
    ['no such month', 'Thu, 18 Foo 2050 02:01:18 GMT', null],
  ])('%s', (_, text, expected) => {
    expect(parseHttpDate(text, NOW)).toBe(expected);
  });
});
