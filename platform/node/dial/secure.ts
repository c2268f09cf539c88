import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { NetworkError } from '../../../src/error.ts';
import { idOfError } from '../../../src/tls/ignored-errors.ts';
import type { SslError } from '../../../src/util/ssl-error.ts';
import { nodeOptions } from '../node-options.ts';
import { certificatesFrom } from './certificates.ts';
import { judgePeer } from './judge-peer.ts';
import { securityOf } from './security.ts';
import type { Dialing, Reached, Step } from './step.ts';
import { secured, tlsConnectionOptions, withoutRootDot } from './tls-handshake.ts';
import type { TlsIdentity } from './tls-identity.ts';
import type { KeptSession, TlsSessions } from './tls-sessions.ts';

/** Runs TLS with the origin over what there is: a socket, a tunnel, a stream. */
export function secureStep(identity: TlsIdentity, sessions: TlsSessions): Step {
  return {
    name: 'secure',
    take: (reached, dialing) => new Handshake(reached, dialing, identity, sessions).run(),
  };
}

/**
 * One handshake, and what it has shown.
 *
 * Node judges nothing here. What the peer shows is judged twice: when OpenSSL has seen it and nothing of ours has been shown
 * yet, if there is a certificate of ours that would be (Node itself shows it to whoever asks, and judges then); and when the
 * handshake is done, before a byte of a request is sent.
 */
class Handshake {
  readonly #reached: Reached;
  readonly #dialing: Dialing;
  readonly #identity: TlsIdentity;
  readonly #sessions: TlsSessions;
  readonly #name: string;
  readonly #session: KeptSession | null;
  readonly #socket: TLSSocket;
  #certificate: X509Certificate | null = null;
  #ocspResponse: Uint8Array | null = null;
  #refused: NetworkError | null = null;
  /** The last ticket that has come before the peer was judged. */
  #ticket: Buffer | null = null;
  #isAccepted = false;

  constructor(reached: Reached, dialing: Dialing, identity: TlsIdentity, sessions: TlsSessions) {
    const { endpoint, offer } = dialing;
    this.#reached = reached;
    this.#dialing = dialing;
    this.#identity = identity;
    this.#sessions = sessions;
    this.#name = withoutRootDot(identity.servername ?? endpoint.host);
    this.#session = sessions.get(endpoint.key);
    const options = tlsConnectionOptions({
      context: identity.context,
      name: this.#name,
      protocols: offer,
      session: this.#session?.ticket ?? null,
    });
    const { connect } = process.getBuiltinModule('node:tls');
    this.#socket = connect(nodeOptions('tls', { ...options, socket: reached.wire! }));
  }

  async run(): Promise<Reached> {
    const socket = this.#socket;
    const { call, signal } = this.#dialing;
    socket.on('session', (ticket) => this.#keep(ticket));
    socket.once('OCSPResponse', (response) => this.#shown(response));
    await secured(socket, signal).catch((cause: unknown) => {
      throw this.#refused ?? cause;
    });
    // An alert of TLS comes as an error that closes nothing, when there may be no other listener.
    socket.on('error', (error) => socket.destroy(error));
    call.timings.secureConnectEnd = call.time();
    const errors = this.#judge(socket.authorized ? null : String(socket.authorizationError));
    if (this.#refused !== null) {
      socket.destroy();
      throw this.#refused;
    }
    this.#accept();
    const ignoredErrors = errors.map(({ code }) => code);
    const certificates = (): X509Certificate[] =>
      this.#certificate === null ? [] : certificatesFrom(this.#certificate);
    const security = securityOf(socket, { certificates, ignoredErrors, ocspResponse: this.#ocspResponse });
    return { ...this.#reached, wire: socket, inbox: null, security };
  }

  /** The server has shown what it shows, and nothing of ours has been. Called by OpenSSL in the middle of the handshake. */
  #shown(response: Buffer | null): void {
    this.#ocspResponse = response === null ? null : Uint8Array.from(response);
    if (!this.#identity.hasCertificate) return;
    const verdict = verdictSoFar(this.#socket);
    if (verdict === undefined) return;
    this.#judge(verdict);
    if (this.#refused === null) return;
    // OpenSSL is at work, and what it works on must not be destroyed: now nothing can be written any more.
    this.#reached.wire!.end();
    setImmediate(() => this.#socket.destroy());
  }

  /** All that is wrong, which must be what the request accepts. */
  #judge(verdict: string | null): SslError[] {
    const { endpoint, call, url } = this.#dialing;
    // Node gives it once: a second call would begin at the issuer. Of a resumed session there is none.
    this.#certificate ??= this.#socket.getPeerX509Certificate() ?? this.#session?.certificate ?? null;
    const errors = judgePeer({
      certificate: this.#certificate,
      verdict,
      name: this.#name,
      now: call.clock.now(),
      anchors: this.#identity.anchors,
    });
    if (errors.some((error) => !endpoint.ignoredErrors.has(idOfError(error))))
      this.#refused = certificateError(errors, url);
    return errors;
  }

  #accept(): void {
    this.#isAccepted = true;
    if (this.#ticket !== null) this.#keep(this.#ticket);
  }

  #keep(ticket: Buffer): void {
    this.#ticket = ticket;
    if (!this.#isAccepted) return;
    this.#sessions.set(this.#dialing.endpoint.key, { ticket, certificate: this.#certificate });
  }
}

/** What Node would say of the certificate now, null for nothing; undefined where it does not tell in the middle. */
function verdictSoFar(socket: TLSSocket): string | null | undefined {
  const handle = (socket as TLSSocket & { _handle?: { verifyError?(): { code?: string } | null } })._handle;
  if (typeof handle?.verifyError !== 'function') return undefined;
  const error = handle.verifyError();
  return error ? String(error.code) : null;
}

function certificateError(sslErrors: readonly SslError[], url: string): NetworkError {
  const words = sslErrors.map(({ message }) => message).join('; ');
  return new NetworkError('ssl-handshake-failed', `the TLS handshake failed: ${words}`, { url, sslErrors });
}

/** No byte of a request is sent before the application has seen the certificate. */
export const approveStep: Step = {
  name: 'approve',
  async take(reached, { ask, url }): Promise<Reached> {
    const { allowed } = await ask({ type: 'encrypted', security: reached.security! });
    if (allowed) return reached;
    throw new NetworkError('operation-canceled', 'the encrypted connection was declined', { url });
  },
};
