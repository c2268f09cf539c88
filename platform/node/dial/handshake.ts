import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { PreSharedKey } from '../../../src/call/pre-shared-key.ts';
import { NetworkError } from '../../../src/error.ts';
import type { ConnectionSecurity } from '../../../src/message/connection-security.ts';
import type { PinnedKeys } from '../../../src/options/certificate-pins.ts';
import { idOfError } from '../../../src/tls/ignored-errors.ts';
import type { Clock } from '../../../src/util/clock.ts';
import type { SslError } from '../../../src/util/ssl-error.ts';
import { connectionFailure } from '../connection-failure.ts';
import { nodeOptions } from '../node-options.ts';
import { certificatesFrom } from './certificates.ts';
import { judgePeer, pinError } from './judge-peer.ts';
import { securityOf } from './security.ts';
import type { Wire } from './step.ts';
import { secured, tlsConnectionOptions } from './tls-handshake.ts';
import type { TlsIdentity } from './tls-identity.ts';
import type { KeptSession } from './tls-sessions.ts';

/** Between whom a handshake is, and on what terms. */
export interface HandshakeTerms {
  readonly wire: Wire;
  readonly identity: TlsIdentity;
  /** What the peer has to prove; also sent as SNI. */
  readonly name: string;
  /** ALPN protocols to offer, in order of preference. */
  readonly protocols: readonly string[];
  /** One to resume, or null. */
  readonly session: KeptSession | null;
  /** What may stand in place of certificates; then there is no session. */
  readonly preSharedKey: PreSharedKey | null;
  /** Takes the sessions of a peer that was accepted, as long as the connection lasts: it must hold nothing of the request. */
  readonly keep: ((session: KeptSession) => void) | null;
  /** What may be wrong with the certificates, by {@link idOfError}. */
  readonly ignoredErrors: ReadonlySet<string>;
  /** Keys that the peer may be known by; null for any. */
  readonly pins: Required<PinnedKeys> | null;
  /** Tells the application what has cost nothing. */
  readonly report: (fault: Error) => void;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** For errors. */
  readonly url: string;
}

/** What a handshake has led to. */
export interface Secured {
  readonly socket: TLSSocket;
  readonly security: ConnectionSecurity;
}

/**
 * One handshake, and what it has shown.
 *
 * Node judges nothing here. What the peer shows is judged twice: when OpenSSL has seen it and nothing of ours has been shown
 * yet, if there is a certificate of ours that would be (Node itself shows it to whoever asks, and judges then); and when the
 * handshake is done, before a byte of a request is sent.
 *
 * The socket outlives the request that it is opened for, and nothing that it keeps holds the handshake.
 */
export class Handshake {
  readonly #terms: HandshakeTerms;
  readonly #socket: TLSSocket;
  readonly #tickets: Tickets;
  #certificate: X509Certificate | null = null;
  #ocspResponse: Uint8Array | null = null;
  #refused: NetworkError | null = null;

  constructor(terms: HandshakeTerms) {
    const { wire, identity, name, protocols, session, keep, preSharedKey } = terms;
    this.#terms = terms;
    this.#tickets = new Tickets(keep);
    const context = preSharedKey === null ? identity.context : identity.preSharedKeyContext;
    const ticket = session?.ticket ?? null;
    const options = tlsConnectionOptions({ context, name, protocols, session: ticket, preSharedKey });
    const { connect } = process.getBuiltinModule('node:tls');
    this.#socket = connect(nodeOptions('tls', { ...options, socket: wire }));
  }

  /** @throws NetworkError ssl-handshake-failed with all that is wrong, when it is not what may be; what Node fails with */
  async run(): Promise<Secured> {
    const socket = this.#socket;
    listen(socket, this.#tickets);
    const shown = (response: Buffer | null): void => this.#shown(response);
    socket.once('OCSPResponse', shown);
    await secured(socket, this.#terms.signal)
      .catch((cause: unknown) => {
        throw this.#refused ?? this.#inWords(cause);
      })
      .finally(() => socket.off('OCSPResponse', shown));
    const verdict = socket.authorized ? null : String(socket.authorizationError);
    const errors = this.#refused === null ? this.#judge(verdict) : [];
    if (this.#refused !== null) {
      socket.destroy();
      throw this.#refused;
    }
    this.#reportPins();
    this.#tickets.accept(this.#certificate);
    return { socket, security: securityOf(socket, known(this.#certificate, errors, this.#ocspResponse)) };
  }

  /** What OpenSSL fails with says nothing of what can be done, nor BoringSSL's where a server knows keys in TLS 1.3 alone. */
  #inWords(cause: unknown): NetworkError {
    if (cause instanceof NetworkError) return cause;
    const { preSharedKey, url } = this.#terms;
    const failure = connectionFailure(cause, url);
    if (preSharedKey === null || process.versions.electron === undefined) return failure;
    const advice = 'pre-shared keys are spoken with TLS 1.2 alone in Electron (BoringSSL)';
    return new NetworkError('ssl-handshake-failed', `${failure.message}; ${advice}`, { url, cause });
  }

  /** The server has shown what it shows, and nothing of ours has been. Called by OpenSSL in the middle of the handshake. */
  #shown(response: Buffer | null): void {
    this.#ocspResponse = response === null ? null : Uint8Array.from(response);
    if (!this.#terms.identity.hasCertificate) return;
    try {
      this.#judgeEarly();
    } catch (cause) {
      // OpenSSL catches nothing: it would end the process.
      const words = 'what the server has shown cannot be judged';
      this.#refused = new NetworkError('ssl-handshake-failed', words, { url: this.#terms.url, cause });
    }
    if (this.#refused === null) return;
    // OpenSSL is at work, and what it works on must not be destroyed: now nothing can be written any more.
    this.#terms.wire.end();
    setImmediate(() => this.#socket.destroy());
  }

  #judgeEarly(): void {
    // One without a certificate asks for none (RFC 4279 §2, RFC 8446 §4.3.2), and Node would crash when asked about it here.
    this.#certificate ??= this.#socket.getPeerX509Certificate() ?? null;
    if (this.#certificate === null) return;
    const verdict = verdictSoFar(this.#socket);
    if (verdict !== undefined) this.#judge(verdict);
  }

  /** All that is wrong, which must be what the request accepts. */
  #judge(verdict: string | null): SslError[] {
    const { name, clock, identity, session, ignoredErrors, pins, url } = this.#terms;
    // Node gives it once: a second call would begin at the issuer. Of a resumed session there is none.
    this.#certificate ??= this.#socket.getPeerX509Certificate() ?? session?.certificate ?? null;
    const errors = this.#hasProvedKey(verdict)
      ? []
      : judgePeer({
          certificate: this.#certificate,
          verdict,
          name,
          now: clock.now(),
          anchors: identity.anchors,
        });
    if (pins?.reportOnly === false) errors.push(...this.#pinErrors());
    if (errors.some((error) => !ignoredErrors.has(idOfError(error))))
      this.#refused = certificateError(errors, url);
    return errors;
  }

  /**
   * There is no certificate because the peer knows the key. In TLS 1.3 that is a session to resume which nobody has begun:
   * with a key there is no other.
   */
  #hasProvedKey(verdict: string | null): boolean {
    const { preSharedKey, session } = this.#terms;
    if (preSharedKey === null || session !== null || verdict !== null || this.#certificate !== null)
      return false;
    const { name } = this.#socket.getCipher();
    return this.#socket.getProtocol() === 'TLSv1.3' ? this.#socket.isSessionReused() : /(^|-)PSK-/.test(name);
  }

  #pinErrors(): SslError[] {
    const { pins, identity, name } = this.#terms;
    const error = pins === null ? null : pinError(this.#certificate, identity.anchors, pins, name);
    return error === null ? [] : [error];
  }

  #reportPins(): void {
    const { pins, report, url } = this.#terms;
    if (pins?.reportOnly !== true) return;
    const sslErrors = this.#pinErrors();
    if (sslErrors.length > 0) report(certificateError(sslErrors, url));
  }
}

/** The tickets of one socket: they are kept once the peer is accepted, with what it has shown. */
class Tickets {
  readonly #keep: ((session: KeptSession) => void) | null;
  /** The last that has come before the peer was judged. */
  #early: Buffer | null = null;
  #isAccepted = false;
  #certificate: X509Certificate | null = null;

  constructor(keep: ((session: KeptSession) => void) | null) {
    this.#keep = keep;
  }

  take(ticket: Buffer): void {
    if (this.#isAccepted) this.#keep?.({ ticket, certificate: this.#certificate });
    else this.#early = ticket;
  }

  accept(certificate: X509Certificate | null): void {
    this.#isAccepted = true;
    this.#certificate = certificate;
    if (this.#early !== null) this.take(this.#early);
  }
}

/** Functions of a function share what it knows, so these have one of their own: they stay on the socket. */
function listen(socket: TLSSocket, tickets: Tickets): void {
  socket.on('session', (ticket) => tickets.take(ticket));
  // An alert of TLS comes as an error that closes nothing, when there may be no other listener.
  socket.once('secureConnect', () => socket.on('error', (error) => socket.destroy(error)));
}

/** As {@link listen}: what is looked at later. */
function known(
  certificate: X509Certificate | null,
  errors: readonly SslError[],
  ocspResponse: Uint8Array | null,
): Parameters<typeof securityOf>[1] {
  const certificates = (): X509Certificate[] => (certificate === null ? [] : certificatesFrom(certificate));
  return { certificates, ignoredErrors: errors.map(({ code }) => code), ocspResponse };
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
