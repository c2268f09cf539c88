import { describe, expect, test } from 'vitest';
import { nodeHashes } from '../../../platform/node/auth/node-hashes.ts';
import { parseChallenges, parseParameters } from '../../../src/auth/challenge.ts';
import { digestScheme } from '../../../src/auth/digest.ts';
import { ownHashes } from '../../../src/auth/hash/hash-functions.ts';
import type { Session } from '../../../src/auth/scheme.ts';
import type { AuthenticationAnswer } from '../../../src/call/authentication.ts';
import { parseUrl } from '../../../src/util/url.ts';
import { DigestVerifier, paramsOf } from '../../support/digest-server.ts';
import { bytesOf, SERVER, streamOf } from './bodies.ts';

const GET = { method: 'GET', target: '/a?b=%2F"', body: null };
const credentials = { user: 'Mufasa', password: 'Circle of Life' };

function begin(field: string, given = credentials, hashes = nodeHashes): Session {
  return digestScheme(hashes).begin(parseChallenges([field])[0]!, given, SERVER);
}

const answer = (session: Session, outgoing: Parameters<Session['answer']>[0] = GET) =>
  session.answer(outgoing) as AuthenticationAnswer;

describe.each(['MD5', 'SHA-256', 'SHA-512-256', 'md5-sess', 'SHA-256-sess', 'SHA-512-256-SESS'])(
  '%s',
  (algorithm) => {
    test.each([
      ['auth', nodeHashes],
      ['auth', ownHashes],
      [undefined, ownHashes],
      ['auth-int,auth', nodeHashes],
    ])('qop %s is taken by a server, each count once', (qop, hashes) => {
      const server = new DigestVerifier({ ...credentials, algorithm, ...(qop === undefined ? {} : { qop }) });
      const session = begin(server.challenge(), credentials, hashes);
      for (let i = 0; i < 3; i++) expect(server.refusal(answer(session).value, 'GET', GET.target)).toBeNull();
      expect(server.answers.map(({ nc }) => nc)).toEqual(
        qop === undefined ? [undefined, undefined, undefined] : ['00000001', '00000002', '00000003'],
      );
      expect(new Set(server.answers.map(({ cnonce }) => cnonce)).size).toBe(1);
      expect(server.answers[0]!.algorithm).toBe(algorithm);
    });

    test.each([
      ['bytes', bytesOf('pay')],
      ['a file', streamOf(['p', 'ay'], true)],
      ['nothing', null],
    ])('auth-int over %s', async (_, body) => {
      const server = new DigestVerifier({ ...credentials, algorithm, qop: 'auth-int' });
      const sent = await begin(server.challenge()).answer({ method: 'PUT', target: '/x', body });
      expect(server.refusal(sent!.value, 'PUT', '/x', body === null ? '' : 'pay')).toBeNull();
    });
  },
);

test('a body that cannot be read twice is not hashed', () => {
  const [challenge] = parseChallenges(['Digest realm="a", nonce="b", qop="auth-int"']);
  const outgoing = { method: 'PUT', target: '/', body: streamOf(['x'], false) };
  expect(digestScheme(nodeHashes).strengthOf(challenge!, outgoing)).toBe(0);
  expect(begin('Digest realm="a", nonce="b", qop="auth-int"').answer(outgoing)).toBeNull();
});

test('what is not known is not answered, and the stronger is preferred', () => {
  const strength = (params: string) => {
    const [challenge] = parseChallenges([`Digest realm="a", ${params}`]);
    return digestScheme(nodeHashes).strengthOf(challenge!, GET);
  };
  const rising = [
    'nonce=a',
    'nonce=a, qop=auth',
    'nonce=a, algorithm=SHA-256',
    'nonce=a, algorithm=SHA-256-sess, qop="auth"',
    'nonce=a, algorithm=SHA-512-256, qop="auth-int, auth"',
  ].map(strength);
  expect(rising).toEqual([...new Set(rising)].sort((a, b) => a - b));
  expect(rising[0]).toBeGreaterThan(0);
  for (const unknown of [
    'qop=auth',
    'nonce=a, algorithm=SHA3',
    'nonce=a, qop="auth-conf"',
    'nonce=a, algorithm=-sess',
  ])
    expect(strength(unknown)).toBe(0);
});

describe('names', () => {
  const challenge = (more: string) => `Digest realm="r", nonce="n", qop="auth"${more}`;
  const fields = (user: string, more = '') => {
    const { value } = answer(begin(challenge(more), { user, password: 'p' }));
    return paramsOf(value);
  };

  test.each([
    ['plain', 'a"b\\c', '', { username: 'a"b\\c' }],
    ['Latin-1 where the server says nothing', 'Jäsøn', '', { username: 'Jäsøn' }],
    ['UTF-8 where Latin-1 does not do', 'Łuk', '', { username: 'Å\x81uk' }],
    [
      'RFC 8187 where the server speaks UTF-8',
      "Jäs (o'n*)",
      ', charset=UTF-8',
      { 'username*': "UTF-8''J%C3%A4s%20%28o%27n%2A%29" },
    ],
    ['ASCII stays what it is', 'ann', ', charset=UTF-8', { username: 'ann' }],
    ['what no field can hold', 'a\nb', '', { 'username*': "UTF-8''a%0Ab" }],
  ])('%s', (_, user, more, expected) => {
    expect(fields(user, more)).toMatchObject(expected);
  });

  test.each([
    ['', 'Jäsøn'],
    [', charset=UTF-8', 'Jäsøn Łuk'],
    [', charset="utf-8", userhash=true', 'Łuk'],
    [', userhash=TRUE', 'Mufasa'],
  ])('a server that says %j knows the user', (more, user) => {
    const server = new DigestVerifier({
      user,
      password: 'Ünïx',
      algorithm: 'SHA-256',
      qop: 'auth',
      more: more.replace(/^, |"/g, '').replace('utf', 'UTF'),
    });
    const { value } = answer(begin(server.challenge(), { user, password: 'Ünïx' }));
    expect(server.refusal(value, 'GET', GET.target)).toBeNull();
    expect(/userhash=true/.test(value)).toBe(/userhash/.test(more));
    if (/userhash/.test(more)) expect(value).not.toContain(user);
  });
});

describe('Authentication-Info', () => {
  const demand = { ...credentials, algorithm: 'SHA-256-sess', qop: 'auth' };

  test('a server that knows the password proves it, one that does not fails', () => {
    const server = new DigestVerifier(demand);
    const sent = answer(begin(server.challenge()));
    expect(server.refusal(sent.value, 'GET', GET.target)).toBeNull();
    expect(sent.accept!(parseParameters(server.info()))).toBe(true);
    expect(sent.accept!(parseParameters(''))).toBe(true);
    const impostor = new DigestVerifier({ ...demand, password: 'guessed' });
    impostor.refusal(sent.value, 'GET', GET.target);
    expect(sent.accept!(parseParameters(impostor.info()))).toBe(false);
  });

  test('nextnonce begins a new count', () => {
    const server = new DigestVerifier({ ...credentials, qop: 'auth' });
    const session = begin(server.challenge());
    const sent = answer(session);
    server.refusal(sent.value, 'GET', GET.target);
    const next = server.nonce();
    sent.accept!(parseParameters(server.info(`, nextnonce="${next}"`)));
    expect(paramsOf(answer(session).value)).toMatchObject({ nonce: next, nc: '00000001' });
    const later = answer(session);
    expect(server.refusal(later.value, 'GET', GET.target)).toBeNull();
    // The same again is no news.
    sent.accept!(parseParameters(server.info(`, nextnonce="${next}"`)));
    expect(paramsOf(answer(session).value).nc).toBe('00000003');
  });
});

test('stale, or a new nonce for credentials that were right, goes on; anything else is a refusal', () => {
  const session = begin('Digest realm="r", nonce="1", qop=auth');
  const goesOn = (params: string, of = session) =>
    of.goesOn(parseChallenges([`Digest realm="r", qop=auth, ${params}`])[0]!) !== null;
  expect(goesOn('nonce=2, stale=TRUE')).toBe(true);
  expect(goesOn('nonce=2')).toBe(false);
  expect(goesOn('nonce=2, stale=false')).toBe(false);
  answer(session).accept!(new Map());
  expect(goesOn('nonce=2')).toBe(true);
  expect(goesOn('nonce=1')).toBe(false);
  expect(goesOn('nonce=2, stale=false')).toBe(false);
  // What follows is right as soon as anything is that it shares its credentials with, and not before.
  const underWay = answer(session);
  const next = session.goesOn(parseChallenges(['Digest realm="r", nonce=2, qop=auth'])[0]!)!;
  expect(goesOn('nonce=3', next)).toBe(false);
  underWay.accept!(new Map());
  expect(goesOn('nonce=3', next)).toBe(true);
  expect(goesOn('nonce=3', begin('Digest realm="r", nonce="1", qop=auth'))).toBe(false);
});

test('while others are under way, credentials that were right are believed some times in a row', () => {
  const challenge = (nonce: number) => parseChallenges([`Digest realm="r", qop=auth, nonce="${nonce}"`])[0]!;
  const refusals = (first: Session, each: (session: Session) => void): number => {
    let count = 0;
    for (let next: Session | null = first; next !== null; count++) {
      if (count === 100) throw new Error('no end');
      each(next);
      next = next.goesOn(challenge(count + 2));
    }
    return count;
  };
  const right = () => {
    const session = begin('Digest realm="r", nonce="1", qop=auth');
    answer(session).accept!(new Map());
    return session;
  };
  // A password that was changed is told after one more answer, and alone.
  expect(refusals(right(), (session) => answer(session))).toBe(2);
  const withOthers = (session: Session) => [answer(session), answer(session)];
  expect(refusals(right(), withOthers)).toBe(6);
  // One of the others was taken in the meantime.
  const other = right();
  let taken = 0;
  const count = refusals(other, (session) => {
    const [sent] = withOthers(session);
    if (taken++ < 20) sent!.accept!(new Map());
  });
  expect(count).toBe(25);
  // Credentials that were never right are wrong.
  expect(refusals(begin('Digest realm="r", nonce="1", qop=auth'), withOthers)).toBe(1);
});

test.each([
  [undefined, ['/']],
  ['', ['/']],
  ['/a /b/', ['/a', '/b/', '/dir/x']],
  ['https://origin.test/a http://origin.test/b https://other.test/c //origin.test:1/d', ['/a', '/dir/x']],
  ['https://other.test/', ['/dir/x']],
  ['http://[ x', ['/dir/x', '/dir/x']],
])('the space of domain=%j', (domain, expected) => {
  const params = domain === undefined ? '' : `, domain="${domain}"`;
  const [challenge] = parseChallenges([`Digest realm="r"${params}`]);
  const space = digestScheme(nodeHashes).spaceOf(challenge!, parseUrl('https://origin.test/dir/x?y'));
  expect(new Set(space)).toEqual(new Set(expected));
});
