import { describe, expect, test } from 'vitest';
import { currentAge, freshnessOf } from '../../../src/cache/rules/freshness.ts';
import type { ResponseMetadata } from '../../../src/cache/storage/metadata.ts';
import type { HeadersInput } from '../../../src/message/headers.ts';
import { date, NOW, stored } from './support.ts';

const DAY = 24 * 3600;
const CC = 'cache-control';

describe('freshness lifetime, seconds', () => {
  test.each<[string, HeadersInput, Partial<ResponseMetadata>, number]>([
    ['max-age', { [CC]: 'max-age=60' }, {}, 60],
    ['max-age over Expires', { [CC]: 'max-age=0', date: date(0), expires: date(60) }, {}, 0],
    ['max-age over a past Expires', { [CC]: 'max-age=60', date: date(0), expires: date(-60) }, {}, 60],
    ['s-maxage is not for us', { [CC]: 's-maxage=3600, max-age=1' }, {}, 1],
    ['Expires minus Date', { date: date(-10), expires: date(20) }, {}, 30],
    ['Expires before Date', { date: date(400), expires: date(300) }, {}, 0],
    ['Expires without Date', { expires: date(20) }, {}, 20],
    ['Expires and a broken Date', { date: 'foo', expires: date(20) }, {}, 20],
    ['Expires: 0', { date: date(0), expires: '0', 'last-modified': date(-DAY) }, {}, 0],
    [
      'two Expires',
      [
        ['date', date(0)],
        ['expires', date(60)],
        ['expires', date(61)],
      ],
      {},
      0,
    ],
    ['a tenth since Last-Modified', { date: date(0), 'last-modified': date(-1000) }, {}, 100],
    ['at most a day', { date: date(0), 'last-modified': date(-100 * DAY) }, {}, DAY],
    ['Last-Modified ahead of Date', { date: date(0), 'last-modified': date(5) }, {}, 0],
    ['no heuristics for that status', { date: date(0), 'last-modified': date(-1000) }, { status: 503 }, 0],
    [
      'but with public',
      { date: date(0), 'last-modified': date(-1000), [CC]: 'public' },
      { status: 599 },
      100,
    ],
    ['nothing', {}, {}, 0],
    ['hidden fields: Expires', { expires: date(60), [CC]: 'max-age=100' }, { fidelity: 'filtered' }, 60],
    ['hidden fields: max-age alone', { [CC]: 'max-age=100' }, { fidelity: 'filtered' }, 0],
  ])('%s', (_, headers, metadata, expected) => {
    expect(freshnessOf(stored({ headers, metadata }).metadata).lifetime).toBe(expected * 1000);
  });
});

describe('current age, seconds', () => {
  test.each<[string, HeadersInput, Partial<ResponseMetadata>, number, number]>([
    ['just arrived', { date: date(0) }, {}, 0, 0],
    ['resident', { date: date(0) }, {}, 30, 30],
    ['Age', { date: date(0), age: '100' }, {}, 30, 130],
    ['Date that lags', { date: date(-50) }, {}, 0, 50],
    ['the greater of both', { date: date(-10), age: '25' }, {}, 0, 25],
    ['Date that leads', { date: date(10), age: '15' }, {}, 0, 15],
    ['delay of the exchange', { age: '5' }, { requestTime: NOW - 7000 }, 0, 12],
    ['first Age of two', { age: '0, 7200' }, {}, 0, 0],
    [
      'first Age of two lines',
      [
        ['age', '7200'],
        ['age', '0'],
      ],
      {},
      0,
      7200,
    ],
    ['Age beyond 31 bits', { age: '99999999999' }, {}, 0, 2 ** 31],
    ['negative Age', { age: '-7200' }, {}, 0, 0],
    ['fractional Age', { age: '7200.0' }, {}, 0, 0],
    ['Age with a parameter', { age: '7200;foo=bar' }, {}, 0, 0],
    ['a clock that was set back', { date: date(0), age: '5' }, {}, -3600, 5],
  ])('%s', (_, headers, metadata, later, expected) => {
    const freshness = freshnessOf(stored({ headers, metadata }).metadata);
    expect(currentAge(freshness, NOW + later * 1000)).toBe(expected * 1000);
  });
});
