import type { HttpRequest } from '../call/request.ts';
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
