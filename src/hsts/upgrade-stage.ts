import type { HttpRequest } from '../call/request.ts';
import type { Rewrite } from '../call/stage.ts';
import type { ParsedUrl } from '../util/url.ts';

/** Who knows the hosts. */
export interface Upgrader {
  /** Settles when the store has been loaded; null when nothing is loading. Does not reject. */
  readonly ready: Promise<void> | null;
  upgrade(url: ParsedUrl, preloadedTopLevelDomains: readonly string[]): ParsedUrl;
}

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
