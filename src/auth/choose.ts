import type {
  AuthenticatingServer,
  AuthenticationSettings,
  Credentials,
  OutgoingRequest,
} from '../call/authentication.ts';
import type { HttpRequest } from '../call/request.ts';
import { NetworkError } from '../error.ts';
import type { Challenge } from './challenge.ts';
import { DEFAULT_SCHEMES } from './check-options.ts';
import type { Scheme, Session } from './scheme.ts';

/** A challenge, and the scheme that can answer it. */
export interface Choice {
  readonly scheme: Scheme;
  readonly challenge: Challenge;
  readonly realm: string;
  /** Grows with what an answer protects, across all schemes. */
  readonly strength: number;
}

/** What a choice depends on beside the challenges. */
export interface Allowed {
  /** The schemes that the application allows anywhere, in its order. */
  readonly schemes: readonly Scheme[];
  /** A SOCKS proxy asks. No server of HTTP is given what is for another protocol, whatever it calls its challenge. */
  readonly socks: boolean;
  /** What is readable on the way may be sent: the connection is encrypted, or the application does not mind. */
  readonly readable: boolean;
  /** A connection may be authenticated: the host is listed, or a proxy, which the application has chosen. */
  readonly integrated: boolean;
  /** The host is listed: the account of the system may be used. */
  readonly listed: boolean;
}

/** The schemes that an application allows of those that are there, in its order. */
export function allowedSchemes(
  { authenticationSchemes }: AuthenticationSettings,
  schemes: readonly Scheme[],
): readonly Scheme[] {
  return (authenticationSchemes ?? DEFAULT_SCHEMES).flatMap((name) =>
    schemes.filter((scheme) => scheme.name === name),
  );
}

/** What an application allows with one server. `schemes` are those that it allows anywhere. */
export function allowedBy(
  { allowBasicOverHttp, integratedAuthenticationHosts }: AuthenticationSettings,
  { isProxy, isEncrypted, hostname, authority, origin }: AuthenticatingServer,
  schemes: readonly Scheme[],
): Allowed {
  const listed = isListed(hostname, authority, integratedAuthenticationHosts);
  return {
    schemes,
    socks: isProxy && origin.startsWith('socks5:'),
    readable: isEncrypted || allowBasicOverHttp,
    integrated: isProxy || listed,
    listed,
  };
}

/**
 * The challenges that can be answered, best first: by the application's order of schemes, within a scheme by strength, and
 * among equals as the server has put them. Schemes that nobody here speaks are skipped (RFC 9110 §11.6.1).
 */
export function choose(
  challenges: readonly Challenge[],
  allowed: Allowed,
  outgoing: OutgoingRequest,
): Choice[] {
  return allowed.schemes
    .filter((scheme) => isAllowed(scheme, allowed))
    .flatMap((scheme) =>
      challenges
        .filter(({ scheme: name }) => name === scheme.name)
        .map((challenge) => choiceOf(scheme, challenge, outgoing))
        .filter((choice) => choice !== null)
        .sort((one, other) => other.strength - one.strength),
    );
}

/** Whether a scheme may be used at all: it was listed, and what it sends may go there. */
export function isAllowed(
  scheme: Scheme,
  { schemes, socks, readable, integrated, listed }: Allowed,
): boolean {
  const { name, isReadable, isConnectionBound, isIntegrated = false } = scheme;
  const isSpoken = schemes.includes(scheme) && (name === 'socks5') === socks;
  const mayGoThere = isIntegrated ? listed : integrated || !isConnectionBound;
  return isSpoken && (readable || !isReadable) && mayGoThere;
}

function choiceOf(scheme: Scheme, challenge: Challenge, outgoing: OutgoingRequest): Choice | null {
  const strength = scheme.strengthOf(challenge, outgoing);
  if (strength === 0) return null;
  const realm = challenge.params.get('realm') ?? '';
  return { scheme, challenge, realm, strength: scheme.rank * 100 + strength };
}

/**
 * Whether a host is on a list of `host`, `host:port`, `*.domain` (hosts below it) or `*`.
 * @param authority `host` or `host:port`, as a URL has it
 */
export function isListed(hostname: string, authority: string, list: readonly string[]): boolean {
  return list.some((entry) =>
    entry.startsWith('*') ? hostname.endsWith(entry.slice(1)) : entry === hostname || entry === authority,
  );
}

/** @throws NetworkError for credentials that the scheme cannot send, in words that do not show them */
export function beginSession(
  { scheme, challenge }: Choice,
  credentials: Credentials,
  server: AuthenticatingServer,
  { url }: HttpRequest,
): Session {
  try {
    return scheme.begin(challenge, credentials, server);
  } catch (cause) {
    const code = server.isProxy ? 'proxy-authentication-required' : 'authentication-required';
    throw new NetworkError(code, (cause as Error).message, { url: url.href });
  }
}
