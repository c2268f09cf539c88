import type { X509Certificate } from 'node:crypto';

/** Certificates that are trusted, found by their subject. */
export class TrustAnchors {
  readonly #load: () => readonly string[];
  #bySubject: Map<string, X509Certificate[]> | null = null;

  /** @param load texts that may have several certificates in PEM each; called when the first one is looked for */
  constructor(load: () => readonly string[]) {
    this.#load = load;
  }

  /** Those that may have issued a certificate, or are it. Whether they really have is for a signature to say. */
  readonly for = (certificate: X509Certificate): readonly X509Certificate[] => {
    this.#bySubject ??= bySubject(this.#load());
    const issuers = this.#bySubject.get(certificate.issuer) ?? [];
    const itself = this.#bySubject.get(certificate.subject) ?? [];
    return [...new Set([...issuers, ...itself])];
  };
}

function bySubject(texts: readonly string[]): Map<string, X509Certificate[]> {
  const found = new Map<string, X509Certificate[]>();
  for (const certificate of texts.flatMap(certificatesIn)) {
    const { subject } = certificate;
    found.set(subject, [...(found.get(subject) ?? []), certificate]);
  }
  return found;
}

const PEM =
  /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[^-]*-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g;

/** The certificates in a text of PEM. One that cannot be read is trusted by nobody. */
export function certificatesIn(text: string): X509Certificate[] {
  const { X509Certificate: Certificate } = process.getBuiltinModule('node:crypto');
  return (text.match(PEM) ?? []).flatMap((pem) => {
    try {
      return [new Certificate(pem)];
    } catch {
      return [];
    }
  });
}

/** What Node trusts when it is told nothing: its own list, and what NODE_EXTRA_CA_CERTS has added at its start. */
export const NODE_ANCHORS = new TrustAnchors(() => {
  const tls = process.getBuiltinModule('node:tls') as typeof import('node:tls') & {
    getCACertificates?(type: 'default'): readonly string[];
  };
  return tls.getCACertificates?.('default') ?? [...tls.rootCertificates, ...extraCertificates()];
});

/** Node before 22.15 does not tell them. It has read them at its start; one that it could not read it has warned of. */
function extraCertificates(): string[] {
  const { NODE_EXTRA_CA_CERTS: path } = process.env;
  if (!path) return [];
  try {
    return [process.getBuiltinModule('node:fs').readFileSync(path, 'latin1')];
  } catch {
    return [];
  }
}
