import fc from 'fast-check';
import { CookieJar as ToughCookieJar } from 'tough-cookie';
import { expect, test } from 'vitest';
import { publicSuffixList } from '../../../platform/node/public-suffix.ts';
import { CookieJar } from '../../../src/cookies/jar.ts';

/** The Set-Cookie fields of some responses, and the request that follows. */
interface Scenario {
  readonly sets: readonly (readonly [url: string, line: string])[];
  readonly get: string;
}

function ours({ sets, get }: Scenario): string {
  const jar = new CookieJar({ publicSuffixes: publicSuffixList });
  for (const [url, line] of sets) jar.setCookie(line, url);
  return jar.cookieHeader(get);
}

/** In its loose mode, which is RFC 6265bis where its strict one is RFC 6265. */
function toughs({ sets, get }: Scenario): string {
  const jar = new ToughCookieJar(null, { looseMode: true, prefixSecurity: 'silent' });
  for (const [url, line] of sets) jar.setCookieSync(line, url, { ignoreError: true });
  return jar.getCookieStringSync(get);
}

interface Disagreement {
  /** Why the two may differ, and who is right. */
  readonly why: string;
  readonly applies: (scenario: Scenario) => boolean;
  readonly example: Scenario;
  readonly ours: string;
  readonly toughs: string;
}

const SITE = 'https://www.example.com/';
const PLAIN = 'http://www.example.com/';

const anyLine = (pattern: RegExp) => (scenario: Scenario) =>
  scenario.sets.some(([, line]) => pattern.test(line));
const anyUrl = (pattern: RegExp) => (scenario: Scenario) =>
  [scenario.get, ...scenario.sets.map(([url]) => url)].some((url) => pattern.test(url));

/** The name of a cookie, empty for one without. */
function nameOf(line: string): string {
  const [pair] = line.split(';', 1) as [string];
  return pair.slice(0, Math.max(0, pair.indexOf('='))).trim();
}

/** The last value of an attribute, or null. */
function attributeOf(line: string, wanted: string): string | null {
  const attributes = line.split(';').map((attribute) => attribute.split('='));
  const last = attributes.slice(1).findLast(([name]) => name!.trim().toLowerCase() === wanted);
  return last === undefined ? null : last.slice(1).join('=').trim();
}

const isSecure = (line: string): boolean => attributeOf(line, 'secure') !== null;
const domainOf = (line: string): string =>
  (attributeOf(line, 'domain') ?? '').replace(/^\./, '').toLowerCase();

const DISAGREEMENTS: readonly Disagreement[] = [
  {
    why: 'a host with the root’s dot is that host; tough-cookie knows it in no cookie',
    applies: anyUrl(/\.com\.\//),
    example: { sets: [['https://example.com./', 'a=1']], get: 'https://example.com/' },
    ours: 'a=1',
    toughs: '',
  },
  {
    why: 'WSP is space and tab (RFC 6265bis §5.6); tough-cookie trims all of Unicode’s',
    applies: anyLine(/\xa0/),
    example: { sets: [[SITE, 'a=\xa01']], get: SITE },
    ours: 'a=\xa01',
    toughs: 'a=1',
  },
  {
    why: 'a nameless value with an equals sign would be sent as another cookie',
    applies: anyLine(/^\s*=[^;]*=/),
    example: { sets: [[PLAIN, '=sid=evil']], get: SITE },
    ours: '',
    toughs: 'sid=evil',
  },
  {
    why: 'a control character refuses the cookie (§5.6 step 1); tough-cookie cuts the line at some',
    applies: anyLine(/[\0\r\n]/),
    example: { sets: [[SITE, 'a=1\n2']], get: SITE },
    ours: '',
    toughs: 'a=1',
  },
  {
    why: 'an empty Domain, when it is the last, makes the cookie host-only (§5.6.3); tough-cookie passes over it',
    applies: anyLine(/;\s*domain=[^;]+;.*domain=(;|$)/i),
    example: { sets: [[SITE, 'a=1; Domain=example.com; Domain=']], get: 'https://example.com/' },
    ours: '',
    toughs: 'a=1',
  },
  {
    why: 'what has neither name nor value is no cookie (§5.7 step 2); tough-cookie keeps it',
    applies: anyLine(/^\s*=?\s*(;|$)/),
    example: {
      sets: [
        [SITE, 'a=1'],
        [SITE, '='],
      ],
      get: SITE,
    },
    ours: 'a=1',
    toughs: 'a=1; ',
  },
  {
    why: 'name and value have 4096 bytes at most (§5.7 step 4)',
    applies: anyLine(/^[^;]{4097}/),
    example: { sets: [[SITE, `a=${'1'.repeat(4096)}`]], get: SITE },
    ours: '',
    toughs: `a=${'1'.repeat(4096)}`,
  },
  {
    why: 'SameSite=None asks for Secure (§5.7 step 19)',
    applies: anyLine(/samesite=none/i),
    example: { sets: [[SITE, 'a=1; SameSite=None']], get: SITE },
    ours: '',
    toughs: 'a=1',
  },
  {
    why: 'Partitioned asks for Secure and has a place of its own (CHIPS)',
    applies: anyLine(/;\s*partitioned/i),
    example: { sets: [[SITE, 'a=1; Partitioned']], get: SITE },
    ours: '',
    toughs: 'a=1',
  },
  {
    why: 'prefixes count in any case, in nameless values, and there are two newer ones (§5.4)',
    applies: anyLine(/^\s*=?\s*__(secure|host|http)-/i),
    example: { sets: [[SITE, '__hOST-a=1']], get: SITE },
    ours: '',
    toughs: '__hOST-a=1',
  },
  {
    why: 'secure cookies are left alone by a site without TLS (§5.7 step 16)',
    applies: ({ sets }) =>
      sets.some(([url, line], i) => {
        const isHarmless = url.startsWith('https:') || isSecure(line);
        const earlier = sets.slice(0, i);
        return !isHarmless && earlier.some(([, one]) => isSecure(one) && nameOf(one) === nameOf(line));
      }),
    example: {
      sets: [
        [SITE, 'a=1; Secure'],
        [PLAIN, 'a=2'],
      ],
      get: SITE,
    },
    ours: 'a=1',
    toughs: 'a=2',
  },
  {
    why: 'a host-only cookie is not the one with a Domain (§5.7 step 23); in tough-cookie they replace each other',
    applies: ({ sets }) =>
      sets.some(([url, line]) => {
        const { hostname } = new URL(url);
        return (
          domainOf(line) === '' &&
          sets.some(([, other]) => domainOf(other) === hostname && nameOf(other) === nameOf(line))
        );
      }),
    example: {
      sets: [
        ['https://example.com/', 'a=1'],
        ['https://example.com/', 'a=2; Domain=example.com'],
      ],
      get: 'https://example.com/',
    },
    ours: 'a=1; a=2',
    toughs: 'a=2',
  },
  {
    why: 'what was deleted is gone, and created anew (§5.7 step 23); tough-cookie keeps it, and its age, until somebody asks',
    applies: ({ sets }) =>
      sets.some(
        ([, line], i) =>
          attributeOf(line, 'max-age') === '0' &&
          sets.slice(i + 1).some(([, later]) => nameOf(later) === nameOf(line)),
      ),
    example: {
      sets: [
        [SITE, 'a=1'],
        [SITE, 'b=2'],
        [SITE, 'a=; Max-Age=0'],
        [SITE, 'a=3'],
      ],
      get: SITE,
    },
    ours: 'b=2; a=3',
    toughs: 'a=3; b=2',
  },
];

const host = fc.constantFrom(
  'example.com',
  'www.example.com',
  'a.www.example.com',
  'example.co.uk',
  'user.github.io',
  'localhost',
  '127.0.0.1',
  'example.com.',
);
const path = fc.constantFrom('/', '/a', '/a/', '/a/b', '/ab');
const url = fc
  .tuple(fc.constantFrom('http', 'https'), host, path)
  .map(([scheme, name, rest]) => `${scheme}://${name}${rest}`);
const pair = fc
  .tuple(
    fc.constantFrom('a', 'b', '', ' a ', '__Secure-a', '__Host-a', '__host-a', '__Http-a', '__proto__'),
    fc.constantFrom('=', '=', '=', ''),
    fc.constantFrom(
      '1',
      '2',
      '',
      '"q"',
      'x=y',
      'a b',
      ' 3 ',
      'c,d',
      '\xa04',
      '%20',
      'e\x01f',
      'f\ng',
      'l'.repeat(5000),
    ),
  )
  .map((parts) => parts.join(''));
const attribute = fc.oneof(
  fc.constantFrom('Secure', 'HttpOnly', 'SECURE ', 'Partitioned', 'x', ''),
  fc
    .constantFrom(
      'example.com',
      '.example.com',
      'www.example.com',
      'EXAMPLE.com',
      'com',
      'co.uk',
      'github.io',
      '',
      'localhost',
      '127.0.0.1',
      '..example.com',
      'example.com.',
      'user.github.io',
    )
    .map((domain) => `Domain=${domain}`),
  fc.constantFrom('Path=/', 'Path=/a', 'Path=/a/', 'Path=a', 'Path=', 'path = /a/b '),
  fc.constantFrom('60', '0', '-1', 'x', '', '1.5').map((age) => `Max-Age=${age}`),
  fc
    .constantFrom(
      'Fri, 01 Jan 2100 00:00:00 GMT',
      'Thu, 01 Jan 1970 00:00:00 GMT',
      'x',
      'Wed, 31 Feb 2100 00:00:00 GMT',
    )
    .map((date) => `Expires=${date}`),
  fc.constantFrom('Lax', 'None', 'Strict', 'x').map((value) => `SameSite=${value}`),
);
const line = fc
  .tuple(pair, fc.array(attribute, { maxLength: 4 }))
  .map(([first, attributes]) => [first, ...attributes].join(';'));
const anything = (maxLength: number) =>
  fc.record({ sets: fc.array(fc.tuple(url, line), { minLength: 1, maxLength }), get: url });

/** Few names in few places, so that cookies meet. */
const related = fc.record({
  sets: fc.array(
    fc.tuple(
      fc.constantFrom(
        'http://example.com/a/b',
        'http://www.example.com/a/b',
        'https://example.com/a/b',
        'https://www.example.com/a/b',
      ),
      fc
        .tuple(
          fc.constantFrom('a', 'b'),
          fc.nat(9),
          fc.constantFrom('', '; Path=/', '; Path=/a'),
          fc.constantFrom('', '; Domain=example.com'),
          fc.constantFrom('', '', '; Secure', '; Max-Age=0', '; HttpOnly'),
        )
        .map(([name, value, ...attributes]) => `${name}=${value}${attributes.join('')}`),
    ),
    { minLength: 2, maxLength: 6 },
  ),
  get: fc.constantFrom(
    'http://example.com/a/b',
    'https://www.example.com/a',
    'https://www.example.com/a/b',
    'https://example.com/',
  ),
});

test.each<[name: string, scenarios: fc.Arbitrary<Scenario>, runs: number]>([
  ['one field of every kind', anything(1), 3000],
  ['some fields of every kind', anything(4), 1500],
  ['fields that concern each other', related, 3000],
])('both jars say the same: %s', (_name, scenarios, runs) => {
  let compared = 0;
  fc.assert(
    fc.property(scenarios, (scenario) => {
      if (DISAGREEMENTS.some(({ applies }) => applies(scenario))) return;
      compared++;
      expect(ours(scenario)).toBe(toughs(scenario));
    }),
    { numRuns: runs },
  );
  expect(compared).toBeGreaterThan(runs / 20);
});

test.each(DISAGREEMENTS)('except that $why', ({ applies, example, ...expected }) => {
  expect(applies(example)).toBe(true);
  expect({ ours: ours(example), toughs: toughs(example) }).toMatchObject({
    ours: expected.ours,
    toughs: expected.toughs,
  });
});
