import { X509Certificate } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { signatureAlgorithmOf } from '../../../src/tls/signature-algorithm.ts';
import { CertificateAuthority } from '../../support/certificate.ts';

const authority = new CertificateAuthority();
const derOf = (options: Parameters<CertificateAuthority['issue']>[0]): Uint8Array =>
  new X509Certificate(authority.issue(options).cert).raw;

test.each([
  [{}, '1.2.840.10045.4.3.2'],
  [{ hash: 'sha1' }, '1.2.840.10045.4.1'],
  [{ rsaBits: 2048, selfSigned: true }, '1.2.840.113549.1.1.11'],
  [{ rsaBits: 2048, selfSigned: true, hash: 'sha1' }, '1.2.840.113549.1.1.5'],
] as const)('of %j', (options, identifier) => {
  expect(signatureAlgorithmOf(derOf(options))).toBe(identifier);
});

test('what is no certificate has none, and every prefix of one is none', () => {
  const der = derOf({});
  for (let length = 0; length < der.length; length++)
    expect(signatureAlgorithmOf(der.subarray(0, length))).toBeNull();
  void fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      const found = signatureAlgorithmOf(bytes);
      expect(found === null || /^\d+(\.\d+)*$/.test(found)).toBe(true);
    }),
  );
});
