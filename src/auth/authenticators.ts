import type { AuthenticationSettings } from '../call/authentication.ts';
import type { CredentialCache } from './credential-cache.ts';
import type { Scheme } from './scheme.ts';

/** See {@link Authenticators.bind}. */
export type ChannelBinding = (certificate: Uint8Array) => Uint8Array | null;

/** What all requests of a part share. */
export interface Authenticators {
  readonly cache: CredentialCache;
  readonly schemes: readonly Scheme[];
  /** What TLS is bound to by a certificate in DER (RFC 5929, tls-server-end-point); null where that is not defined. */
  readonly bind: ChannelBinding;
  /** Requests can wait for `100 (Continue)` before they send their body. */
  readonly canExpect: boolean;
  /** The application has been told that its credentials go readable over http. */
  isReadableTold: boolean;
}

/** What all rounds under one manager share. */
export interface UnderManager {
  readonly all: Authenticators;
  /** Those that the application allows, in its order. */
  readonly schemes: readonly Scheme[];
  readonly settings: AuthenticationSettings;
  /** See {@link sourceKey}. */
  readonly source: string;
}
