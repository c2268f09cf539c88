import type { Authenticating, AuthenticatingServer } from '../call/authentication.ts';
import type { Call } from '../call/call.ts';
import { type HttpRequest, withHeaders } from '../call/request.ts';
import type { Next, Stage } from '../call/stage.ts';
import type { ParsedUrl } from '../util/url.ts';
import { type CredentialCache, serverKey } from './credential-cache.ts';
import { type Peer, Visit } from './visit.ts';

/**
 * Answers the 401 of servers: a loop under the redirects, so that each hop is a request of its own to its own origin, and
 * over the cookies, so that those of a 401 are kept. What it needs not ask for it sends at once.
 *
 * @param source see {@link sourceKey}
 */
export function authenticationStage(
  cache: CredentialCache,
  rounds: Authenticating['rounds'],
  source: string,
): Stage {
  return {
    name: 'authentication',
    handle(request, next, call) {
      const goesAsItIs = request.body?.replayable !== false && !isKnown(cache, request, source);
      return goesAsItIs || isLeftAlone(request) ? null : toServer(rounds, request, next, call).begin();
    },
    incoming: (response, request, call, next) =>
      response.status !== 401 || isLeftAlone(request)
        ? response
        : toServer(rounds, request, next, call).go(response),
  };
}

/** The application has set the field itself, or wants no credentials to be sent (fetch). */
function isLeftAlone({ headers, options }: HttpRequest): boolean {
  return headers.has('authorization') || options.fetch?.credentials === 'omit';
}

/** Credentials for its server are remembered. Those for others put no request off. */
function isKnown(cache: CredentialCache, { url, options }: HttpRequest, source: string): boolean {
  if (cache.isEmpty) return false;
  return cache.knows(serverKey({ origin: url.origin, isProxy: false }, options.siteForCookies, source));
}

/** The rounds of one request with its server. */
function toServer(rounds: Authenticating['rounds'], request: HttpRequest, next: Next, call: Call): Visit {
  const { method, url, body } = request;
  const server = serverOf(url);
  const peer: Peer = {
    server,
    rounds: rounds(server, request, call),
    outgoing: { method, target: url.target, body, hostname: url.hostname },
    telling: (given, answer) =>
      answer === null ? given : withHeaders(given, given.headers.with('authorization', answer)),
  };
  return new Visit({ first: peer, of: () => peer }, request, next, call);
}

function serverOf(url: ParsedUrl): AuthenticatingServer {
  const { scheme, origin, hostname, authority, username, password } = url;
  // A local socket leads no further than this machine.
  const isEncrypted = scheme === 'https' || scheme === 'unix+http';
  return { isProxy: false, origin, hostname, authority, isEncrypted, username, password };
}
