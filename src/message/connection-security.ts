import type { CertificateDetails } from '../util/ssl-error.ts';

/**
 * What TLS has agreed on for a connection, as plain data that survives a structured clone (Qt: QSslConfiguration, as far as
 * it tells of a connection).
 */
export interface ConnectionSecurity {
  /** `'TLSv1.2'` or `'TLSv1.3'`; null where the platform does not tell. Qt: sessionProtocol. */
  readonly protocol: string | null;
  /** Null where the platform does not tell. Qt: sessionCipher. */
  readonly cipher: ConnectionCipher | null;
  /** What was negotiated by ALPN (RFC 7301), as `'h2'`; null when nothing was. Qt: nextNegotiatedProtocol. */
  readonly applicationProtocol: string | null;
  /** The session of an earlier connection was resumed; null where the platform does not tell. */
  readonly sessionReused: boolean | null;
  /**
   * The certificate of the server, and those that it sent along, each the issuer of the one before; of a resumed session,
   * those of the connection that it began on. Empty where the platform does not tell. Qt: peerCertificateChain.
   */
  readonly peerCertificateChain: readonly PeerCertificate[];
  /** Codes of what was wrong with the certificates and was accepted all the same, of {@link SslError}. Qt: ignoreSslErrors. */
  readonly ignoredErrors: readonly string[];
  /**
   * Something was wrong and was accepted: no HSTS field of the connection counts, no response of it is kept in a cache, and
   * no request uses it that has not accepted the same.
   */
  readonly certificateErrorsIgnored: boolean;
  /**
   * Our own certificate, which a server that asks for one is shown (whether it has asked is not told); null for none. Qt:
   * localCertificate.
   */
  readonly localCertificate: PeerCertificate | null;
  /**
   * The key that was agreed on; null where the platform does not tell, as Node of a hybrid group (X25519MLKEM768, the default
   * with OpenSSL 3.5), or none was. Qt: ephemeralServerKey.
   */
  readonly ephemeralKey: EphemeralKey | null;
  /** What the server has stapled (OCSP, RFC 6066 §8), in DER and not verified; null for nothing. Qt: ocspResponses. */
  readonly ocspResponse: Uint8Array | null;
}

/** What was generated for this connection alone, so that it stays secret when the server's certificate does not. */
export interface EphemeralKey {
  /** `'ECDH'` or `'DH'`. */
  readonly type: string;
  /** The name of the curve or group, as `'X25519'`; null where it has none. */
  readonly name: string | null;
  /** Its length in bits, as 253 for X25519. */
  readonly size: number;
}

/** The cipher suite that TLS has agreed on. */
export interface ConnectionCipher {
  /** OpenSSL's name. */
  readonly name: string;
  /** IANA's name. */
  readonly standardName: string;
}

/** A certificate that was shown. */
export interface PeerCertificate extends CertificateDetails {
  /** The whole, in DER. */
  readonly raw: Uint8Array;
}

/** Of a connection that was encrypted, of which no more is known: a page's, or one that was stored in a cache. */
export const UNTOLD_SECURITY: ConnectionSecurity = Object.freeze({
  protocol: null,
  cipher: null,
  applicationProtocol: null,
  sessionReused: null,
  peerCertificateChain: Object.freeze([]),
  ignoredErrors: Object.freeze([]),
  certificateErrorsIgnored: false,
  localCertificate: null,
  ephemeralKey: null,
  ocspResponse: null,
});
