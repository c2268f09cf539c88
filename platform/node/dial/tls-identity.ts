import type { SecureContext, SecureContextOptions } from 'node:tls';
import type { TlsOptions } from '../../../src/options/options.ts';
import { describeTlsMaterial } from '../../../src/options/tls-material.ts';
import { nodeOptions } from '../node-options.ts';
import { fingerprint } from './fingerprint.ts';
import { NODE_ANCHORS, TrustAnchors } from './trust-anchors.ts';

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
  #anchors: TrustAnchors | null = null;

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
      nodeOptions('secureContext', { ciphers: strongCiphers(), ...this.#options } as SecureContextOptions),
    );
    return this.#context;
  }

  /** A server that asks for our certificate gets one. */
  get hasCertificate(): boolean {
    return this.#options.cert !== undefined;
  }

  /** What it trusts, as Node does not tell in a handshake. */
  get anchors(): TrustAnchors {
    const { ca } = this.#options;
    if (ca === undefined) return NODE_ANCHORS;
    this.#anchors ??= new TrustAnchors(() => (Array.isArray(ca) ? ca : [ca]).map(textOf));
    return this.#anchors;
  }
}

/**
 * Node's own, at OpenSSL's second level of security: a key below 112 bits and a signature with SHA-1 are errors of a
 * certificate. Node does so by itself from 24 on; what is not built on OpenSSL knows no levels.
 */
function strongCiphers(): string | undefined {
  const { DEFAULT_CIPHERS } = process.getBuiltinModule('node:tls');
  const { openssl, electron } = process.versions;
  return openssl?.startsWith('3.') && electron === undefined ? `${DEFAULT_CIPHERS}:@SECLEVEL=2` : undefined;
}

function textOf(pem: string | Uint8Array): string {
  return typeof pem === 'string' ? pem : Buffer.from(pem).toString('latin1');
}

/** The platform's own trust, and no certificate of ours. */
export const NO_TLS_MATERIAL = new TlsIdentity({});
