/** What TLS asks for when a key may stand in place of certificates (RFC 4279, RFC 8446 §4.2.11), as plain data. */
export interface PreSharedKeyRequest {
  /** The host, as in a URL. */
  readonly hostname: string;
  /** What the server says of the identity that it wants; null where that is not known before the handshake. */
  readonly identityHint: string | null;
  /** How long an identity may be, in bytes of UTF-8. */
  readonly maximumIdentityLength: number;
  /** How long a key may be, in bytes. */
  readonly maximumPreSharedKeyLength: number;
}

/** Who we are, and the key that proves it. */
export interface PreSharedKey {
  readonly identity: string;
  /** A text stands for its bytes in UTF-8. */
  readonly preSharedKey: Uint8Array | string;
}

/**
 * What the listeners of `preSharedKeyAuthenticationRequired` fill in. With no key the handshake goes on without one: the server
 * has to show a certificate then. Qt: QSslPreSharedKeyAuthenticator.
 */
export interface PreSharedKeyAuthenticator extends PreSharedKeyRequest {
  /** The name under which the server has the key. */
  identity: string;
  /** A text stands for its bytes in UTF-8. */
  preSharedKey: Uint8Array | string;
}
