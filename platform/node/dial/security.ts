import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import {
  type ConnectionSecurity,
  type EphemeralKey,
  type PeerCertificate,
  UNTOLD_SECURITY,
} from '../../../src/message/connection-security.ts';
import { codeOfOpenssl } from '../../../src/tls/openssl-codes.ts';
import { certificatesOf, detailsOf } from './certificates.ts';

/** What is known of a connection beside its socket. */
export interface Known {
  /** The peer's own certificate and those that came with it, when they are looked at. */
  certificates(): readonly X509Certificate[];
  /** Codes of what was wrong and was accepted. */
  readonly ignoredErrors: readonly string[];
  readonly ocspResponse: Uint8Array | null;
}

/** What TLS has agreed on, of a socket whose handshake is done. Certificates are taken apart when somebody looks at them. */
export function securityOf(
  socket: TLSSocket,
  { certificates, ignoredErrors, ocspResponse }: Known,
): ConnectionSecurity {
  const { name, standardName } = socket.getCipher();
  const own = socket.getX509Certificate();
  let chain: readonly PeerCertificate[] | null = null;
  let local: PeerCertificate | null = null;
  return {
    protocol: socket.getProtocol(),
    cipher: { name, standardName },
    applicationProtocol: socket.alpnProtocol || null,
    sessionReused: socket.isSessionReused(),
    get peerCertificateChain() {
      chain ??= certificates().map(shownCertificate);
      return chain;
    },
    ignoredErrors,
    certificateErrorsIgnored: ignoredErrors.length > 0,
    get localCertificate() {
      if (own !== undefined) local ??= shownCertificate(own);
      return local;
    },
    ephemeralKey: ephemeralKeyOf(socket),
    ocspResponse,
  };
}

const known = new WeakMap<object, ConnectionSecurity>();

/** The same of a socket that an agent has made, whatever that is. What cannot be looked at counts as not verified. */
export function securityOfAny(socket: object | null): ConnectionSecurity {
  if (socket === null || !('getPeerX509Certificate' in socket)) return UNVERIFIED;
  const shown = known.get(socket);
  if (shown !== undefined) return shown;
  // A socket whose handshake was only said to have happened (by a library that answers for servers in tests) has nothing more
  // to tell, and Node 26 crashes when it is asked.
  if (isWithoutCipher(socket as TLSSocket)) return UNVERIFIED;
  const { authorized, authorizationError } = socket as TLSSocket;
  // The agent's owner may want to look at the certificate, too: this way it stays where it is.
  const peer = (socket as TLSSocket).getPeerCertificate(true);
  const security = securityOf(socket as TLSSocket, {
    certificates: () => certificatesOf(peer),
    ignoredErrors: authorized ? [] : [codeOfOpenssl(String(authorizationError))],
    ocspResponse: null,
  });
  known.set(socket, security);
  return security;
}

/** Its types know no socket without one. */
function isWithoutCipher(socket: TLSSocket): boolean {
  return (socket.getCipher() as unknown) === undefined;
}

const UNVERIFIED: ConnectionSecurity = {
  ...UNTOLD_SECURITY,
  ignoredErrors: ['unspecified-error'],
  certificateErrorsIgnored: true,
};

/** Null on the server's side, and where no key was exchanged. */
function ephemeralKeyOf(socket: TLSSocket): EphemeralKey | null {
  const { type, name, size } = (socket.getEphemeralKeyInfo() ?? {}) as Partial<EphemeralKey>;
  return type === undefined || size === undefined ? null : { type, name: name ?? null, size };
}

function shownCertificate(certificate: X509Certificate): PeerCertificate {
  return { ...detailsOf(certificate), raw: Uint8Array.from(certificate.raw) };
}
