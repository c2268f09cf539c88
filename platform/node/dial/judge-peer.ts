import type { X509Certificate } from 'node:crypto';
import type { PinnedKeys } from '../../../src/options/certificate-pins.ts';
import { judgeCertificates } from '../../../src/tls/judge-certificates.ts';
import type { CertificateDetails, SslError } from '../../../src/util/ssl-error.ts';
import { certificatesFrom, chainFacts, detailsOf, isCertificateFor, verifiedPaths } from './certificates.ts';
import type { TrustAnchors } from './trust-anchors.ts';

/** What a peer is judged by. */
interface PeerToJudge {
  /** Its certificate, linked to those that came with it; null when it has shown none. */
  readonly certificate: X509Certificate | null;
  /** Node's name of what OpenSSL says, or null. */
  readonly verdict: string | null;
  /** What it has to prove. */
  readonly name: string;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly anchors: TrustAnchors;
}

/** Everything that is wrong with the certificates of a peer. What is right costs no more than a look at its names. */
export function judgePeer({ certificate, verdict, name, now, anchors }: PeerToJudge): SslError[] {
  const isNamed = certificate !== null && isCertificateFor(certificate, name);
  // OpenSSL does not look again at what it has verified when a session began.
  const holds = certificate !== null && now <= Date.parse(certificate.validTo);
  const isRight = verdict === null && isNamed && holds;
  if (isRight && JUDGES_STRENGTH) return [];
  const sent = certificate === null ? [] : certificatesFrom(certificate);
  const errors = judgeCertificates(chainFacts(sent, anchors.for), {
    now,
    name,
    isNamed,
    verdict: verdict === null ? null : { name: verdict, words: `OpenSSL says ${verdict}` },
  });
  return isRight ? errors.filter(({ code }) => code.startsWith('weak-')) : errors;
}

/** BoringSSL, which Electron is built on, has no levels of security: it lets keys of 1024 bits and signatures with SHA-1 pass. */
const JUDGES_STRENGTH = process.versions.electron === undefined;

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
