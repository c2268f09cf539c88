import type { SecureContext } from 'node:tls';
import { NetworkError } from '../../../src/error.ts';
import { describeTlsMaterial, isByHost, tlsFor } from '../../../src/options/tls-material.ts';
import type { TlsOptions } from '../../../src/options/tls-options.ts';
import { checkTls } from '../check-tls.ts';
import { judgeTls } from '../judge-tls.ts';
import { fingerprint } from './fingerprint.ts';
import { preSharedKeyContext, secureContext } from './secure-context.ts';
import { NODE_ANCHORS, TrustAnchors } from './trust-anchors.ts';
import { authoritiesOf } from './trusted-lists.ts';

/**
 * TLS material, compared by value: requests with equal material may share a connection, all others may not, for the
 * peer of a connection was judged by the one and may have been shown the certificate of the other.
 */
export class TlsIdentity {
  /** The name to verify in place of the URL's host. */
  readonly servername: string | null;
  /** Protocols that may be negotiated, in order; null for all. */
  readonly protocols: readonly string[] | null;
  /** A session may be resumed. */
  readonly resumes: boolean;
  readonly #options: TlsOptions;
  #key: string | null = null;
  #context: SecureContext | null = null;
  #keyContext: SecureContext | null = null;
  #anchors: TrustAnchors | null = null;

  constructor(options: TlsOptions) {
    this.#options = Object.assign(Object.create(null), options);
    const { servername = null, ALPNProtocols = null, sessionTickets = true } = this.#options;
    this.servername = servername;
    this.protocols = ALPNProtocols;
    this.resumes = sessionTickets;
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
    this.#context ??= secureContext(this.#options);
    return this.#context;
  }

  /** The same for a peer that may be known by a key in place of a certificate. */
  get preSharedKeyContext(): SecureContext {
    this.#keyContext ??= preSharedKeyContext(this.#options);
    return this.#keyContext;
  }

  /** A server that asks for our certificate gets one. */
  get hasCertificate(): boolean {
    return this.#options.cert !== undefined || this.#options.pfx !== undefined;
  }

  /** What it trusts, as Node does not tell in a handshake. */
  get anchors(): TrustAnchors {
    const { ca } = this.#options;
    if (ca === undefined) return NODE_ANCHORS;
    this.#anchors ??= new TrustAnchors(() => authoritiesOf(ca));
    return this.#anchors;
  }
}

/** The platform's own trust, and no certificate of ours. */
const NO_TLS_MATERIAL = new TlsIdentity({});

const identities = new WeakMap<TlsOptions, TlsIdentity>();

/**
 * The material for a host.
 * @param url for errors
 * @throws NetworkError as {@link materialFor}
 */
export function identityFor(tls: TlsOptions | null, host: string, url: string): TlsIdentity {
  if (tls === null || Object.keys(tls).length === 0) return NO_TLS_MATERIAL;
  if (isByHost(tls)) return new TlsIdentity(materialFor(tls, host, url));
  const identity = identities.get(tls) ?? new TlsIdentity(tls);
  identities.set(tls, identity);
  return identity;
}

/**
 * What functions say for a host, judged as if it had been set.
 * @throws NetworkError ssl-handshake-failed when one has failed, or has given what cannot be used
 */
export function materialFor(tls: TlsOptions, host: string, url: string): TlsOptions {
  if (!isByHost(tls)) return tls;
  try {
    const material = tlsFor(tls, host);
    checkTls(material);
    judgeTls(material);
    return material;
  } catch (cause) {
    const words = `option tls: the material for ${host} cannot be used: ${(cause as Error)?.message ?? cause}`;
    throw new NetworkError('ssl-handshake-failed', words, { url, cause });
  }
}
