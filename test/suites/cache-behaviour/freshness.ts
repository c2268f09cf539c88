import { again, type Case, type Fields, FRESH, rows } from './case.ts';

const CC = 'Cache-Control';
const MONTH = 30 * 24 * 3600;

const cacheControl: Case[] = [
  ...rows('optimal', 'cache', [
    ['freshness-max-age', [[CC, 'max-age=3600']]],
    ['freshness-max-age-max-minus-1', [[CC, 'max-age=2147483647']]],
    ['freshness-max-age-max', [[CC, 'max-age=2147483648']]],
    ['freshness-max-age-max-plus-1', [[CC, 'max-age=2147483649']]],
    ['freshness-max-age-max-plus', [[CC, 'max-age=99999999999']]],
    [
      'freshness-max-age-expires',
      [
        [CC, 'max-age=3600'],
        ['Expires', -7200],
        ['Date', 0],
      ],
    ],
    [
      'freshness-max-age-expires-invalid',
      [
        [CC, 'max-age=3600'],
        ['Expires', '0'],
        ['Date', 0],
      ],
    ],
    ['freshness-max-age-extension', [[CC, 'foobar, max-age=3600']]],
    ['freshness-max-age-case-insenstive', [[CC, 'MaX-aGe=3600']]],
  ]),
  ...rows('required', 'origin', [
    [
      'freshness-max-age-stale',
      [
        [CC, 'max-age=2'],
        ['A', '1'],
      ],
    ],
    ['freshness-max-age-0', [[CC, 'max-age=0']]],
    [
      'freshness-max-age-age',
      [
        ['Date', 0],
        [CC, 'max-age=3600'],
        ['Age', '7200'],
      ],
    ],
    [
      'freshness-max-age-0-expires',
      [
        ['Expires', 3600],
        [CC, 'max-age=0'],
        ['Date', 0],
      ],
    ],
    ['freshness-max-age-negative', [[CC, 'max-age=-3600']]],
    ['freshness-max-age-s-maxage-private', [[CC, 's-maxage=3600, max-age=1']]],
    [
      'freshness-max-age-s-maxage-private-multiple',
      [
        [CC, 's-maxage=3600'],
        [CC, 'max-age=1'],
      ],
    ],
    ['freshness-max-age-ignore-quoted', [[CC, 'extension="max-age=3600", max-age=1']]],
    ['freshness-max-age-ignore-quoted-rev', [[CC, 'max-age=1, extension="max-age=3600"']]],
    ['freshness-max-age-single-quoted', [[CC, "max-age='3600'"]]],
  ]),
  ...rows('required', 'cache', [['freshness-max-age-leading-zero', [[CC, 'max-age=003600']]]]),
];

const aged = (age: string[], maxAge = 3600): Fields => [
  ['Date', 0],
  [CC, `max-age=${maxAge}`],
  ...age.map((value) => ['Age', value] as const),
];

const age: Case[] = [
  ...rows('required', 'cache', [
    ['age-parse-nonnumeric', aged(['abc'])],
    ['age-parse-negative', aged(['-7200'])],
    ['age-parse-float', aged(['7200.0'])],
    ['age-parse-prefix', aged(['0, 7200'])],
    ['age-parse-prefix-twoline', aged(['0', '7200'])],
    ['age-parse-dup-0', aged(['0, 0'])],
    ['age-parse-dup-0-twoline', aged(['0', '0'])],
    ['age-parse-dup-old', aged(['3600', '3600'], 10_000)],
  ]),
  ...rows('required', 'origin', [
    ['age-parse-large-minus-one', aged(['2147483647'])],
    ['age-parse-large', aged(['2147483648'])],
    ['age-parse-larger', aged(['2147483649'])],
    ['age-parse-suffix', aged(['7200, 0'])],
    ['age-parse-suffix-twoline', aged(['7200', '0'])],
  ]),
];

const expires = (value: string | number, date: string | number = 0): Fields => [
  ['Expires', value],
  ['Date', date],
];

const expiry: Case[] = [
  ...rows('optimal', 'cache', [
    ['freshness-expires-future', expires(MONTH)],
    ['freshness-expires-32bit', expires('Tue, 19 Jan 2038 14:14:08 GMT')],
    ['freshness-expires-far-future', expires('Sun, 21 Nov 2286 04:46:39 GMT')],
    ['freshness-expires-rfc850', expires('Thursday, 18-Aug-50 02:01:18 GMT')],
    ['freshness-expires-ansi-c', expires('Thu Aug  8 02:01:18 2050')],
    ['freshness-expires-wrong-case-weekday', expires('THU, 18 Aug 2050 02:01:18 GMT')],
    ['freshness-expires-wrong-case-month', expires('Thu, 18 AUG 2050 02:01:18 GMT')],
    ['freshness-expires-wrong-case-tz', expires('Thu, 18 Aug 2050 02:01:18 gMT')],
  ]),
  again('freshness-expires-invalid-date', 'optimal', expires(10, 'foo'), 'cache', { first: { wait: 0 } }),
  ...rows('required', 'origin', [
    ['freshness-expires-past', expires(-MONTH)],
    ['freshness-expires-present', expires(0)],
    ['freshness-expires-old-date', expires(300, 400)],
    ['freshness-expires-invalid', expires('0')],
    ['freshness-expires-age-slow-date', [...expires(10, -10), ['Age', '25']]],
    ['freshness-expires-age-fast-date', [...expires(20, 10), ['Age', '15']]],
    ['freshness-expires-invalid-utc', expires('Thu, 18 Aug 2050 02:01:18 UTC')],
    ['freshness-expires-invalid-aest', expires('Thu, 18 Aug 2050 02:01:18 AEST')],
    ['freshness-expires-invalid-2-digit-year', expires('Thu, 18 Aug 50 02:01:18 GMT')],
    ['freshness-expires-invalid-no-comma', expires('Thu 18 Aug 2050 02:01:18 GMT')],
    ['freshness-expires-invalid-multiple-spaces', expires('Thu, 18  Aug  2050 02:01:18 GMT')],
    ['freshness-expires-invalid-date-dashes', expires('Thu, 18-Aug-2050 02:01:18 GMT')],
    ['freshness-expires-invalid-time-periods', expires('Thu, 18 Aug 2050 02.01.18 GMT')],
    ['freshness-expires-invalid-1-digit-hour', expires('Thu, 18 Aug 2050 2:01:18 GMT')],
    [
      'freshness-expires-invalid-multiple-lines',
      [
        ['Expires', 'Thu, 18 Aug 2050 2:01:18 GMT'],
        ['Expires', 'Thu, 18 Aug 2050 2:01:19 GMT'],
        ['Date', 0],
      ],
    ],
  ]),
];

const other: Case[] = [
  again('other-age-gen', 'required', FRESH, 'cache', { minimumAge: 3 }),
  again('other-age-update-expires', 'required', [...expires(MONTH), ['Age', '30']], 'cache', {
    minimumAge: 33,
  }),
  again('other-age-update-max-age', 'required', [...FRESH, ['Age', '30']], 'cache', { minimumAge: 33 }),
  again('query-args-different', 'required', FRESH, 'origin', { path: '?b', first: { path: '?a' } }),
  again('query-args-same', 'optimal', FRESH, 'cache', { path: '?a', first: { path: '?a' } }),
  again('other-set-cookie', 'optimal', [...FRESH, ['Set-Cookie', 'a=b']], 'cache'),
  again('other-cookie', 'optimal', FRESH, 'cache', { headers: [['Cookie', 'a=b']] }),
  // The runner compares Date and Expires of every cached answer with those of the stored one.
  again('other-date-update', 'required', FRESH, 'cache'),
  again('other-date-update-expires', 'required', expires(MONTH), 'cache'),
];

export const freshness: readonly Case[] = [...cacheControl, ...age, ...expiry, ...other];
