import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import {
  type ConnectionSecurity,
  type PeerCertificate,
  UNTOLD_SECURITY,
} from '../../../src/message/connection-security.ts';
import type { Peer } from './tls-sessions.ts';

/** More than a chain has; a server may send as many as it likes. */
const MOST_CERTIFICATES = 16;

/**
 * What TLS has agreed on, of a socket whose handshake is done.
 * @param earlier whom the session is of that may have been resumed
 */
export function securityOf(socket: TLSSocket, earlier?: Peer): ConnectionSecurity {
  const { name, standardName } = socket.getCipher();
  const shown = chainOf(socket.getPeerX509Certificate());
  return {
    protocol: socket.getProtocol(),
    cipher: { name, standardName },
    applicationProtocol: socket.alpnProtocol || null,
    sessionReused: socket.isSessionReused(),
    peerCertificateChain: shown.length === 0 && socket.isSessionReused() ? (earlier?.chain ?? []) : shown,
    ignoredErrors: socket.authorized ? [] : [String(socket.authorizationError)],
  };
}

const known = new WeakMap<object, ConnectionSecurity>();

/** The same of a socket that an agent has made, whatever that is. What cannot be looked at counts as not verified. */
export function securityOfAny(socket: object | null): ConnectionSecurity {
  if (socket === null || !('getPeerX509Certificate' in socket)) return UNVERIFIED;
  const security = known.get(socket) ?? securityOf(socket as TLSSocket);
  known.set(socket, security);
  return security;
}

const UNVERIFIED: ConnectionSecurity = { ...UNTOLD_SECURITY, ignoredErrors: ['UNKNOWN'] };

function chainOf(first: X509Certificate | undefined): PeerCertificate[] {
  const chain: PeerCertificate[] = [];
  for (let next = first; next !== undefined && chain.length < MOST_CERTIFICATES; ) {
    chain.push(certificateOf(next));
    const issuer: X509Certificate | undefined = next.issuerCertificate;
    next = issuer?.fingerprint256 === next.fingerprint256 ? undefined : issuer;
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
