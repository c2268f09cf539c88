import type { SslError, SslErrorCode } from '../util/ssl-error.ts';
import type { CertificateFacts, Chain, KeyFacts } from './certificate-facts.ts';
import { codeOfOpenssl, isUntrusted } from './openssl-codes.ts';
import { messageOf, type Named } from './ssl-error-words.ts';

/** What is judged beside the chain itself. */
export interface Judgement {
  /** Epoch milliseconds. */
  readonly now: number;
  /** The name or address that the server has to prove. */
  readonly name: string;
  /** Whether its certificate has that name among its alternative names (RFC 9525: nowhere else). */
  readonly isNamed: boolean;
  /** What OpenSSL says, by Node's name of it and in words; null when it has nothing to say. */
  readonly verdict: { readonly name: string; readonly words: string } | null;
}

/**
 * Everything that is wrong with a chain. OpenSSL tells the last thing that it came across, which hides the others; so each
 * certificate is looked at anew, and its verdict is one more.
 *
 * It is never weaker than OpenSSL: a chain without errors is one that OpenSSL has found none in either.
 */
export function judgeCertificates(chain: Chain, judgement: Judgement): SslError[] {
  const { certificates } = chain;
  const [first] = certificates;
  if (first === undefined) return [error('no-peer-certificate', 'NO_PEER_CERT', null, 0, judgement)];
  const errors = [...untrusted(chain, judgement), ...faultsOnPath(chain, judgement)];
  if (!judgement.isNamed) {
    errors.push(error('host-name-mismatch', 'HOSTNAME_MISMATCH', first, 0, judgement));
  }
  return withVerdict(errors, certificates, judgement);
}

/** Nothing leads to a certificate that is trusted: why. */
function untrusted({ certificates, trustedPaths }: Chain, judgement: Judgement): SslError[] {
  const verdict = judgement.verdict === null ? null : codeOfOpenssl(judgement.verdict.name);
  const isKnown = verdict !== null && isUntrusted(verdict);
  if (trustedPaths.length > 0 && !isKnown) return [];
  // OpenSSL may trust what we do not know of (a directory of its own), and says nothing then.
  if (verdict === null) return [];
  const [first] = certificates;
  const last = certificates.at(-1)!;
  const depth = certificates.length - 1;
  if (first!.isSelfSigned)
    return [error('self-signed-certificate', 'DEPTH_ZERO_SELF_SIGNED_CERT', first!, 0, judgement)];
  if (last.isSelfSigned) {
    return [error('self-signed-certificate-in-chain', 'SELF_SIGNED_CERT_IN_CHAIN', last, depth, judgement)];
  }
  const errors = [
    error(
      'unable-to-get-local-issuer-certificate',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      last,
      depth,
      judgement,
    ),
  ];
  // Qt and OpenSSL tell of the first one, too, when it came alone.
  if (certificates.length === 1) {
    errors.push(
      error('unable-to-verify-first-certificate', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', first!, 0, judgement),
    );
  }
  return errors;
}

/** The faults on the best way: servers send certificates of several, of which one may have expired long ago. */
function faultsOnPath({ certificates, trustedPaths }: Chain, judgement: Judgement): SslError[] {
  if (trustedPaths.length === 0)
    return certificates.flatMap((one, depth) => faultsOf(one, depth, false, judgement));
  const faults = trustedPaths.map((path) =>
    path.flatMap((one, depth) => faultsOf(one, depth, depth === path.length - 1, judgement)),
  );
  return faults.reduce((best, one) => (one.length < best.length ? one : best));
}

/** What a certificate says that speaks against it. What is trusted as such signs itself, with whatever that is worth. */
function faultsOf(
  certificate: CertificateFacts,
  depth: number,
  isAnchor: boolean,
  judgement: Judgement,
): SslError[] {
  const { now } = judgement;
  const { details, key, signatureAlgorithm } = certificate;
  const faults: (readonly [code: SslErrorCode, openssl: string])[] = [];
  if (Number.isNaN(details.validFrom))
    faults.push(['invalid-not-before-field', 'ERROR_IN_CERT_NOT_BEFORE_FIELD']);
  if (Number.isNaN(details.validTo))
    faults.push(['invalid-not-after-field', 'ERROR_IN_CERT_NOT_AFTER_FIELD']);
  if (now < details.validFrom) faults.push(['certificate-not-yet-valid', 'CERT_NOT_YET_VALID']);
  if (now > details.validTo) faults.push(['certificate-expired', 'CERT_HAS_EXPIRED']);
  if (depth === 0 && !certificate.isForServers) faults.push(['invalid-purpose', 'INVALID_PURPOSE']);
  if (depth > 0 && !certificate.isAuthority) faults.push(['invalid-ca-certificate', 'INVALID_CA']);
  if (isWeakKey(key)) faults.push(['weak-key', depth === 0 ? 'EE_KEY_TOO_SMALL' : 'CA_KEY_TOO_SMALL']);
  const isSignatureUsed = !isAnchor && !certificate.isSelfSigned;
  if (isSignatureUsed && isWeakSignature(signatureAlgorithm))
    faults.push(['weak-signature', 'CA_MD_TOO_WEAK']);
  return faults.map(([code, openssl]) => error(code, openssl, certificate, depth, judgement));
}

/** Below 112 bits of strength (NIST SP 800-131A): what OpenSSL refuses from its second security level on. */
function isWeakKey({ type, bits }: KeyFacts): boolean {
  if (type === 'rsa' || type === 'rsa-pss' || type === 'dsa' || type === 'dh') return bits < 2048;
  return type === 'ec' && bits > 0 && bits < 224;
}

/** MD2, MD4, MD5 and SHA-1 with RSA, DSA and ECDSA (RFC 3279, RFC 5758): two texts with one hash can be had. */
const WEAK_SIGNATURES: ReadonlySet<string> = new Set([
  '1.2.840.113549.1.1.2',
  '1.2.840.113549.1.1.3',
  '1.2.840.113549.1.1.4',
  '1.2.840.113549.1.1.5',
  '1.3.14.3.2.29',
  '1.2.840.10040.4.3',
  '1.2.840.10045.4.1',
]);

function isWeakSignature(algorithm: string | null): boolean {
  return algorithm !== null && WEAK_SIGNATURES.has(algorithm);
}

/** The verdict of OpenSSL, unless it is among what was found. It is about the server's own certificate for all we know. */
function withVerdict(
  errors: SslError[],
  certificates: readonly CertificateFacts[],
  judgement: Judgement,
): SslError[] {
  const { verdict } = judgement;
  if (verdict === null) return errors;
  const code = codeOfOpenssl(verdict.name);
  const isThere = errors.some((one) => one.code === code || (isUntrusted(code) && isUntrusted(one.code)));
  // What OpenSSL has no name for in Node is weakness, most of the time.
  const isWeakness = code === 'unspecified-error' && errors.some((one) => one.code.startsWith('weak-'));
  if (isThere || isWeakness) return errors;
  return [...errors, error(code, verdict.name, certificates[0]!, 0, judgement)];
}

function error(
  code: SslErrorCode,
  opensslCode: string,
  certificate: CertificateFacts | null,
  depth: number,
  { now, name, verdict }: Judgement,
): SslError {
  const details = certificate?.details ?? null;
  const named: Named = { now, name, words: verdict?.words ?? '' };
  return { code, opensslCode, message: messageOf(code, details, named), certificate: details, depth };
}
