import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ERROR_CODES, type NetworkErrorCode } from '../../../src/error.ts';
import { type RetryPolicy, retryPolicy } from '../../../src/options/retry-options.ts';
import { RetryBudget } from '../../../src/retry/budget.ts';
import { type Outcome, parseRetryAfter, planRetry, type RetrySituation } from '../../../src/retry/plan.ts';

const DEFAULTS = retryPolicy(true) as RetryPolicy;
const status = (code: number, retryAfter: number | null = null): Outcome => ({ status: code, retryAfter });

function plan(given: Partial<RetrySituation> = {}): number | null {
  return planRetry({
    policy: DEFAULTS,
    method: 'GET',
    hasKey: false,
    replayable: true,
    outcome: status(503),
    attempts: 1,
    elapsed: 0,
    random: 1,
    ...given,
  });
}

describe('what is sent again', () => {
  test.each<[string, Partial<RetrySituation>, boolean]>([
    ['GET, 503', {}, true],
    ['GET, 200', { outcome: status(200) }, false],
    ['GET, 404', { outcome: status(404) }, false],
    ['GET, 501', { outcome: status(501) }, false],
    ['PUT, 502', { method: 'PUT', outcome: status(502) }, true],
    ['DELETE, 429', { method: 'DELETE', outcome: status(429) }, true],
    ['POST, 503', { method: 'POST' }, false],
    ['POST with a key, 503', { method: 'POST', hasKey: true }, true],
    ['POST with a key and a stream, 503', { method: 'POST', hasKey: true, replayable: false }, false],
    ['a verb that is not registered', { method: 'FROB' }, false],
    ['PUT of a stream, 503', { method: 'PUT', replayable: false }, false],
    ['GET, connection lost', { outcome: { code: 'remote-host-closed' } }, true],
    ['POST, connection lost', { method: 'POST', outcome: { code: 'remote-host-closed' } }, false],
    ['POST, refused', { method: 'POST', outcome: { code: 'connection-refused' } }, true],
    [
      'POST of a stream, refused',
      { method: 'POST', replayable: false, outcome: { code: 'connection-refused' } },
      true,
    ],
    ['POST, late before it was sent', { method: 'POST', outcome: { code: 'timeout', isUnsent: true } }, true],
    ['POST, late after that', { method: 'POST', outcome: { code: 'timeout', isUnsent: false } }, false],
    ['the third attempt', { attempts: 3 }, false],
    ['the last moment', { elapsed: 119_500 }, true],
    ['after it', { elapsed: 119_501 }, false],
    ['Retry-After within what is allowed', { outcome: status(503, 60_000) }, true],
    ['Retry-After beyond it', { outcome: status(503, 60_001) }, false],
  ])('%s: %s', (_, given, again) => expect(plan(given) !== null).toBe(again));

  test('the statuses that may pass', () => {
    const passing = Array.from({ length: 500 }, (_, index) => index + 100).filter(
      (code) => plan({ outcome: status(code) }) !== null,
    );
    expect(passing).toEqual([408, 425, 429, 500, 502, 503, 504]);
  });

  test('never what the application or its rules have ended', () => {
    const passing = Object.keys(ERROR_CODES).filter(
      (code) => plan({ outcome: { code: code as NetworkErrorCode } }) !== null,
    );
    expect(passing.sort()).toEqual([
      'connection-refused',
      'host-not-found',
      'network-session-failed',
      'proxy-connection-closed',
      'proxy-connection-refused',
      'proxy-not-found',
      'proxy-timeout',
      'remote-host-closed',
      'temporary-network-failure',
      'timeout',
      'unknown-network',
    ]);
  });
});

describe('the pause', () => {
  test.each<[string, Partial<RetrySituation>, number]>([
    ['the first', {}, 500],
    ['the second', { attempts: 2 }, 1000],
    ['at the longest', { attempts: 9, policy: { ...DEFAULTS, attempts: 10 } }, 30_000],
    ['none by chance', { random: 0 }, 0],
    ['what the server asks for', { outcome: status(503, 2000) }, 2000],
    ['not less than chance says', { outcome: status(503, 0) }, 500],
  ])('%s', (_, given, ms) => expect(plan(given)).toBe(ms));

  test('is in its bounds whatever happens', () => {
    fc.assert(
      fc.property(fc.nat({ max: 99 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempts, random) => {
        const wait = plan({ attempts, random, policy: { ...DEFAULTS, attempts: 100 } });
        expect(wait).toBeGreaterThanOrEqual(0);
        expect(wait).toBeLessThanOrEqual(30_000);
      }),
    );
  });
});

test.each<[string | null, number | null]>([
  [null, null],
  ['120', 120_000],
  [' 0 ', 0],
  ['-1', null],
  ['1.5', null],
  ['soon', null],
  ['', null],
  ['Thu, 01 Jan 1970 00:00:10 GMT', 9000],
  ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
  ['9'.repeat(400), Number.POSITIVE_INFINITY],
])('Retry-After: %s', (value, ms) => expect(parseRetryAfter(value, 1000)).toBe(ms));

test('a budget lets a burst through, and then a tenth of what succeeds', () => {
  const budget = new RetryBudget();
  let taken = 0;
  while (budget.take()) taken++;
  expect(taken).toBe(20);
  for (let i = 0; i < 105; i++) budget.succeeded();
  taken = 0;
  while (budget.take()) taken++;
  expect(taken).toBe(10);
});

describe('the option', () => {
  test.each([false, true])('%s', (option) => {
    expect(retryPolicy(option)).toEqual(option ? DEFAULTS : false);
  });
  test('is completed', () => {
    expect(retryPolicy({ attempts: 5 })).toEqual({ ...DEFAULTS, attempts: 5 });
    expect(structuredClone(retryPolicy({ statuses: [503] }))).toEqual({ ...DEFAULTS, statuses: [503] });
  });
  test.each<[object, RegExp]>([
    [{ attemps: 3 }, /attempts/],
    [{ attempts: 0 }, /from 1 to 100/],
    [{ statuses: [200] }, /400 to 599/],
    [{ delay: -1 }, /delay/],
  ])('%o is a TypeError', (option, message) => expect(() => retryPolicy(option)).toThrow(message));
});
