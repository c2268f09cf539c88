import type {
  AuthenticatingServer,
  AuthenticationAnswer,
  AuthenticationScheme,
  Credentials,
  OutgoingRequest,
} from '../call/authentication.ts';
import { NetworkError } from '../error.ts';
import type { ParsedUrl } from '../util/url.ts';
import type { Challenge } from './challenge.ts';

/** Credentials and a challenge, from which answers are made as long as the server takes them. */
export interface Session {
  /**
   * null: not for this request (the hash of a body that cannot be read twice), or nothing is left to say.
   * @param binding what the connection is bound to: `tls-server-end-point:` and a hash of its certificate (RFC 5929); null
   * without TLS
   * @throws UnusableScheme where this machine cannot make an answer
   */
  answer(
    outgoing: OutgoingRequest,
    binding?: Uint8Array | null,
  ): AuthenticationAnswer | Promise<AuthenticationAnswer | null> | null;
  /**
   * What answers a challenge in reply to an answer of this session, with the same credentials: the nonce was too old, the
   * handshake has a further leg. null: the credentials were refused.
   */
  goesOn(challenge: Challenge): Session | null;
  /** What it said was not bound to the connection, although that is TLS. @default false */
  readonly isUnbound?: boolean;
}

/** A scheme of authentication. One more is a file, and a line where a platform lists them. */
export interface Scheme {
  readonly name: AuthenticationScheme;
  /** Where it stands among the others, for what it protects: a server that has been answered does not get a weaker one. */
  readonly rank: number;
  /** It sends the password, or what stands for it, readable by all on the way. */
  readonly isReadable: boolean;
  /** It authenticates a connection and not a request: for the hosts that the application lists. */
  readonly isConnectionBound: boolean;
  /** It speaks as the account of the system unasked: for listed hosts alone, proxies among them. @default false */
  readonly isIntegrated?: boolean;
  /** Whether it can do anything with such credentials. */
  takes(credentials: Credentials): boolean;
  /** 0: it cannot answer this challenge. Of several of the same scheme, the larger is the better; below 100. */
  strengthOf(challenge: Challenge, outgoing: OutgoingRequest): number;
  /** @throws TypeError for credentials that cannot be sent; the error does not show them */
  begin(challenge: Challenge, credentials: Credentials, server: AuthenticatingServer): Session;
  /** The paths below which the same credentials are wanted (RFC 9110 §11.5). */
  spaceOf(challenge: Challenge, url: ParsedUrl): readonly string[];
}

/**
 * In place of credentials: the account that the system is logged in with, whose secret never comes here. Nothing but Negotiate
 * takes it.
 */
export const SYSTEM_ACCOUNT: Credentials = Object.freeze(Object.create(null));

/** A scheme cannot make an answer, for reasons of this machine (no ticket, no package): another one may. */
export class UnusableScheme extends Error {
  /** It is what there is on most machines, and no fault. */
  readonly isExpected: boolean;

  constructor(
    message: string,
    { cause, isExpected = false }: { cause?: unknown; isExpected?: boolean } = {},
  ) {
    super(message, { cause });
    this.isExpected = isExpected;
  }

  /** As the error of a request. */
  toError({ isProxy, origin }: AuthenticatingServer, url: string): NetworkError {
    const code = isProxy ? 'proxy-authentication-required' : 'authentication-required';
    return new NetworkError(code, `${origin} cannot be answered: ${this.message}`, {
      url,
      status: isProxy ? 407 : 401,
      cause: this,
    });
  }
}
