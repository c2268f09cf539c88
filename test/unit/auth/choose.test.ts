import { expect, test } from 'vitest';
import { basicScheme } from '../../../src/auth/basic.ts';
import { bearerScheme } from '../../../src/auth/bearer.ts';
import { parseChallenges } from '../../../src/auth/challenge.ts';
import { choose, isListed } from '../../../src/auth/choose.ts';
import { digestScheme } from '../../../src/auth/digest.ts';
import { ownHashes } from '../../../src/auth/hash/hash-functions.ts';
import { ntlmScheme } from '../../../src/auth/ntlm/ntlm.ts';
import { socksPasswordScheme } from '../../../src/auth/socks-password.ts';

const ntlm = ntlmScheme({ now: () => 0, random: (bytes) => new Uint8Array(bytes) });
const SCHEMES = [ntlm, digestScheme(ownHashes), bearerScheme, basicScheme];
const OUTGOING = { method: 'GET', target: '/', body: null };
const OFFER = [
  'Basic realm="b", Mutual realm="m", Digest realm="d", nonce=n, qop=auth',
  'NTLM',
  'Digest realm="d2", nonce=n, algorithm=SHA-256, qop=auth, Bearer',
];

test.each([
  ['all', SCHEMES, true, true, ['ntlm ', 'digest d2', 'digest d', 'bearer ', 'basic b']],
  ['a host that is not listed', SCHEMES, true, false, ['digest d2', 'digest d', 'bearer ', 'basic b']],
  ['nothing that is readable', SCHEMES, false, true, ['ntlm ', 'digest d2', 'digest d']],
  ['the order of the application', [basicScheme, bearerScheme], true, true, ['basic b', 'bearer ']],
  ['nothing', [], true, true, []],
])('of a server that offers much, with %s', (_name, schemes, readable, integrated, expected) => {
  const choices = choose(
    parseChallenges(OFFER),
    { schemes, socks: false, readable, integrated, listed: integrated },
    OUTGOING,
  );
  expect(choices.map(({ scheme, realm }) => `${scheme.name} ${realm}`)).toEqual(expected);
});

test.each([
  ['a server that calls its challenge so is not given', false, ['basic']],
  ['a SOCKS proxy is given', true, ['socks5']],
])('%s what is for SOCKS', (_name, socks, expected) => {
  const challenges = parseChallenges(['socks5, Basic realm="b"']);
  const schemes = [socksPasswordScheme, basicScheme];
  const allowed = { schemes, socks, readable: true, integrated: true, listed: true };
  expect(choose(challenges, allowed, OUTGOING).map(({ scheme }) => scheme.name)).toEqual(expected);
});

test('strength grows across the schemes with what an answer protects', () => {
  const choices = choose(
    parseChallenges(OFFER),
    { schemes: SCHEMES, socks: false, readable: true, integrated: true, listed: true },
    OUTGOING,
  );
  const strengths = choices.map(({ strength }) => strength);
  expect(strengths).toEqual([...strengths].sort((one, other) => other - one));
  expect(new Set(strengths).size).toBe(strengths.length);
});

test.each([
  ['*', true],
  ['intra.test', true],
  ['intra.test:8443', true],
  ['*.test', true],
  ['*.intra.test', false],
  ['intra.test:443', false],
  ['tra.test', false],
  ['intra.test.evil', false],
  ['', false],
])('the list [%j] has intra.test:8443: %s', (entry, expected) => {
  expect(isListed('intra.test', 'intra.test:8443', [entry])).toBe(expected);
  expect(isListed('intra.test', 'intra.test:8443', [])).toBe(false);
});
