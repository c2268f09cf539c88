import { isIP } from 'node:net';
import type { ConnectionOptions, SecureContext, TLSSocket } from 'node:tls';
import type { PreSharedKey } from '../../../src/call/pre-shared-key.ts';

/** What a TLS handshake is made of. */
export interface TlsHandshake {
  readonly context: SecureContext;
  /** To send as SNI: never from a Host field. */
  readonly name: string;
  /** ALPN protocols in order of preference. */
  readonly protocols: readonly string[];
  /** A session of an earlier connection to resume, or null. */
  readonly session: Buffer | null;
  /** A key that may stand in place of certificates, or null. */
  readonly preSharedKey: PreSharedKey | null;
}

/**
 * Node lets everything through, and so has no say, nor has NODE_TLS_REJECT_UNAUTHORIZED: it would tell one error of several
 * and destroy what could tell the others. The caller judges what was shown.
 */
export function tlsConnectionOptions(
  handshake: TlsHandshake,
): ConnectionOptions & { readonly requestOCSP: true } {
  const { context, protocols, session, preSharedKey } = handshake;
  const { name } = handshake;
  return {
    secureContext: context,
    // An address is no SNI (RFC 6066 §3). Left out and not empty: Deno makes an origin of it for HTTP/2.
    ...(isIP(name) === 0 ? { servername: name } : {}),
    checkServerIdentity: () => undefined,
    ALPNProtocols: [...protocols],
    rejectUnauthorized: false,
    // The answer comes before anything of ours is shown (TLS 1.2 and 1.3), whether or not the server has one.
    requestOCSP: true,
    ...(session === null ? {} : { session }),
    ...(preSharedKey === null ? {} : { pskCallback: () => keyOf(preSharedKey) }),
  };
}

function keyOf({ identity, preSharedKey }: PreSharedKey): {
  readonly identity: string;
  readonly psk: Uint8Array;
} {
  return { identity, psk: Buffer.from(preSharedKey) };
}

/**
 * Waits for the end of the handshake. When that fails or the signal aborts, the socket is destroyed. The socket outlives
 * the request that it is opened for, and does not keep it.
 */
export function secured(socket: TLSSocket, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (outcome: () => void): void => {
      signal.removeEventListener('abort', abort);
      socket.off('close', closed).off('error', failed).off('secureConnect', done);
      outcome();
    };
    const abort = (): void => {
      socket.destroy();
      end(() => reject(signal.reason));
    };
    const closed = (): void => end(() => reject(socket.errored ?? closedEarly()));
    const failed = (error: Error): void => end(() => reject(error));
    const done = (): void => end(resolve);
    signal.addEventListener('abort', abort);
    // For good: others may follow, and one that nobody listens to would end the process.
    socket.on('error', ignore);
    socket.on('close', closed).on('error', failed).on('secureConnect', done);
    if (signal.aborted) abort();
    // A handshake that cannot even begin has failed by now.
    else if (socket.destroyed) closed();
  });
}

function ignore(): void {}

/** A name to send as SNI and to look for in certificates: without the dot of the root (RFC 6066 §3). */
export function withoutRootDot(name: string): string {
  return name.endsWith('.') ? name.slice(0, -1) : name;
}

/** What stands for a socket may close without a word. */
function closedEarly(): Error {
  return Object.assign(new Error('closed before TLS was established'), { code: 'ECONNRESET' });
}
