import { isIP, type Socket } from 'node:net';
import { connect, type SecureContext, type TLSSocket } from 'node:tls';

/** What a TLS handshake needs beside the socket under it. */
export interface TlsHandshake {
  readonly context: SecureContext;
  /** To send as SNI and to verify: never from a Host field. */
  readonly name: string;
  /** ALPN protocols in order of preference. */
  readonly protocols: readonly string[];
  /** A session of an earlier connection to resume, or null. */
  readonly session: Buffer | null;
  readonly onSession: (session: Buffer) => void;
  readonly signal: AbortSignal;
}

/**
 * Runs TLS over a connected socket. A certificate that cannot be verified fails, whatever NODE_TLS_REJECT_UNAUTHORIZED
 * says. The socket is destroyed with the handshake when that fails or the signal aborts.
 */
export function startTls(under: Socket, handshake: TlsHandshake): Promise<TLSSocket> {
  const { context, protocols, session, onSession, signal } = handshake;
  const name = withoutRootDot(handshake.name);
  return new Promise((resolve, reject) => {
    const socket = connect({
      socket: under,
      secureContext: context,
      host: name,
      // An address is no SNI (RFC 6066 §3); Node then verifies against `host`.
      servername: isIP(name) === 0 ? name : '',
      ALPNProtocols: [...protocols],
      rejectUnauthorized: true,
      ...(session === null ? {} : { session }),
    });
    const abort = (): void => {
      socket.destroy();
      reject(signal.reason);
    };
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    socket.on('session', onSession);
    // For good: an error that nobody listens to would end the process, also after the handshake.
    socket.on('error', reject);
    socket.once('close', () => signal.removeEventListener('abort', abort));
    socket.once('secureConnect', () => {
      signal.removeEventListener('abort', abort);
      resolve(socket);
    });
  });
}

/** RFC 6066 §3: SNI has no trailing dot. */
function withoutRootDot(name: string): string {
  return name.endsWith('.') ? name.slice(0, -1) : name;
}
