import { again, type Case, type Fields, FRESH, PAUSE, rows, STALE, type Step } from './case.ts';

const CC = 'Cache-Control';
const ETAG = ['ETag', '"abcd"'] as const;

const withBody = (status: number) => (status === 204 ? '' : `body of ${status}`);

function heuristic(status: number, from: 'cache' | 'origin', extra: Fields = []): Case {
  const reply = { status, body: withBody(status) };
  const headers: Fields = [['Last-Modified', -24 * 3600], ['Date', 0], ...extra];
  const kind = from === 'cache' ? 'optimal' : 'required';
  const id = `heuristic-${status}-${from === 'cache' ? 'cached' : 'not_cached'}`;
  return again(id, kind, headers, from, { reply, first: { reply, wait: 0 } });
}

function statuses(status: number): Case[] {
  const reply = { status, body: withBody(status) };
  return [
    again(`status-${status}-fresh`, 'optimal', FRESH, 'cache', { reply, first: { reply } }),
    again(`status-${status}-stale`, 'required', STALE, 'origin', { first: { reply } }),
  ];
}

const understand: Fields = [[CC, 'max-age=3600, no-store, must-understand']];

const status: Case[] = [
  ...[200, 203, 204, 404, 405, 410, 414, 501].map((code) => heuristic(code, 'cache')),
  ...[201, 202, 403, 502, 503, 504, 599].map((code) => heuristic(code, 'origin')),
  heuristic(599, 'cache', [[CC, 'public']]),
  ...[200, 203, 204, 299, 400, 404, 410, 499, 500, 502, 503, 504, 599].flatMap(statuses),
  again('status-599-must-understand', 'required', understand, 'origin', {
    first: { reply: { status: 599 } },
  }),
  again('status-200-must-understand', 'optimal', understand, 'cache'),
];

const expiring: Fields = [
  [CC, 'max-age=10000, no-cache'],
  ['Expires', 10_000],
  ['Date', 0],
];
const noStoreOverOld = (id: string, control: string): Case => ({
  id,
  kind: 'required',
  steps: [
    {
      reply: {
        headers: [
          [CC, 'max-age=10000'],
          ['Expires', 10_000],
          ['Date', 0],
          ['A', '1'],
        ],
      },
      wait: PAUSE,
    },
    {
      reply: {
        headers: [
          [CC, control],
          ['Date', 0],
          ['A', '2'],
        ],
      },
      wait: PAUSE,
    },
    { from: 'cache', has: { a: '1' } },
  ],
});

const directives: Case[] = [
  again('cc-resp-private-private', 'optimal', [[CC, 'private, max-age=3600']], 'cache'),
  ...rows('required', 'origin', [
    ['cc-resp-no-store', [[CC, 'no-store']]],
    ['cc-resp-no-store-case-insensitive', [[CC, 'No-StOrE']]],
    [
      'cc-resp-no-store-fresh',
      [
        [CC, 'max-age=10000, no-store'],
        ['Expires', 10_000],
        ['Date', 0],
      ],
    ],
    ['cc-resp-no-cache', expiring],
    [
      'cc-resp-no-cache-case-insensitive',
      [
        [CC, 'max-age=10000, No-CaChE'],
        ['Expires', 10_000],
        ['Date', 0],
      ],
    ],
  ]),
  noStoreOverOld('cc-resp-no-store-old-new', 'no-store'),
  noStoreOverOld('cc-resp-no-store-old-max-age', 'no-store, max-age=0'),
  validated('cc-resp-no-cache-revalidate', 'optimal', [[CC, 'no-cache'], ETAG], 'etag'),
  validated('cc-resp-no-cache-revalidate-fresh', 'optimal', [...expiring, ETAG], 'etag'),
  again('cc-resp-must-revalidate-fresh', 'optimal', [[CC, 'max-age=10000, must-revalidate'], ETAG], 'cache'),
  validated('cc-resp-must-revalidate-stale', 'required', [[CC, 'max-age=2, must-revalidate'], ETAG], 'etag'),
  again('cc-resp-immutable-fresh', 'optimal', [[CC, 'max-age=10000, immutable'], ETAG], 'cache', {
    cache: 'no-cache',
  }),
  validated('cc-resp-immutable-stale', 'required', [[CC, 'max-age=2, immutable'], ETAG], 'etag', {
    cache: 'no-cache',
    sends: { 'cache-control': 'max-age=0' },
  }),
];

const conditional: Case[] = [
  validated(
    'conditional-etag-vary-headers',
    'required',
    [['Expires', 1], ETAG, ['Date', 0], ['Vary', 'Abc']],
    'etag',
    {
      headers: [['Abc', '123']],
      sends: { abc: '123' },
    },
  ),
  validated('conditional-etag-strong-generate', 'optimal', [[CC, 'max-age=2'], ETAG], 'etag'),
  validated(
    'conditional-etag-weak-generate-weak',
    'optimal',
    [
      [CC, 'max-age=2'],
      ['ETag', 'W/"abcdef"'],
    ],
    'etag',
    {
      sends: { 'if-none-match': 'W/"abcdef"' },
    },
  ),
];

/** Stored, then asked for again: with the validator, and the request fields of the first time. */
function validated(
  id: string,
  kind: Case['kind'],
  headers: Fields,
  from: 'etag' | 'modified',
  step: Step = {},
): Case {
  const first = step.headers === undefined ? {} : { headers: step.headers };
  return {
    id,
    kind,
    steps: [
      { ...first, reply: { headers }, wait: PAUSE },
      { from, ...step },
    ],
  };
}

const methods = ['POST', 'PUT', 'DELETE', 'M-SEARCH'].flatMap((method): Case[] => [
  {
    id: `invalidate-${method}`,
    kind: 'required',
    steps: [{ reply: { headers: FRESH } }, { method, body: 'abc' }, { from: 'origin' }],
  },
  {
    id: `invalidate-${method}-failed`,
    kind: 'optimal',
    steps: [
      { reply: { headers: FRESH } },
      { method, body: 'abc', reply: { status: 500 } },
      { from: 'cache' },
    ],
  },
]);

const post: Case = {
  id: 'method-POST',
  kind: 'optimal',
  steps: [
    {
      method: 'POST',
      body: '12345',
      headers: [['Content-Type', 'text/plain']],
      reply: {
        headers: [
          ['Expires', 30 * 24 * 3600],
          ['Content-Location', 'SELF'],
          ['Date', 0],
        ],
      },
      wait: PAUSE,
    },
    { from: 'cache' },
  ],
};

const swr = (window: number): Fields => [
  [CC, `max-age=1, stale-while-revalidate=${window}`],
  ['ETag', '"abc"'],
];

const stale: Case[] = [
  again('stale-while-revalidate', 'optimal', swr(3600), 'cache'),
  {
    id: 'stale-while-revalidate-window',
    kind: 'required',
    steps: [
      { reply: { headers: swr(4) }, wait: PAUSE },
      {
        from: 'cache',
        background: true,
        reply: {
          headers: [
            [CC, 'no-cache'],
            ['ETag', '"def"'],
          ],
        },
        wait: PAUSE,
      },
      { from: 'origin' },
    ],
  },
];

export const storing: readonly Case[] = [
  ...status,
  ...directives,
  ...conditional,
  ...methods,
  post,
  ...stale,
];
