import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { certificateHash } from '../../../src/auth/certificate-hash.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const directory = mkdtempSync(join(tmpdir(), 'fairlead-certificates-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function certificate(...args: readonly string[]): Uint8Array {
  const key = join(directory, 'key.pem');
  const common = [
    'req',
    '-x509',
    '-nodes',
    '-days',
    '2',
    '-subj',
    '/CN=x',
    '-keyout',
    key,
    '-outform',
    'DER',
  ];
  return new Uint8Array(
    execFileSync('openssl', [...common, ...args], { stdio: ['ignore', 'pipe', 'ignore'] }),
  );
}

const RSA = ['-newkey', 'rsa:1024'];
const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
const PSS = ['-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:20'];

describe.skipIf(!hasOpenssl)('the hash of a certificate', () => {
  test.each([
    ['RSA with SHA-1', [...RSA, '-sha1'], 'SHA-256'],
    ['RSA with MD5', [...RSA, '-md5'], 'SHA-256'],
    ['RSA with SHA-224', [...RSA, '-sha224'], 'SHA-224'],
    ['RSA with SHA-256', [...RSA, '-sha256'], 'SHA-256'],
    ['RSA with SHA-384', [...RSA, '-sha384'], 'SHA-384'],
    ['RSA with SHA-512', [...RSA, '-sha512'], 'SHA-512'],
    ['ECDSA with SHA-1', [...EC, '-sha1'], 'SHA-256'],
    ['ECDSA with SHA-256', [...EC, '-sha256'], 'SHA-256'],
    ['ECDSA with SHA-384', [...EC, '-sha384'], 'SHA-384'],
    ['ECDSA with SHA-512', [...EC, '-sha512'], 'SHA-512'],
    ['RSA-PSS with SHA-1', [...RSA, '-sha1', ...PSS], 'SHA-256'],
    ['RSA-PSS with SHA-256', [...RSA, '-sha256', ...PSS], 'SHA-256'],
    ['RSA-PSS with SHA-384', [...RSA, '-sha384', ...PSS], 'SHA-384'],
    ['Ed25519, which has none', ['-newkey', 'ed25519'], null],
  ])('%s', (_, args, hash) => {
    expect(certificateHash(certificate(...args))).toBe(hash);
  });

  test('is read from nothing else, and from what is cut off or bent without harm', () => {
    const der = certificate(...RSA, '-sha256', ...PSS);
    for (let length = 0; length < der.length; length++)
      expect(certificateHash(der.slice(0, length))).toBeNull();
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(der.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        (flips) => {
          const bent = der.slice();
          for (const [at, byte] of flips) bent[at] = byte;
          expect([null, 'SHA-224', 'SHA-256', 'SHA-384', 'SHA-512']).toContain(certificateHash(bent));
        },
      ),
    );
  });
});
