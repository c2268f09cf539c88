import type { CertificateDetails } from '../util/ssl-error.ts';

/** What a platform has found out about a certificate: its words, and what only cryptography can tell. */
export interface CertificateFacts {
  readonly details: CertificateDetails;
  /** Subject and issuer are one, and its own key has signed it. */
  readonly isSelfSigned: boolean;
  /** It may issue others (RFC 5280 §4.2.1.9). */
  readonly isAuthority: boolean;
  /** It is for servers, or does not say what it is for (RFC 5280 §4.2.1.12). */
  readonly isForServers: boolean;
  readonly key: KeyFacts;
  /** The algorithm of its signature as an object identifier, or null when that could not be read. */
  readonly signatureAlgorithm: string | null;
}

export interface KeyFacts {
  /** Node's `asymmetricKeyType`: `rsa`, `ec`, `ed25519` …; null for one that is not known. */
  readonly type: string | null;
  /** Of the modulus or the field; 0 where that says nothing. */
  readonly bits: number;
}

/** Certificates, and who has issued whom. */
export interface Chain {
  /** As the server sent them, its own first. */
  readonly certificates: readonly CertificateFacts[];
  /**
   * Ways from the server's certificate to one that is trusted, every signature on them verified; `path[0]` is the server's
   * own. Empty when there is none.
   */
  readonly trustedPaths: readonly (readonly CertificateFacts[])[];
}
