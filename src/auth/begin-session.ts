import type { AuthenticatingServer, Credentials } from '../call/authentication.ts';
import type { HttpRequest } from '../call/request.ts';
import { NetworkError } from '../error.ts';
import { numberOf } from '../util/number-of.ts';
import type { Choice } from './choose.ts';
import type { Session } from './scheme.ts';

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

/**
 * Whom a leased connection belongs to, without a secret in it.
 * @param owner the one that does not share it with others of the same user
 */
export function leaseIdentity(server: string, credentials: Credentials, owner: object | null): string {
  return `${server} ${numberOf(credentials)}${owner === null ? '' : ` ${numberOf(owner)}`}`;
}
