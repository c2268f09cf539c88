import { NetworkError } from '../../src/error.ts';

/** What a platform throws that does not tell why, as our error. */
export function unknownNetwork(thrown: unknown, url: string): NetworkError {
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  // False is certain, true may mean no more than that there is a router (HTML, navigator.onLine).
  const isOffline = globalThis.navigator?.onLine === false;
  const why = isOffline
    ? 'the platform says that it is offline'
    : 'offline, blocked, refused, or not allowed by CORS: the platform does not tell';
  const code = isOffline ? 'temporary-network-failure' : 'unknown-network';
  return new NetworkError(code, `fetch failed: ${reason} (${why})`, { url, cause: thrown });
}
