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
  /** Codes of what was wrong with the certificate and was accepted all the same. Qt: ignoreSslErrors. */
  readonly ignoredErrors: readonly string[];
}

export interface ConnectionCipher {
  /** OpenSSL's name. */
  readonly name: string;
  /** IANA's name. */
  readonly standardName: string;
}

/** A certificate (RFC 5280). Names are as OpenSSL writes them, a line for each part. */
export interface PeerCertificate {
  readonly subject: string;
  readonly issuer: string;
  /** `DNS:host.test, IP Address:127.0.0.1 …`; null when there is none. */
  readonly subjectAlternativeName: string | null;
  readonly serialNumber: string;
  /** Epoch milliseconds. */
  readonly validFrom: number;
  /** Epoch milliseconds. */
  readonly validTo: number;
  /** SHA-256 of the whole, in hexadecimal with colons. */
  readonly fingerprint256: string;
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
});
