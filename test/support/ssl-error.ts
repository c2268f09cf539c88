import type { CertificateDetails, SslError, SslErrorCode } from '../../src/util/ssl-error.ts';

/** What a certificate says, for tests that need none. */
export function certificateDetails(own: Partial<CertificateDetails> = {}): CertificateDetails {
  return {
    subject: 'CN=origin.test',
    issuer: 'CN=Some authority',
    subjectAlternativeName: 'DNS:origin.test',
    serialNumber: '01',
    validFrom: Date.parse('2026-01-01'),
    validTo: Date.parse('2027-01-01'),
    fingerprint256: 'AA:BB',
    publicKeySha256: 'q80=',
    pem: '-----BEGIN CERTIFICATE-----',
    ...own,
  };
}

/** An error of such a certificate. */
export function sslError(code: SslErrorCode, own: Partial<CertificateDetails> = {}): SslError {
  return { code, opensslCode: 'X', message: 'it is wrong', certificate: certificateDetails(own), depth: 0 };
}
