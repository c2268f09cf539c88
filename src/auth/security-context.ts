import type { PasswordCredentials } from '../call/authentication.ts';

/** What a {@link SecurityContext} is made for: a server or proxy that asks by Negotiate. */
export interface SecurityContextRequest {
  /** The scheme of the challenge. */
  readonly scheme: 'negotiate';
  /** The name in the URL of the server, or of the proxy. It is not looked up in DNS, so that no answer of DNS chooses the key. */
  readonly hostname: string;
  /** The service of that host, by which its key is known to Kerberos: `HTTP@host`, as GSS-API writes it (RFC 4559 §4.1). */
  readonly principal: string;
  /** A proxy asks, and not the server of the URL. */
  readonly isProxy: boolean;
  /** Who asks, where the application has said so; null for the account that the system is logged in with. */
  readonly credentials: PasswordCredentials | null;
}

/**
 * One handshake of GSS-API or SSPI, as its client: what makes the tokens of Negotiate (RFC 4559). It is used for one
 * connection, and let go when the handshake is over or given up.
 */
export interface SecurityContext {
  /**
   * Makes the next token.
   * @param token what the server has said; null to begin
   * @param binding what the connection is bound to: `tls-server-end-point:` and a hash of the certificate of its server
   * (RFC 5929), which GSS-API takes as the application data of its channel bindings; null without TLS
   * @returns what is to be said, or null when nothing is
   * @throws what ends the handshake: no ticket, a token that is wrong
   */
  step(token: Uint8Array | null, binding: Uint8Array | null): Promise<Uint8Array | null> | Uint8Array | null;
  /** Nothing more is needed of the server: it has proven that it knows the key of its service, or need not. */
  readonly isEstablished: boolean;
  /**
   * The token of the last step is answered by another one, whatever is asked for: the body of the request is kept back.
   * @default false
   */
  readonly expectsAnswer?: boolean;
  /** `step` makes use of `binding`. False: where a server refuses, it is told that this may be why. @default true */
  readonly bindsChannel?: boolean;
}

/**
 * Gives the context of a handshake, or null where there is none for such credentials: then the next scheme is tried.
 * @throws what hinders it, which the error of the reply says where there is no other scheme
 */
export type SecurityContextFactory = (
  request: SecurityContextRequest,
) => SecurityContext | null | Promise<SecurityContext | null>;
