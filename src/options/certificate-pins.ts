/** Keys that a host may be known by. */
export interface PinnedKeys {
  /** `sha256/` and the SHA-256 of a SubjectPublicKeyInfo in base64 (RFC 7469 §2.4). */
  readonly pins: readonly string[];
  /** A connection with none of them goes on, and the manager's `faultOccurred` tells of it. @default false */
  readonly reportOnly?: boolean;
}

/**
 * Pinned keys by host: `{ 'api.example': ['sha256/…', 'sha256/…'] }`. `*.example` stands for one label before `example`; the
 * host itself goes before it. Each has two different keys at least: the one in use, and one kept elsewhere for the day when
 * that one is lost.
 */
export type CertificatePins = Readonly<Record<string, readonly string[] | PinnedKeys>>;
