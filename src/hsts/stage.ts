import type { HttpRequest } from '../call/request.ts';
import type { HttpResponse } from '../call/response.ts';
import type { SecurityPart } from '../call/security-part.ts';
import type { Rewrite } from '../call/stage.ts';

/** Who knows the hosts. */
export type Upgrader = Pick<SecurityPart, 'ready' | 'upgrade'>;

/**
 * Sends every hop to a known host over TLS, before cookies, cache and queue see its URL. A request that comes while the
 * store is loading waits for it.
 *
 * @param preloadedTopLevelDomains all of whose hosts count as known
 */
export function upgradeStage(security: Upgrader, preloadedTopLevelDomains: readonly string[]): Rewrite {
  const upgraded = (request: HttpRequest): HttpRequest => {
    const url = security.upgrade(request.url, preloadedTopLevelDomains);
    return url === request.url ? request : { ...request, url };
  };
  return {
    name: 'hsts-upgrade',
    outgoing(request, call) {
      const { ready } = security;
      return ready === null ? upgraded(request) : call.wait(ready).then(() => upgraded(request));
    },
  };
}

/** Who takes the headers. */
export interface HeaderTaker {
  /** @param fieldLines values of Strict-Transport-Security, one a field line */
  note(fieldLines: readonly string[], responseHost: string): void;
}

/**
 * Takes note of Strict-Transport-Security, on any response (a redirect, a 401), when it came over TLS without a
 * certificate error (RFC 6797 §8.1). Stands under the cache: what that gives back says nothing new, and may be older than
 * what is known.
 */
export function learnStage(security: HeaderTaker): Rewrite {
  return {
    name: 'hsts-learn',
    incoming(response) {
      if (isTrusted(response)) {
        security.note(response.headers.getAll('strict-transport-security'), response.url.hostname);
      }
      return response;
    },
  };
}

function isTrusted(response: HttpResponse): boolean {
  return response.url.scheme === 'https' && response.security?.ignoredErrors.length === 0;
}
