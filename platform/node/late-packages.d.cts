export { getDomain } from 'tldts';

/** What is used of the package `kerberos`. */
export interface KerberosClient {
  readonly contextComplete: boolean;
  /** @param challenge in base64; empty to begin */
  step(challenge: string): Promise<string | null>;
}

export interface Kerberos {
  readonly GSS_MECH_OID_SPNEGO: number;
  initializeClient(service: string, options: object): Promise<KerberosClient>;
}

/** @throws Error that names what has to be installed */
export function loadKerberos(): Kerberos;

/**
 * The paths of both packages of QuickJS.
 * @throws Error that names what has to be installed
 */
export function locateQuickJs(): readonly [core: string, variant: string];
