import type { X509Certificate } from 'node:crypto';
import { judgeCertificates } from '../../../src/tls/judge-certificates.ts';
import type { SslError } from '../../../src/util/ssl-error.ts';
import { certificatesFrom, chainFacts, isCertificateFor } from './certificates.ts';
import type { TrustAnchors } from './trust-anchors.ts';

/** What a peer is judged by. */
export interface PeerToJudge {
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
