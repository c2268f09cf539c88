/**
 * What can be wrong with the certificates of a server: Qt's names of `QSslError::SslError`, and `weak-key`,
 * `weak-signature` and `certificate-pin-mismatch`, which Qt has not.
 *
 * Source: https://doc.qt.io/qt-6/qsslerror.html#SslError-enum
 */
export type SslErrorCode =
  | 'unable-to-get-issuer-certificate'
  | 'unable-to-decrypt-certificate-signature'
  | 'unable-to-decode-issuer-public-key'
  | 'certificate-signature-failed'
  | 'certificate-not-yet-valid'
  | 'certificate-expired'
  | 'invalid-not-before-field'
  | 'invalid-not-after-field'
  | 'self-signed-certificate'
  | 'self-signed-certificate-in-chain'
  | 'unable-to-get-local-issuer-certificate'
  | 'unable-to-verify-first-certificate'
  | 'certificate-revoked'
  | 'invalid-ca-certificate'
  | 'path-length-exceeded'
  | 'invalid-purpose'
  | 'certificate-untrusted'
  | 'certificate-rejected'
  | 'no-peer-certificate'
  | 'host-name-mismatch'
  | 'weak-key'
  | 'weak-signature'
  | 'certificate-pin-mismatch'
  | 'unspecified-error';

/** One thing that is wrong with a chain of certificates, as plain data. Qt: QSslError. */
export interface SslError {
  /** What a program compares: Qt's name, in kebab case. */
  readonly code: SslErrorCode;
  /** OpenSSL's name of it, without `X509_V_ERR_`: what Node has as `code`. */
  readonly opensslCode: string;
  /** What is wrong, with the names that matter, and what a person can do. */
  readonly message: string;
  /** The certificate that it is about; null when none was shown. */
  readonly certificate: CertificateDetails | null;
  /** Where that stands in the chain: 0 for the server's own. */
  readonly depth: number;
}

/** What a certificate says (RFC 5280), as data that survives JSON. Names are as OpenSSL writes them, a line for each part. */
export interface CertificateDetails {
  /** The owner that the certificate names. */
  readonly subject: string;
  /** The authority that has signed it. */
  readonly issuer: string;
  /** `DNS:host.test, IP Address:127.0.0.1 …`; null when there is none. */
  readonly subjectAlternativeName: string | null;
  /** The number that its authority has given it, in hexadecimal. */
  readonly serialNumber: string;
  /** Epoch milliseconds. */
  readonly validFrom: number;
  /** Epoch milliseconds. */
  readonly validTo: number;
  /** SHA-256 of the whole, in hexadecimal with colons. */
  readonly fingerprint256: string;
  /** SHA-256 of its public key (SubjectPublicKeyInfo), in base64: what a pin is made of (RFC 7469). */
  readonly publicKeySha256: string;
  /** The whole certificate as text (RFC 7468). */
  readonly pem: string;
}
