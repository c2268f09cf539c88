import type { SecureContext, SecureContextOptions } from 'node:tls';
import type { TlsOptions } from '../../../src/options/options.ts';
import { describeTlsMaterial } from '../../../src/options/tls-material.ts';
import { nodeOptions } from '../node-options.ts';
import { fingerprint } from './fingerprint.ts';

/**
 * TLS material, compared by value: requests with equal material may share a connection, all others may not, for the
 * peer of a connection was judged by the one and may have been shown the certificate of the other.
 */
export class TlsIdentity {
  /** The name to verify in place of the URL's host. */
  readonly servername: string | null;
  readonly #options: TlsOptions;
  #key: string | null = null;
  #context: SecureContext | null = null;

  constructor(options: TlsOptions) {
    this.#options = Object.assign(Object.create(null), options);
    this.servername = this.#options.servername ?? null;
  }

  /** Equal for equal material. */
  get key(): string {
    this.#key ??= fingerprint(describeTlsMaterial(this.#options));
    return this.#key;
  }

  /**
   * Made once: Node reads its list of root certificates for every context.
   * @throws Error of Node when the material cannot be used
   */
  get context(): SecureContext {
    const { createSecureContext } = process.getBuiltinModule('node:tls');
    this.#context ??= createSecureContext(
      nodeOptions('secureContext', this.#options as SecureContextOptions),
    );
    return this.#context;
  }
}

/** The platform's own trust, and no certificate of ours. */
export const NO_TLS_MATERIAL = new TlsIdentity({});
