import type { X509Certificate } from 'node:crypto';
import type { PinnedKeys } from '../../../src/options/certificate-pins.ts';
import type { CertificateDetails, SslError } from '../../../src/util/ssl-error.ts';
import { certificatesFrom, detailsOf, verifiedPaths } from './certificates.ts';
import type { TrustAnchors } from './trust-anchors.ts';

/**
 * What is wrong when none of the keys that a host may be known by is among those that were verified: those on a way from its
 * certificate to one that is trusted. A server sends along what it likes, which pins nothing.
 */
export function pinError(
  certificate: X509Certificate | null,
  anchors: TrustAnchors,
  { pins }: PinnedKeys,
  name: string,
): SslError | null {
  if (certificate === null) return pinMismatch(name, []);
  const paths = verifiedPaths(certificatesFrom(certificate), anchors.for);
  const chain = [...new Set(paths.flat())].map(detailsOf);
  const isPinned = chain.some(({ publicKeySha256 }) => pins.includes(`sha256/${publicKeySha256}`));
  return isPinned ? null : pinMismatch(name, chain.length === 0 ? [detailsOf(certificate)] : chain);
}

/**
 * No key of a peer is one that its host may be known by.
 * @param chain its verified certificates, or its own; none when it has shown none
 */
function pinMismatch(name: string, chain: readonly CertificateDetails[]): SslError {
  const [own = null] = chain;
  const keys = chain.map(({ publicKeySha256 }) => `sha256/${publicKeySha256}`).join(', ') || 'no certificate';
  const words = `${name} is not known by any of its certificatePins: it has shown ${keys}`;
  const advice = 'a proxy that inspects traffic, or a server that has changed its keys';
  return {
    code: 'certificate-pin-mismatch',
    opensslCode: 'CERT_REJECTED',
    message: `${words} (${advice}); it cannot be ignored`,
    certificate: own,
    depth: 0,
  };
}
