import fc from 'fast-check';
import CachePolicy from 'http-cache-semantics';
import { expect, test } from 'vitest';
import { plan } from '../../../src/cache/rules/plan.ts';
import { describeForStorage } from '../../../src/cache/rules/storage-rules.ts';
import { HttpHeaders } from '../../../src/message/headers.ts';
import { makeRequest, makeResponse } from '../../support/fixtures.ts';
import { DISAGREEMENTS, type Scene } from './disagreements.ts';
import { date, NOW } from './support.ts';

const URL_OF_ALL = 'http://origin.test/';

/** May the response be stored, and the request be answered with it without asking anybody? */
interface Verdict {
  readonly stored: boolean;
  readonly used: boolean;
}

function ours({ first, status, response, second, seconds }: Scene): Verdict {
  const request = makeRequest({ url: URL_OF_ALL, headers: first });
  const metadata = describeForStorage(request, makeResponse({ status, headers: response }), '', {
    requestTime: NOW,
    responseTime: NOW,
  });
  if (metadata === null) return { stored: false, used: false };
  const asked = {
    method: 'GET',
    headers: new HttpHeaders(second),
    credentials: '',
    load: 'prefer-network',
  } as const;
  const decision = plan(asked, [{ metadata, length: 4 }], NOW + seconds * 1000);
  return { stored: true, used: decision.action === 'use' };
}

function theirs({ first, status, response, second, seconds }: Scene): Verdict {
  let now = NOW;
  class Policy extends CachePolicy {
    // In no type declaration, and what its readme tells to override.
    now(): number {
      return now;
    }
  }
  const at = (headers: Readonly<Record<string, string>>) => ({
    method: 'GET',
    url: '/',
    headers: { host: 'origin.test', ...headers },
  });
  const policy = new Policy(at(first), { status, headers: response }, { shared: false });
  const stored = policy.storable();
  now += seconds * 1000;
  return { stored, used: stored && policy.satisfiesWithoutRevalidation(at(second)) };
}

const SECONDS = [0, 1, 5, 60, 3600, 100_000];
const amount = fc.constantFrom(...SECONDS.map(String), '-1', '1.5', 'x', '"60"', '99999999999');
const oneOf = (...names: string[]) => fc.constantFrom(...names);
const valued = (...names: string[]) =>
  fc.tuple(oneOf(...names), amount).map(([name, value]) => `${name}=${value}`);
const list = (member: fc.Arbitrary<string>) =>
  fc.array(member, { maxLength: 3 }).map((members) => members.join(', '));

const responseControl = list(
  fc.oneof(
    {
      weight: 3,
      arbitrary: valued('max-age', 's-maxage', 'stale-while-revalidate', 'stale-if-error', 'Max-Age'),
    },
    oneOf(
      'no-store',
      'no-cache',
      'public',
      'private',
      'must-revalidate',
      'proxy-revalidate',
      'immutable',
      'no-transform',
    ),
    oneOf(
      'no-cache="a"',
      'private="a"',
      'private=""',
      'must-understand',
      'foo',
      'foo="max-age=5"',
      'no-store=x',
      '',
    ),
  ),
);
const requestControl = list(
  fc.oneof(
    valued('max-age', 'max-stale', 'min-fresh', 'stale-if-error'),
    oneOf('no-store', 'no-cache', 'max-stale', 'only-if-cached', 'foo'),
  ),
);
const dates = fc.oneof(
  oneOf('0', 'foo', ''),
  fc.constantFrom(-100_000, -3600, -60, -5, 0, 5, 60, 3600, 100_000).map(date),
);
const selecting = { foo: oneOf('1', '2'), 'accept-language': oneOf('en', 'de', 'de, en') };
const part = (model: Record<string, fc.Arbitrary<string>>) =>
  fc.record(model, { requiredKeys: [] }) as fc.Arbitrary<Record<string, string>>;

const scene: fc.Arbitrary<Scene> = fc.record({
  first: part({ ...selecting, 'cache-control': oneOf('no-store', 'max-age=0', 'foo') }),
  status: fc.constantFrom(
    200,
    203,
    204,
    206,
    299,
    300,
    301,
    302,
    307,
    308,
    400,
    404,
    405,
    410,
    414,
    500,
    501,
    503,
    599,
  ),
  response: part({
    'cache-control': responseControl,
    expires: dates,
    date: dates,
    'last-modified': dates,
    age: oneOf('0', '5', '3600', '0, 3600', 'x', '-5'),
    pragma: oneOf('no-cache', 'foo'),
    vary: oneOf('*', 'foo', 'Foo, Accept-Language', ''),
    'set-cookie': oneOf('a=b'),
  }),
  second: part({ ...selecting, 'cache-control': requestControl, pragma: oneOf('no-cache', 'foo') }),
  seconds: fc.constantFrom(...SECONDS),
});

test('agrees with http-cache-semantics, but where it is explained', () => {
  fc.assert(
    fc.property(scene, (one) => {
      const [us, them] = [ours(one), theirs(one)];
      if (us.used === them.used) return;
      const explained = DISAGREEMENTS.filter(({ applies }) => applies(one, us.used));
      expect(explained, JSON.stringify({ one, us, them })).not.toEqual([]);
    }),
    { numRuns: 5_000 },
  );
});

test.each(DISAGREEMENTS.map((one) => [one.name, one] as const))(
  'disagrees: %s',
  (_name, { example, applies }) => {
    const [us, them] = [ours(example), theirs(example)];
    expect(us.used).not.toBe(them.used);
    expect(applies(example, us.used)).toBe(true);
  },
);
