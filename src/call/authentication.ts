import type { RequestBody } from '../message/body.ts';
import type { Call } from './call.ts';
import type { ManagerSettings } from './parts.ts';
import type { HttpRequest } from './request.ts';
import type { HttpResponse } from './response.ts';
import type { Next, Stage } from './stage.ts';

/**
 * Schemes by their names in HTTP, in lower case; `ntlm` and `negotiate` are spoken on Node. `socks5` is the user and password of a
 * SOCKS5 proxy (RFC 1929), which is no scheme of HTTP: it answers those alone.
 */
export type AuthenticationScheme = 'negotiate' | 'ntlm' | 'digest' | 'bearer' | 'basic' | 'socks5';

/** What is asked for when a server or proxy wants to know who asks: plain data. */
export interface AuthenticationChallenge {
  /** What will be answered, in lower case: `basic`, `digest`, `bearer`, `ntlm`, `negotiate`. */
  readonly scheme: AuthenticationScheme;
  /** What the credentials are for, in the words of the server. Empty where it gives none. */
  readonly realm: string;
  /** `scheme://host[:port]` of the server or proxy that asks: credentials go nowhere else. */
  readonly origin: string;
  /** A proxy asks, and not the server of the URL. */
  readonly isProxy: boolean;
  /** 1 for the first time; each refusal within the same request adds one. */
  readonly attempt: number;
  /** The parameters of the challenge, names in lower case. */
  readonly options: Readonly<Record<string, string>>;
}

/** Who asks, by a name and a password: for Basic, Digest and NTLM. */
export interface PasswordCredentials {
  /** The name of the account. */
  readonly user: string;
  /** What proves it. It is sent to no other origin, and never shown. */
  readonly password: string;
  /** For NTLM: the domain, where `user` does not say it (`DOMAIN\user`, `user@domain`). */
  readonly domain?: string | undefined;
  /** For NTLM: the name of this machine, as the server may log it. */
  readonly workstation?: string | undefined;
}

/** A token for Bearer (RFC 6750). */
export interface TokenCredentials {
  /** What stands behind `Bearer` in the field, as it was issued. */
  readonly token: string;
}

/** Who asks. */
export type Credentials = PasswordCredentials | TokenCredentials;

/** Whom to ask as, by the origin of the server (`https://api.example`). */
export type CredentialsByOrigin = Readonly<Record<string, Credentials>>;

/** Gives the credentials for a challenge, or null to leave it to the listeners of `authenticationRequired`. */
export type CredentialsSource = (
  challenge: AuthenticationChallenge,
) => Credentials | null | undefined | Promise<Credentials | null | undefined>;

/**
 * What the listeners of `authenticationRequired` and `proxyAuthenticationRequired` fill in. Left as it is, or cancelled, it
 * gives nothing, and the response that has asked is delivered. What is filled in is never shown where this is logged.
 *
 * Qt: `QAuthenticator`.
 */
export interface Authenticator extends AuthenticationChallenge {
  /** The name of the account. Empty until it is filled in. */
  user: string;
  /** What proves it. Empty until it is filled in. */
  password: string;
  /** In place of the two: a token for Bearer. */
  token: string;
  /** For NTLM: the domain, where `user` is not `DOMAIN\user`. */
  domain: string;
  /** For NTLM: the name of this machine, as the server may log it. */
  workstation: string;
  /** Gives nothing, whatever is filled in. */
  cancel(): void;
  /** @internal What was filled in. */
  readonly credentials: Credentials | null;
}

/** Who wants to know: the server of a request, or a proxy on the way to it. */
export interface AuthenticatingServer {
  /** A proxy asks, and not the server of the URL. */
  readonly isProxy: boolean;
  /** `scheme://host[:port]`. */
  readonly origin: string;
  /** Its name or address, as URLs have it. */
  readonly hostname: string;
  /** Host, and port when it is not the scheme's default. */
  readonly authority: string;
  /** Nobody reads along on the connection to it: it is TLS, or does not leave this machine. */
  readonly isEncrypted: boolean;
  /** The name in its URL, which is used before anybody is asked; empty for none. */
  readonly username: string;
  /** The other half of `username`; empty for none. */
  readonly password: string;
}

/** What an answer may depend on of a request. */
export interface OutgoingRequest {
  /** The verb, which Digest signs. */
  readonly method: string;
  /** The request target exactly as it stands in the request line (RFC 9112 §3.2): absolute at a proxy, an authority in CONNECT. */
  readonly target: string;
  /** What is sent, which Digest signs with `qop=auth-int`; null for none. */
  readonly body: RequestBody | null;
  /** The host that is spoken to, for schemes that name it. */
  readonly hostname?: string;
  /** The certificate of the connection, in DER; null without TLS. */
  readonly certificate?: Uint8Array | null;
}

/** One answer to a challenge. */
export interface AuthenticationAnswer {
  /** What stands in Authorization or Proxy-Authorization; empty for nothing. */
  readonly value: string;
  /** A leg of a handshake that will be answered by a challenge, whatever is asked for: no body goes with it. */
  readonly isUnfinished?: boolean;
  /** It goes on with the handshake of the answer before, and means nothing over another connection. */
  readonly isContinued?: boolean;
  /** It holds for one connection, which is leased under this identity. */
  readonly lease?: string;
  /**
   * Looks at the Authentication-Info of the response, and takes what the next answer needs.
   * @returns false when the server has tried to prove that it knows the password, and does not
   */
  accept?(info: ReadonlyMap<string, string>): boolean;
  /**
   * Looks at the token that came with the response (Negotiate), null for none.
   * @returns false when it is wrong: the server does not know the key of its service; null when it would have been needed
   */
  prove?(token: string | null): Promise<boolean | null>;
}

/**
 * The rounds of one request with one server: what to send before it asks, what to answer when it does, and when to stop. The
 * loop stage runs them with servers, the proxy stage with proxies that pass requests on, the dialer with those that open tunnels:
 *
 *     const rounds = settings.authentication.under(settings).rounds(proxy, request, call);
 *     let answer = await rounds.before(outgoing);               // Proxy-Authorization: answer.value, or none
 *     for (;;) {
 *       // … send, and read the head …
 *       if (status !== 407) break;                              // rounds.accept(Proxy-Authentication-Info, …)
 *       answer = await rounds.after(headers.getAll('proxy-authenticate'), outgoing);
 *       if (answer === null) throw …                            // proxy-authentication-required
 *     }
 *
 * `values` are those of the field as they came, one for each line; `outgoing` is the request as it is sent (`CONNECT`,
 * `host:443`). The application is asked where need be, through `call`; a wait is rejected when that is cancelled.
 */
export interface AuthenticationRounds {
  /**
   * A body that can be sent once waits for a word of the server (`Expect: 100-continue`), since a challenge is likely: it has
   * asked before, or the application has said who asks there. Never where the platform cannot wait.
   */
  readonly asksFirst: boolean;
  /** What is known to be wanted, or null. */
  before(outgoing: OutgoingRequest): AuthenticationAnswer | Promise<AuthenticationAnswer | null> | null;
  /** Whether a challenge among these can be answered: if not, the response is for the application as it is. */
  concerns(values: readonly string[], outgoing: OutgoingRequest): boolean;
  /**
   * What to answer to a 401 (407), or null when that is the response: nothing that can be answered, credentials refused too
   * often, none given, or a weaker challenge than the one before.
   */
  after(values: readonly string[], outgoing: OutgoingRequest): Promise<AuthenticationAnswer | null>;
  /**
   * The server has taken the answer, or wants none.
   * @param values those of Authentication-Info (Proxy-Authentication-Info)
   * @param challenges those of WWW-Authenticate (Proxy-Authenticate): a handshake may have a last word there
   * @param status that of the response: one that has done what was asked for needs the proof of its server
   * @throws NetworkError when it was to prove that it knows the password or the key of its service, and does not
   */
  accept(values: readonly string[], challenges: readonly string[], status: number): void | Promise<void>;
}

/** What a manager says about authentication. */
export type AuthenticationSettings = Pick<
  ManagerSettings,
  | 'credentials'
  | 'authenticationSchemes'
  | 'integratedAuthenticationHosts'
  | 'allowBasicOverHttp'
  | 'maximumAuthenticationAttempts'
  | 'transport'
>;

/** One request that a proxy passes on. */
export interface ProxiedExchange {
  /** The proxy that is asked first; null where that is none of those. */
  readonly first: AuthenticatingServer | null;
  /** The proxy that a response has come from; null for one that has only opened a way to the origin. */
  answered(response: HttpResponse): AuthenticatingServer | null;
  /** The request with what the proxy is to be told, null for nothing. */
  telling(request: HttpRequest, proxy: AuthenticatingServer, answer: string | null): HttpRequest;
}

/** Authentication as one manager has it. */
export interface Authenticating {
  /** Answers challenges of servers in the list of stages. */
  readonly stage: Stage;
  /** Equal for who is asked the same way and remembers the same, and no secret: a connection that was authenticated is shared by those. */
  readonly identity: string;
  /** Sends a request to proxies that are asked by absolute URLs, and answers their challenges as the stage does those of servers. */
  sendByProxy(exchange: ProxiedExchange, request: HttpRequest, next: Next, call: Call): Promise<HttpResponse>;
  /** What answers one server for one request, challenge by challenge. */
  rounds(server: AuthenticatingServer, request: HttpRequest, call: Call): AuthenticationRounds;
}

/** What the manager asks of the part that answers challenges; it brings its stage. */
export interface AuthenticationPart {
  /** Managers that share it share what it remembers, and each has its own say. */
  under(settings: AuthenticationSettings): Authenticating;
  /** What the listeners of a question are given. */
  authenticator(challenge: AuthenticationChallenge): Authenticator;
  /**
   * Looks at the options that concern it, before they are in force.
   * @throws TypeError that shows none of their secrets
   */
  acceptOptions(settings: AuthenticationSettings): void;
  /** Forgets all credentials that were learned. */
  clear(): void;
}
