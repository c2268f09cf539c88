import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Challenge, parseChallenges, parseParameters } from '../../../src/auth/challenge.ts';
import { challengesByOracle } from './challenge-oracle.ts';

const shown = (challenges: readonly Challenge[]) =>
  challenges.map(({ scheme, token68, params }) => [scheme, token68 ?? Object.fromEntries(params)]);

const table: readonly (readonly [string, readonly string[], readonly unknown[]])[] = [
  ['a realm', ['Basic realm="simple"'], [['basic', { realm: 'simple' }]]],
  ['a realm without quotes', ['Basic realm=simple'], [['basic', { realm: 'simple' }]]],
  ['any case', ['bAsIc REALM="A"'], [['basic', { realm: 'A' }]]],
  ['a scheme alone', ['Negotiate'], [['negotiate', {}]]],
  [
    'schemes alone',
    ['Negotiate, NTLM'],
    [
      ['negotiate', {}],
      ['ntlm', {}],
    ],
  ],
  ['token68', ['NTLM TlRMTVNTUAACAAAA=='], [['ntlm', 'TlRMTVNTUAACAAAA==']]],
  [
    'token68 and more',
    ['Negotiate oYG2MI==, Basic realm="x"'],
    [
      ['negotiate', 'oYG2MI=='],
      ['basic', { realm: 'x' }],
    ],
  ],
  [
    'RFC 9110 §11.6.1',
    ['Basic realm="simple", Newauth realm="apps", type=1, title="Login to \\"apps\\""'],
    [
      ['basic', { realm: 'simple' }],
      ['newauth', { realm: 'apps', type: '1', title: 'Login to "apps"' }],
    ],
  ],
  [
    'several fields',
    ['Basic realm="a"', 'Digest realm="b", nonce="c"'],
    [
      ['basic', { realm: 'a' }],
      ['digest', { realm: 'b', nonce: 'c' }],
    ],
  ],
  [
    'empty elements',
    [' ,, , Basic , ,realm="a",,, Bearer,'],
    [
      ['basic', { realm: 'a' }],
      ['bearer', {}],
    ],
  ],
  ['white space around =', ['Digest realm = "a" ,nonce\t=\tb'], [['digest', { realm: 'a', nonce: 'b' }]]],
  [
    'commas in quotes',
    ['Digest qop="auth,auth-int", realm="a, Basic realm=b"'],
    [['digest', { qop: 'auth,auth-int', realm: 'a, Basic realm=b' }]],
  ],
  ['the first of a repeated name', ['Basic realm="a", realm="b", REALM=c'], [['basic', { realm: 'a' }]]],
  [
    'a value that is no token',
    ['Digest nonce=a/b+c==, realm=a b'],
    [['digest', { nonce: 'a/b+c==', realm: 'a b' }]],
  ],
  ['an empty value', ['Digest realm="", opaque='], [['digest', { realm: '', opaque: '' }]]],
  [
    'a quote that is never closed',
    ['Basic realm="a, b', 'Bearer'],
    [
      ['basic', { realm: 'a, b' }],
      ['bearer', {}],
    ],
  ],
  ['a backslash at the end', ['Basic realm="a\\'], [['basic', { realm: 'a\\' }]]],
  ['parameters before a scheme', ['realm="a", Basic realm="b"'], [['basic', { realm: 'b' }]]],
  ['garbage', ['@, "x", Basic realm="a", @@=1, (b)'], [['basic', { realm: 'a' }]]],
  [
    'names of Object',
    ['Basic __proto__=a, constructor=b'],
    [['basic', { ['__proto__']: 'a', constructor: 'b' }]],
  ],
  ['nothing', ['', ' , '], []],
];

test.each(table)('%s', (_, values, expected) => {
  expect(JSON.stringify(shown(parseChallenges(values)))).toBe(JSON.stringify(expected));
});

describe('against a second implementation', () => {
  const spoken = fc.constantFrom(
    'Basic',
    'Digest',
    'NTLM',
    'realm',
    'nonce',
    'a',
    'x/y+z==',
    '=',
    '==',
    ',',
    ' ',
    '\t',
    '"',
    '\\',
    '"q"',
    '@',
    'é',
  );

  test('whatever a server sends', () => {
    fc.assert(
      fc.property(fc.array(spoken, { maxLength: 30 }), (pieces) => {
        const text = pieces.join('');
        expect(shown(parseChallenges([text]))).toEqual(shown(challengesByOracle(text)));
      }),
      { numRuns: 3000 },
    );
  });

  test('what was written is read', () => {
    const token = fc.stringMatching(/^[a-z][a-z0-9!#$%&'*+.^_`|~-]{0,8}$/);
    const value = fc.stringMatching(/^[\t -~]{0,12}$/);
    const gap = fc.constantFrom('', ' ', '\t ');
    const challenge = fc.record({
      scheme: token,
      params: fc.uniqueArray(fc.tuple(token, value), {
        selector: ([name]) => name,
        minLength: 1,
        maxLength: 4,
      }),
    });
    fc.assert(
      fc.property(fc.array(challenge, { maxLength: 4 }), gap, (challenges, space) => {
        const text = challenges
          .map(({ scheme, params }) => {
            const written = params.map(
              ([name, one]) => `${name}${space}=${space}"${one.replace(/["\\]/g, '\\$&')}"`,
            );
            return `${scheme} ${written.join(`${space},${space}`)}`;
          })
          .join(`${space},, ${space}`);
        expect(shown(parseChallenges([text]))).toEqual(
          challenges.map(({ scheme, params }) => [scheme, Object.fromEntries(params)]),
        );
      }),
    );
  });
});

test('what a peer makes us keep is bounded, and what it costs is linear', () => {
  const many = Array.from({ length: 100_000 }, (_, i) => `s${i} p${i}="`).join(',');
  expect(parseChallenges([many, many, ','.repeat(1e6), '"'.repeat(1e6), 'a '.repeat(5e5)])).toHaveLength(32);
  const [one] = parseChallenges([`Basic ${Array.from({ length: 1000 }, (_, i) => `p${i}=1`).join(',')}`]);
  expect(one!.params.size).toBe(32);
});

test('the parameters of Authentication-Info', () => {
  const text = 'rspauth="1f", cnonce = "c, d", nc=00000001,, qop=auth, "x", nextnonce="a\\"b"';
  expect(Object.fromEntries(parseParameters(text))).toEqual({
    rspauth: '1f',
    cnonce: 'c, d',
    nc: '00000001',
    qop: 'auth',
    nextnonce: 'a"b',
  });
});
