import { describe, expect, test } from 'vitest';
import type { CertificateFacts, Chain } from '../../../src/tls/certificate-facts.ts';
import { type Judgement, judgeCertificates } from '../../../src/tls/judge-certificates.ts';
import type { CertificateDetails } from '../../../src/util/ssl-error.ts';
import { certificateDetails } from '../../support/ssl-error.ts';

const NOW = Date.parse('2026-06-01');

function certificate(
  name: string,
  own: Partial<CertificateFacts> = {},
  details: Partial<CertificateDetails> = {},
): CertificateFacts {
  return {
    details: certificateDetails({ subject: `CN=${name}`, fingerprint256: name, ...details }),
    isSelfSigned: false,
    isAuthority: name !== 'leaf',
    isForServers: true,
    key: { type: 'ec', bits: 256 },
    signatureAlgorithm: '1.2.840.10045.4.3.2',
    ...own,
  };
}

const leaf = certificate('leaf');
const between = certificate('between');
const root = certificate('root', { isSelfSigned: true });
const old = { validTo: Date.parse('2026-05-01') };
const SHA1 = { signatureAlgorithm: '1.2.840.10045.4.1' };

function judged(
  chain: Chain,
  own: Partial<Omit<Judgement, 'verdict'>> & { verdict?: string | null } = {},
): string[] {
  const { verdict = null, ...rest } = own;
  const errors = judgeCertificates(chain, {
    now: NOW,
    name: 'origin.test',
    isNamed: true,
    verdict: verdict === null ? null : { name: verdict, words: verdict },
    ...rest,
  });
  return errors.map(
    ({ code, depth, certificate }) => `${code} ${depth} ${certificate?.fingerprint256 ?? '-'}`,
  );
}

const trusted = (...path: readonly CertificateFacts[]): Chain => ({
  certificates: path.length === 1 ? path : path.slice(0, -1),
  trustedPaths: [path],
});
const sent = (...certificates: readonly CertificateFacts[]): Chain => ({ certificates, trustedPaths: [] });

describe('a chain that is trusted', () => {
  test.each<[string, Chain, readonly string[]]>([
    ['is right', trusted(leaf, between, root), []],
    ['has expired', trusted(certificate('leaf', {}, old), root), ['certificate-expired 0 leaf']],
    [
      'has an expired authority',
      trusted(leaf, certificate('between', {}, old), root),
      ['certificate-expired 1 between'],
    ],
    ['is signed with SHA-1', trusted(certificate('leaf', SHA1), root), ['weak-signature 0 leaf']],
    ['has a root that signs itself with SHA-1', trusted(leaf, certificate('root', SHA1)), []],
    [
      'has a weak root',
      trusted(leaf, certificate('root', { key: { type: 'rsa', bits: 1024 } })),
      ['weak-key 1 root'],
    ],
    ['is trusted itself', trusted(certificate('leaf', { isSelfSigned: true })), []],
    [
      'was issued by what is no authority',
      trusted(leaf, certificate('x', { isAuthority: false }), root),
      ['invalid-ca-certificate 1 x'],
    ],
    [
      'is for others',
      trusted(certificate('leaf', { isForServers: false }), root),
      ['invalid-purpose 0 leaf'],
    ],
    [
      'has no days that can be read',
      trusted(certificate('leaf', {}, { validFrom: Number.NaN, validTo: Number.NaN }), root),
      ['invalid-not-before-field 0 leaf', 'invalid-not-after-field 0 leaf'],
    ],
  ])('%s', (_name, chain, errors) => {
    expect(judged(chain)).toEqual(errors);
  });

  test('is judged by the best of its ways', () => {
    const expired = certificate('expired', {}, old);
    const chain: Chain = {
      certificates: [leaf, expired, between],
      trustedPaths: [
        [leaf, expired, root],
        [leaf, between, root],
      ],
    };
    expect(judged(chain)).toEqual([]);
  });

  test('is not right when OpenSSL has found what we do not look at', () => {
    expect(judged(trusted(leaf, root), { verdict: 'CERT_REVOKED' })).toEqual(['certificate-revoked 0 leaf']);
    expect(judged(trusted(leaf, root), { verdict: 'UNSPECIFIED' })).toEqual(['unspecified-error 0 leaf']);
    expect(judged(trusted(leaf, root), { verdict: 'PATH_LENGTH_EXCEEDED' })).toEqual([
      'path-length-exceeded 0 leaf',
    ]);
  });
});

describe('a chain that nothing trusted has issued', () => {
  // OpenSSL tells the last thing that it has found: the expired one hides that it is trusted by nobody.
  test.each(['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'CERT_HAS_EXPIRED', 'UNSPECIFIED'])(
    'is said to be so under the verdict %s',
    (verdict) => {
      expect(judged(sent(certificate('leaf', {}, old), between), { verdict })).toEqual(
        expect.arrayContaining([
          'unable-to-get-local-issuer-certificate 1 between',
          'certificate-expired 0 leaf',
        ]),
      );
    },
  );

  test.each<[string, Chain, readonly string[]]>([
    [
      'alone',
      sent(leaf),
      ['unable-to-get-local-issuer-certificate 0 leaf', 'unable-to-verify-first-certificate 0 leaf'],
    ],
    [
      'signed by itself',
      sent(certificate('leaf', { isSelfSigned: true })),
      ['self-signed-certificate 0 leaf'],
    ],
    ['with its root', sent(leaf, between, root), ['self-signed-certificate-in-chain 2 root']],
    ['none at all', sent(), ['no-peer-certificate 0 -']],
  ])('%s', (_name, chain, errors) => {
    expect(judged(chain, { verdict: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' })).toEqual(errors);
  });

  test('is trusted by OpenSSL all the same, which may know more', () => {
    expect(judged(sent(leaf))).toEqual([]);
  });
});

test('a name is one error more', () => {
  expect(judged(trusted(leaf, root), { isNamed: false })).toEqual(['host-name-mismatch 0 leaf']);
});

test('texts of a server cannot write on a terminal, nor for ever', () => {
  const nasty = certificate('leaf', {}, { subject: `CN=\u001b[2J${'x'.repeat(5000)}`, ...old });
  const [{ message }] = judgeCertificates(trusted(nasty, root), {
    now: NOW,
    name: 'a',
    isNamed: true,
    verdict: null,
  }) as unknown as [{ message: string }];
  expect(message).not.toContain('\u001b');
  expect(message.length).toBeLessThan(1000);
});
