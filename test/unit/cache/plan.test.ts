import { describe, expect, test } from 'vitest';
import { type PlannedRequest, plan } from '../../../src/cache/rules/plan.ts';
import type { StoredResponse } from '../../../src/cache/storage/metadata.ts';
import { type HeadersInput, HttpHeaders } from '../../../src/message/headers.ts';
import type { CacheLoadControl } from '../../../src/options/options.ts';
import { date, NOW, stored } from './support.ts';

const CC = 'cache-control';
const MINUTE = { [CC]: 'max-age=60', etag: '"e"' };
const part = (first: number, headers: HeadersInput = MINUTE) =>
  stored({ headers, length: 5, metadata: { part: { first, total: 20 } } });

function request(headers: HeadersInput = {}, init: Partial<PlannedRequest> = {}): PlannedRequest {
  return {
    method: 'GET',
    headers: new HttpHeaders(headers),
    credentials: '',
    load: 'prefer-network',
    ...init,
  };
}

/** A plan in short: `use`, `use+revalidate`, `validate stale [fields]`, `fetch uri-miss [fields]`, `unsatisfiable`. */
function brief(req: PlannedRequest, candidates: readonly StoredResponse[], later: number): string {
  const result = plan(req, candidates, NOW + later * 1000);
  switch (result.action) {
    case 'use':
      return `use${result.revalidate ? '+revalidate' : ''}${kind(result.delivery)}`;
    case 'validate':
      return `validate ${result.forward} [${result.fields.join(' ')}]${result.staleIfError ? ' or stale' : ''}`;
    case 'fetch':
      return `fetch ${result.forward} [${result.fields.join(' ')}]`;
    default:
      return result.action;
  }
}

function kind(delivery: { kind: string; range?: { first: number; last: number } }): string {
  if (delivery.kind === 'whole') return '';
  return delivery.range === undefined
    ? ` ${delivery.kind}`
    : ` ${delivery.range.first}-${delivery.range.last}`;
}

describe('request directives and freshness', () => {
  test.each<[string, HeadersInput, HeadersInput, number, string]>([
    ['fresh', {}, MINUTE, 59, 'use'],
    ['no longer fresh at its lifetime', {}, MINUTE, 60, 'validate stale [if-none-match "e"]'],
    ['without validators', {}, { [CC]: 'max-age=60' }, 61, 'validate stale []'],
    [
      'both validators',
      {},
      { etag: 'W/"e"', 'last-modified': date(-9) },
      90,
      `validate stale [if-none-match W/"e" if-modified-since ${date(-9)}]`,
    ],
    ['a Last-Modified that is no date', {}, { 'last-modified': 'x' }, 0, 'validate stale []'],
    [
      'response no-cache',
      {},
      { [CC]: 'max-age=60, no-cache', etag: '"e"' },
      0,
      'validate stale [if-none-match "e"]',
    ],
    ['request no-cache', { [CC]: 'no-cache' }, MINUTE, 0, 'validate request [if-none-match "e"]'],
    ['Pragma: no-cache', { pragma: 'no-cache' }, MINUTE, 0, 'validate request [if-none-match "e"]'],
    ['request no-store', { [CC]: 'no-store' }, MINUTE, 0, 'fetch bypass []'],
    ['max-age met', { [CC]: 'max-age=10' }, MINUTE, 10, 'use'],
    ['max-age not met', { [CC]: 'max-age=9' }, MINUTE, 10, 'validate request [if-none-match "e"]'],
    ['a reload of what is immutable', { [CC]: 'max-age=0' }, { [CC]: 'max-age=60, immutable' }, 10, 'use'],
    [
      'immutable no longer fresh',
      { [CC]: 'max-age=0' },
      { [CC]: 'max-age=60, immutable' },
      61,
      'validate stale []',
    ],
    [
      'a forced reload of what is immutable',
      { [CC]: 'no-cache' },
      { [CC]: 'max-age=60, immutable' },
      10,
      'validate request []',
    ],
    ['min-fresh met', { [CC]: 'min-fresh=50' }, MINUTE, 10, 'use'],
    ['min-fresh not met', { [CC]: 'min-fresh=51' }, MINUTE, 10, 'validate request [if-none-match "e"]'],
    ['max-stale', { [CC]: 'max-stale' }, MINUTE, 9999, 'use'],
    ['max-stale met', { [CC]: 'max-stale=10' }, MINUTE, 70, 'use'],
    ['max-stale not met', { [CC]: 'max-stale=10' }, MINUTE, 71, 'validate stale [if-none-match "e"]'],
    [
      'max-stale against must-revalidate (undici#5508)',
      { [CC]: 'max-stale' },
      { [CC]: 'max-age=1, must-revalidate' },
      5,
      'validate stale []',
    ],
    ['must-revalidate while fresh', {}, { [CC]: 'max-age=9, must-revalidate' }, 5, 'use'],
    ['stale-while-revalidate', {}, { [CC]: 'max-age=1, stale-while-revalidate=5' }, 6, 'use+revalidate'],
    ['its window is over', {}, { [CC]: 'max-age=1, stale-while-revalidate=5' }, 7, 'validate stale []'],
    [
      'it does not beat must-revalidate',
      {},
      { [CC]: 'max-age=1, must-revalidate, stale-while-revalidate=5' },
      2,
      'validate stale []',
    ],
    [
      'it does not beat a reload',
      { [CC]: 'max-age=0' },
      { [CC]: 'max-age=1, stale-while-revalidate=5' },
      2,
      'validate stale []',
    ],
    ['stale-if-error', {}, { [CC]: 'max-age=1, stale-if-error=5' }, 6, 'validate stale [] or stale'],
    ['its window is over', {}, { [CC]: 'max-age=1, stale-if-error=5' }, 7, 'validate stale []'],
    [
      'the request allows it',
      { [CC]: 'stale-if-error=5' },
      { [CC]: 'max-age=1' },
      6,
      'validate stale [] or stale',
    ],
    [
      'not against must-revalidate',
      { [CC]: 'stale-if-error=5' },
      { [CC]: 'max-age=1, must-revalidate' },
      6,
      'validate stale []',
    ],
    ['not for no-cache', {}, { [CC]: 'no-cache, stale-if-error=5' }, 0, 'validate stale []'],
    [
      'not when the request wanted to know',
      { [CC]: 'no-cache' },
      { [CC]: 'max-age=9, stale-if-error=5' },
      0,
      'validate request []',
    ],
    ['only-if-cached', { [CC]: 'only-if-cached' }, MINUTE, 0, 'use'],
    ['only-if-cached but stale', { [CC]: 'only-if-cached' }, MINUTE, 99, 'unsatisfiable'],
    ['a precondition for the origin', { 'if-match': '"e"' }, MINUTE, 0, 'fetch bypass []'],
    ['a condition that holds', { 'if-none-match': '"x", W/"e"' }, MINUTE, 0, 'use not-modified'],
    ['a condition that does not hold', { 'if-none-match': '"x"' }, MINUTE, 0, 'use'],
    [
      'If-None-Match goes before If-Modified-Since',
      { 'if-none-match': '"x"', 'if-modified-since': date(0) },
      { ...MINUTE, 'last-modified': date(-5) },
      0,
      'use',
    ],
    [
      'If-Modified-Since',
      { 'if-modified-since': date(-5) },
      { [CC]: 'max-age=60', 'last-modified': date(-5) },
      0,
      'use not-modified',
    ],
    [
      'a condition of the caller is not replaced',
      { 'if-none-match': '"x"' },
      MINUTE,
      61,
      'validate stale []',
    ],
  ])('%s', (_, fields, headers, later, expected) => {
    expect(brief(request(fields), [stored({ headers })], later)).toBe(expected);
  });
});

describe('load controls', () => {
  const must = { [CC]: 'max-age=60, must-revalidate' };
  const noCache = { [CC]: 'no-cache' };
  const reload = 'fetch request [cache-control no-cache pragma no-cache]';
  test.each<[CacheLoadControl, string, HeadersInput | null, number, string]>([
    ['always-network', 'fresh', MINUTE, 0, reload],
    ['always-network', 'nothing', null, 0, reload],
    ['prefer-network', 'nothing', null, 0, 'fetch uri-miss []'],
    ['prefer-network', 'stale', MINUTE, 61, 'validate stale [if-none-match "e"]'],
    ['prefer-cache', 'nothing', null, 0, 'fetch uri-miss []'],
    ['prefer-cache', 'stale', MINUTE, 9999, 'use'],
    ['prefer-cache', 'stale must-revalidate', must, 61, 'validate stale []'],
    ['prefer-cache', 'no-cache', noCache, 0, 'validate stale []'],
    ['always-cache', 'nothing', null, 0, 'unsatisfiable'],
    ['always-cache', 'fresh must-revalidate', must, 0, 'use'],
    ['always-cache', 'stale', MINUTE, 9999, 'use'],
    ['always-cache', 'stale must-revalidate', must, 61, 'unsatisfiable'],
    ['always-cache', 'no-cache', noCache, 0, 'unsatisfiable'],
  ])('%s: %s', (load, _, headers, later, expected) => {
    expect(brief(request({}, { load }), headers === null ? [] : [stored({ headers })], later)).toBe(expected);
  });

  test('always-network leaves a Cache-Control of the caller alone', () => {
    expect(brief(request({ [CC]: 'max-age=5' }, { load: 'always-network' }), [], 0)).toBe('fetch request []');
  });

  test('always-cache and a request that may not use the cache', () => {
    expect(
      brief(request({ [CC]: 'no-store' }, { load: 'always-cache' }), [stored({ headers: MINUTE })], 0),
    ).toBe('unsatisfiable');
  });
});

describe('selection', () => {
  const variant = (foo: string, metadata = {}) =>
    stored({ headers: { ...MINUTE, vary: 'foo', variant: foo }, request: { foo }, metadata });

  test('by Vary', () => {
    const chosen = plan(request({ foo: '2' }), [variant('1'), variant('2')], NOW);
    expect(chosen).toMatchObject({ action: 'use', stored: variant('2') });
    expect(brief(request({ foo: '3' }), [variant('1'), variant('2')], 0)).toBe('fetch vary-miss []');
  });

  test('the most recent of equals', () => {
    const [older, newer] = [variant('1', { responseTime: NOW - 1000 }), variant('1')];
    for (const order of [
      [older, newer],
      [newer, older],
    ])
      expect(plan(request({ foo: '1' }), order as StoredResponse[], NOW)).toMatchObject({ stored: newer });
  });

  test('never across credentials, in neither direction', () => {
    const anonymous = stored({ headers: MINUTE });
    const mine = stored({ headers: { [CC]: 'public, max-age=60' }, metadata: { credentials: 'me' } });
    expect(brief(request({}, { credentials: 'me' }), [anonymous], 0)).toBe('fetch vary-miss []');
    expect(brief(request({}, { credentials: 'you' }), [mine], 0)).toBe('fetch vary-miss []');
    expect(brief(request(), [mine], 0)).toBe('fetch vary-miss []');
    expect(brief(request({}, { credentials: 'me' }), [mine], 0)).toBe('use');
  });
});

describe('ranges', () => {
  const complete = (headers: HeadersInput = MINUTE) => stored({ headers, length: 20 });
  const strongDate = { [CC]: 'max-age=60', date: date(0), 'last-modified': date(-61) };
  test.each<[string, HeadersInput, StoredResponse, string]>([
    ['from a complete body', { range: 'bytes=2-5' }, complete(), 'use 2-5'],
    ['to the end', { range: 'bytes=2-' }, complete(), 'use 2-19'],
    ['the last bytes', { range: 'bytes=-1' }, complete(), 'use 19-19'],
    ['outside', { range: 'bytes=20-' }, complete(), 'use not-satisfiable'],
    ['several ranges', { range: 'bytes=0-1,3-4' }, complete(), 'fetch partial []'],
    ['If-Range by ETag', { range: 'bytes=2-5', 'if-range': '"e"' }, complete(), 'use 2-5'],
    ['If-Range with another ETag', { range: 'bytes=2-5', 'if-range': '"f"' }, complete(), 'use'],
    [
      'If-Range by a weak ETag',
      { range: 'bytes=2-5', 'if-range': 'W/"e"' },
      complete({ ...MINUTE, etag: 'W/"e"' }),
      'use',
    ],
    [
      'If-Range by a strong date',
      { range: 'bytes=2-5', 'if-range': date(-61) },
      complete(strongDate),
      'use 2-5',
    ],
    [
      'If-Range by a weak date',
      { range: 'bytes=2-5', 'if-range': date(-1) },
      complete({ ...strongDate, 'last-modified': date(-1) }),
      'use',
    ],
    ['inside a stored part', { range: 'bytes=6-8' }, part(5), 'use 6-8'],
    ['not inside', { range: 'bytes=6-10' }, part(5), 'fetch partial []'],
    ['before it', { range: 'bytes=4-8' }, part(5), 'fetch partial []'],
    [
      'the whole, when its start is stored',
      {},
      part(0),
      'fetch partial [range bytes=5- if-range "e" accept-encoding identity]',
    ],
    ['the same with a weak validator', {}, part(0, { etag: 'W/"e"' }), 'fetch partial []'],
    ['the whole, when its middle is stored', {}, part(5), 'fetch partial []'],
    [
      'of a stored 404',
      { range: 'bytes=0-1' },
      stored({ headers: MINUTE, metadata: { status: 404 } }),
      'use',
    ],
    [
      'where the platform decodes',
      { range: 'bytes=0-1' },
      stored({ headers: MINUTE, metadata: { fidelity: 'decoded' } }),
      'fetch partial []',
    ],
  ])('%s', (_, fields, candidate, expected) => {
    expect(brief(request(fields), [candidate], 0)).toBe(expected);
  });

  test('a stale one is validated, and what cannot be seen of another origin is not asked about', () => {
    expect(brief(request({ range: 'bytes=2-5' }), [complete()], 61)).toBe(
      'validate stale [if-none-match "e"]',
    );
    const filtered = stored({
      headers: { etag: '"e"', expires: date(9) },
      metadata: { fidelity: 'filtered' },
    });
    expect(brief(request(), [filtered], 10)).toBe('validate stale []');
  });

  test('HEAD does not know ranges', () => {
    expect(brief(request({ range: 'bytes=0-1' }, { method: 'HEAD' }), [part(5)], 0)).toBe('use');
  });
});
