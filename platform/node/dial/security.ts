import type { X509Certificate } from 'node:crypto';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import {
  type ConnectionSecurity,
  type PeerCertificate,
  UNTOLD_SECURITY,
} from '../../../src/message/connection-security.ts';

/** More than a chain has; a server may send as many as it likes. */
const MOST_CERTIFICATES = 16;

/** The chain of a peer, taken apart when somebody looks at it: that costs a tenth of a handshake. */
export type Chain = () => readonly PeerCertificate[];

const NO_CHAIN: Chain = () => [];

/**
 * What the peer of a socket of ours has shown.
 * @param earlier what it had shown when the session began that may have been resumed; nothing is shown again then
 */
export function chainOf(socket: TLSSocket, earlier: Chain = NO_CHAIN): Chain {
  // Node gives it once: a second call would begin at the issuer.
  const first = socket.getPeerX509Certificate();
  return first === undefined ? earlier : memoized(() => linked(first));
}

/** What TLS has agreed on, of a socket whose handshake is done. */
export function securityOf(socket: TLSSocket, chain: Chain): ConnectionSecurity {
  const { name, standardName } = socket.getCipher();
  return {
    protocol: socket.getProtocol(),
    cipher: { name, standardName },
    applicationProtocol: socket.alpnProtocol || null,
    sessionReused: socket.isSessionReused(),
    get peerCertificateChain() {
      return chain();
    },
    ignoredErrors: socket.authorized ? [] : [String(socket.authorizationError)],
  };
}

const known = new WeakMap<object, ConnectionSecurity>();

/** The same of a socket that an agent has made, whatever that is. What cannot be looked at counts as not verified. */
export function securityOfAny(socket: object | null): ConnectionSecurity {
  if (socket === null || !('getPeerX509Certificate' in socket)) return UNVERIFIED;
  const shown = known.get(socket);
  if (shown !== undefined) return shown;
  // The agent's owner may want to look at the certificate, too: this way it stays where it is.
  const peer = (socket as TLSSocket).getPeerCertificate(true);
  const security = securityOf(
    socket as TLSSocket,
    memoized(() => detailed(peer)),
  );
  known.set(socket, security);
  return security;
}

const UNVERIFIED: ConnectionSecurity = { ...UNTOLD_SECURITY, ignoredErrors: ['UNKNOWN'] };

function memoized(make: Chain): Chain {
  let chain: readonly PeerCertificate[] | null = null;
  return () => {
    chain ??= make();
    return chain;
  };
}

function linked(first: X509Certificate): PeerCertificate[] {
  const chain: PeerCertificate[] = [];
  for (let next: X509Certificate | undefined = first; next !== undefined; next = next.issuerCertificate) {
    const isOwnIssuer = chain.at(-1)?.fingerprint256 === next.fingerprint256;
    if (isOwnIssuer || chain.length === MOST_CERTIFICATES) break;
    chain.push(certificateOf(next));
  }
  return chain;
}

function detailed(first: DetailedPeerCertificate): PeerCertificate[] {
  const { X509Certificate: Certificate } = process.getBuiltinModule('node:crypto');
  const chain: PeerCertificate[] = [];
  // A certificate that is its own issuer refers to itself; of a resumed session there is an empty object.
  for (let next = first; next?.raw !== undefined; next = next.issuerCertificate) {
    chain.push(certificateOf(new Certificate(next.raw)));
    if (next.issuerCertificate === next || chain.length === MOST_CERTIFICATES) break;
  }
  return chain;
}

function certificateOf(certificate: X509Certificate): PeerCertificate {
  const { subject, issuer, subjectAltName, serialNumber, validFrom, validTo, fingerprint256, raw } =
    certificate;
  return {
    subject,
    issuer,
    subjectAlternativeName: subjectAltName ?? null,
    serialNumber,
    validFrom: Date.parse(validFrom),
    validTo: Date.parse(validTo),
    fingerprint256,
    raw: Uint8Array.from(raw),
  };
}
