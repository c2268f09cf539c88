/** One value for every host, or a function that gives that of a host; `undefined` stands for none. */
export type ByHost<Value> = Value | ((host: string) => Value | undefined);

/** PEM as text or bytes. */
export type Pem = string | Uint8Array;

/**
 * TLS material in Node's own words. Only where the transport has the `tls` capability.
 *
 * It is judged when it is set: a certificate that has expired, a key of another certificate, a wrong passphrase and a word
 * that OpenSSL does not know are a TypeError. What a function gives is judged when it has been asked: then the request ends
 * with ssl-handshake-failed. A function is asked with the host as the URL has it, for each connection, those of redirects
 * included. It must be synchronous, and give the same for the same host as long as connections to that may be shared.
 */
export interface TlsOptions {
  /**
   * Trusted certificate authorities, in place of the platform's default: PEM, `'bundled'` for the list that comes with Node,
   * `'system'` for that of the operating system, or an array of them, which are joined. Qt: `caCertificates`.
   */
  readonly ca?: Pem | readonly Pem[];
  /** Client certificate, and those that lead to its authority, PEM. Qt: `localCertificateChain`. */
  readonly cert?: ByHost<Pem>;
  /** Private key of `cert`, PEM. Qt: `privateKey`. */
  readonly key?: ByHost<Pem>;
  /** Client certificate and key in one, PKCS #12 in DER, in place of `cert` and `key`. */
  readonly pfx?: ByHost<Uint8Array>;
  /** The secret that opens `key` or `pfx`. */
  readonly passphrase?: ByHost<string>;
  /** Name to verify and to send as SNI instead of the URL's host, in ASCII, or an address. Qt: `peerVerifyName`. */
  readonly servername?: string;
  /** The oldest version of TLS that is spoken; 1.0 and 1.1 cannot be had. Qt: `protocol`. @default 'TLSv1.2' */
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3';
  /** The newest version of TLS that is spoken. @default 'TLSv1.3' */
  readonly maxVersion?: 'TLSv1.2' | 'TLSv1.3';
  /** Which cipher suites are offered, in order of preference. Qt: `ciphers`. @default Node's own, at the second level of security */
  readonly ciphers?: string;
  /** Groups of the key exchange, separated by colons: `'X25519:P-256'`. Qt: `ellipticCurves`. @default OpenSSL's */
  readonly groups?: string;
  /** Algorithms that a peer may sign with: `'ecdsa_secp256r1_sha256:rsa_pss_rsae_sha256'`. @default OpenSSL's */
  readonly signatureAlgorithms?: string;
  /**
   * Protocols that may be negotiated (RFC 7301), `'h2'` and `'http/1.1'`: with one of them alone the other is not spoken.
   * `http2Allowed` has its say, too: when nothing is left, the request ends with protocol-invalid-operation. Qt: `allowedNextProtocols`.
   * @default both
   */
  readonly ALPNProtocols?: readonly ('h2' | 'http/1.1')[];
  /** A later connection may resume the session of an earlier one. Qt: `SslOptionDisableSessionTickets`. @default true */
  readonly sessionTickets?: boolean;
}
