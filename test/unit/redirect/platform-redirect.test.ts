import { describe, expect, test } from 'vitest';
import type { RequestOptions } from '../../../src/options/options.ts';
import type { PlatformReach } from '../../../src/redirect/platform-redirect.ts';
import { offenceOfPlatform, reachOfPlatform } from '../../../src/redirect/platform-redirect.ts';
import { makeRequest, makeResponse } from '../../support/fixtures.ts';

const PAGE = 'https://page.test';
const KEY = { 'X-Api-Key': 'secret' };

type Row = [
  name: string,
  headers: Record<string, string>,
  options: Partial<RequestOptions>,
  url: string,
  pageOrigin: string | null,
  expected: PlatformReach,
];

const ANYWHERE: PlatformReach = { to: 'any-origin', field: null };

const ROWS: readonly Row[] = [
  ['no fields', {}, {}, 'https://api.test/', PAGE, ANYWHERE],
  ['harmless ones', { Accept: 'a/b', 'Content-Type': 'a/b' }, {}, 'https://api.test/', PAGE, ANYWHERE],
  ['a key, another origin', KEY, {}, 'https://api.test/', PAGE, { to: 'nowhere', field: 'x-api-key' }],
  ['a key, the page’s own', KEY, {}, `${PAGE}/a`, PAGE, { to: 'own-origin', field: 'x-api-key' }],
  ['a key, no page', KEY, {}, 'https://api.test/', null, { to: 'nowhere', field: 'x-api-key' }],
  [
    'Authorization, which a browser takes off',
    { Authorization: 'a' },
    {},
    'https://api.test/',
    PAGE,
    ANYWHERE,
  ],
  [
    'Authorization elsewhere',
    { Authorization: 'a' },
    {},
    'https://api.test/',
    null,
    { to: 'nowhere', field: 'authorization' },
  ],
  [
    'trusted origins',
    KEY,
    { trustedRedirectOrigins: ['https://b.test'] },
    'https://api.test/',
    PAGE,
    ANYWHERE,
  ],
  ['the contract of fetch', KEY, { fetch: {} }, 'https://api.test/', PAGE, ANYWHERE],
];

test.each(ROWS)(
  'how far a platform may take a request: %s',
  (_name, headers, options, url, page, expected) => {
    expect(reachOfPlatform(makeRequest({ url, headers, options }), page)).toEqual(expected);
  },
);

describe('where the platform has gone', () => {
  const trusting = { trustedRedirectOrigins: ['https://b.test'] };
  const went = (url: string) => makeResponse({ url, redirectedByPlatform: true });

  test.each([
    ['an origin that is trusted', trusting, 'https://b.test/x', null],
    ['its own', trusting, 'https://api.test/x', null],
    [
      'one that is none of them',
      trusting,
      'https://c.test/',
      /c\.test, which is none of trustedRedirectOrigins/,
    ],
    ['one without TLS', trusting, 'http://b.test/', /less safe/],
    ['anywhere, by fetch', { ...trusting, fetch: {} }, 'https://c.test/', null],
  ] as const)('%s', (_name, options, url, sentence) => {
    const request = makeRequest({ url: 'https://api.test/', headers: KEY, options });
    const offence = offenceOfPlatform(request, went(url));
    if (sentence === null) expect(offence).toBeNull();
    else
      expect(offence).toMatchObject({ code: 'insecure-redirect', message: expect.stringMatching(sentence) });
  });
});
