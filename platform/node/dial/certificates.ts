import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { DetailedPeerCertificate } from 'node:tls';
import type { CertificateFacts, Chain, KeyFacts } from '../../../src/tls/certificate-facts.ts';
import { type Issuing, trustedPaths } from '../../../src/tls/certificate-paths.ts';
import { signatureAlgorithmOf } from '../../../src/tls/signature-algorithm.ts';
import type { CertificateDetails } from '../../../src/util/ssl-error.ts';

/** More than a chain has; a server may send as many as it likes. */
const MOST_CERTIFICATES = 16;

/** The certificates that a server has sent, as Node links them. */
export function certificatesFrom(first: X509Certificate): X509Certificate[] {
  const certificates: X509Certificate[] = [];
  for (let next: X509Certificate | undefined = first; next !== undefined; next = next.issuerCertificate) {
    const isOwnIssuer = certificates.at(-1)?.fingerprint256 === next.fingerprint256;
    if (isOwnIssuer || certificates.length === MOST_CERTIFICATES) break;
    certificates.push(next);
  }
  return certificates;
}

/** The same from Node's older form of them. */
export function certificatesOf(first: DetailedPeerCertificate): X509Certificate[] {
  const { X509Certificate: Certificate } = process.getBuiltinModule('node:crypto');
  const certificates: X509Certificate[] = [];
  // A certificate that is its own issuer refers to itself; of a resumed session there is an empty object.
  for (let next = first; next?.raw !== undefined; next = next.issuerCertificate) {
    certificates.push(new Certificate(next.raw));
    if (next.issuerCertificate === next || certificates.length === MOST_CERTIFICATES) break;
  }
  return certificates;
}

/** What a certificate says, in words. */
export function detailsOf(certificate: X509Certificate): CertificateDetails {
  const { subject, issuer, subjectAltName, serialNumber, validFrom, validTo, fingerprint256 } = certificate;
  const { createHash } = process.getBuiltinModule('node:crypto');
  return {
    subject,
    issuer,
    subjectAlternativeName: subjectAltName ?? null,
    serialNumber,
    validFrom: Date.parse(validFrom),
    validTo: Date.parse(validTo),
    fingerprint256,
    publicKeySha256: createHash('sha256').update(publicKeyOf(certificate)).digest('base64'),
    pem: certificate.toString(),
  };
}

/** In DER; nothing of one whose algorithm OpenSSL does not know. */
function publicKeyOf(certificate: X509Certificate): Uint8Array {
  try {
    return certificate.publicKey.export({ type: 'spki', format: 'der' });
  } catch {
    return new Uint8Array();
  }
}

/**
 * Ways from the first certificate to one that is trusted, every signature verified.
 */
export function verifiedPaths(
  certificates: readonly X509Certificate[],
  anchorsFor: (certificate: X509Certificate) => readonly X509Certificate[],
): X509Certificate[][] {
  const [first] = certificates;
  return first === undefined ? [] : trustedPaths(first, certificates, anchorsFor, ISSUING);
}

/** @param anchorsFor the trusted certificates that may have issued one, or are it */
export function chainFacts(
  certificates: readonly X509Certificate[],
  anchorsFor: (certificate: X509Certificate) => readonly X509Certificate[],
): Chain {
  const paths = verifiedPaths(certificates, anchorsFor);
  return {
    certificates: certificates.map(factsOf),
    trustedPaths: paths.map((path) => path.map(factsOf)),
  };
}

const ISSUING: Issuing<X509Certificate> = {
  idOf: (certificate) => certificate.fingerprint256,
  hasIssued: (issuer, certificate) => certificate.checkIssued(issuer) && isSignedBy(certificate, issuer),
};

function isSignedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return certificate.verify(issuer.publicKey);
  } catch {
    return false;
  }
}

function factsOf(certificate: X509Certificate): CertificateFacts {
  return {
    details: detailsOf(certificate),
    isSelfSigned: certificate.subject === certificate.issuer && isSignedBy(certificate, certificate),
    isAuthority: certificate.ca,
    isForServers: isForServers(certificate),
    key: keyOf(certificate),
    signatureAlgorithm: signatureAlgorithmOf(certificate.raw),
  };
}

/** RFC 5280 §4.2.1.12: id-kp-serverAuth and anyExtendedKeyUsage. */
const FOR_SERVERS: ReadonlySet<string> = new Set(['1.3.6.1.5.5.7.3.1', '2.5.29.37.0']);

function isForServers({ keyUsage }: X509Certificate): boolean {
  return !Array.isArray(keyUsage) || keyUsage.some((purpose) => FOR_SERVERS.has(purpose));
}

function keyOf(certificate: X509Certificate): KeyFacts {
  try {
    const { asymmetricKeyType: type = null, asymmetricKeyDetails: details } = certificate.publicKey;
    return { type, bits: details?.modulusLength ?? bitsOfCurve(details?.namedCurve) };
  } catch {
    return { type: null, bits: 0 };
  }
}

/** Names of curves have their size in them, as `secp192r1` and `prime256v1`. */
function bitsOfCurve(name: string | undefined): number {
  return Number(/\d{3}/.exec(name ?? '')?.[0] ?? 0);
}

/**
 * Whether a certificate is for a name or an address, by its alternative names alone (RFC 9525 §6): the subject is a text.
 * `*` stands for one whole label, and never for the one below a top level. Deno knows a `*` by its spelling alone.
 */
export function isCertificateFor(certificate: X509Certificate, name: string): boolean {
  if (certificate.subjectAltName === undefined) return false;
  if (isIP(name) !== 0) return certificate.checkIP(name) !== undefined;
  const isNamed = (host: string): boolean =>
    certificate.checkHost(host, { subject: 'never', partialWildcards: false }) !== undefined;
  const labels = name.split('.');
  // OpenSSL takes a name that begins with a dot for that of all below it.
  if (labels.includes('')) return false;
  return isNamed(name) || (labels.length > 2 && isNamed(['*', ...labels.slice(1)].join('.')));
}
