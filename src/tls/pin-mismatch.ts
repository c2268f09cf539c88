import type { CertificateDetails, SslError } from '../util/ssl-error.ts';

/**
 * No key of a peer is one that its host may be known by.
 * @param chain its verified certificates, or its own; none when it has shown none
 */
export function pinMismatch(name: string, chain: readonly CertificateDetails[]): SslError {
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
