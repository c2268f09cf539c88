import type { SslErrorCode } from '../util/ssl-error.ts';

/**
 * Qt's name for each verdict of OpenSSL that Node has a name for.
 *
 * Source: https://nodejs.org/api/tls.html#x509-certificate-error-codes, and Qt's _q_OpenSSL_to_QSslError.
 */
const CODES: ReadonlyMap<string, SslErrorCode> = new Map([
  ['UNABLE_TO_GET_ISSUER_CERT', 'unable-to-get-issuer-certificate'],
  ['UNABLE_TO_DECRYPT_CERT_SIGNATURE', 'unable-to-decrypt-certificate-signature'],
  ['UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY', 'unable-to-decode-issuer-public-key'],
  ['CERT_SIGNATURE_FAILURE', 'certificate-signature-failed'],
  ['CERT_NOT_YET_VALID', 'certificate-not-yet-valid'],
  ['CERT_HAS_EXPIRED', 'certificate-expired'],
  ['ERROR_IN_CERT_NOT_BEFORE_FIELD', 'invalid-not-before-field'],
  ['ERROR_IN_CERT_NOT_AFTER_FIELD', 'invalid-not-after-field'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed-certificate'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'self-signed-certificate-in-chain'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'unable-to-get-local-issuer-certificate'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unable-to-verify-first-certificate'],
  ['CERT_REVOKED', 'certificate-revoked'],
  ['INVALID_CA', 'invalid-ca-certificate'],
  ['PATH_LENGTH_EXCEEDED', 'path-length-exceeded'],
  ['INVALID_PURPOSE', 'invalid-purpose'],
  ['CERT_UNTRUSTED', 'certificate-untrusted'],
  ['CERT_REJECTED', 'certificate-rejected'],
  ['HOSTNAME_MISMATCH', 'host-name-mismatch'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'host-name-mismatch'],
]);

/** Those by which OpenSSL says that it found no way to a certificate that is trusted. */
const UNTRUSTED: ReadonlySet<SslErrorCode> = new Set([
  'unable-to-get-issuer-certificate',
  'self-signed-certificate',
  'self-signed-certificate-in-chain',
  'unable-to-get-local-issuer-certificate',
  'unable-to-verify-first-certificate',
]);

export function codeOfOpenssl(name: string): SslErrorCode {
  return CODES.get(name) ?? 'unspecified-error';
}

/** Whether the code says that nothing leads to a certificate that is trusted. */
export function isUntrusted(code: SslErrorCode): boolean {
  return UNTRUSTED.has(code);
}
