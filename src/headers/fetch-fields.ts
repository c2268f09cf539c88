import { isBlockedForFetch } from '../call/blocked-ports.ts';
import { type HttpRequest, withHeaders } from '../call/request.ts';
import type { Rewrite } from '../call/stage.ts';
import { NetworkError } from '../error.ts';
import type { HttpHeaders } from '../message/headers.ts';
import type { CacheLoadControl } from '../options/options.ts';
import { withoutFragment } from '../util/url.ts';

/**
 * The fields of a fetch with those added that it has unless it, or its manager, brings its own: what it accepts (as Node's
 * fetch says it), and of one that goes around caches that those on the way do, too.
 *
 * Source: https://fetch.spec.whatwg.org/#concept-fetch steps 12 and 13; #http-network-or-cache-fetch, `no-store` and `reload`
 */
export function withFetchFields(headers: HttpHeaders, load: CacheLoadControl): HttpHeaders {
  const fields = load === 'always-network' ? [...ACCEPT, ...UNCACHED] : ACCEPT;
  const missing = fields.filter(([name]) => !headers.has(name));
  const completed = headers.clone();
  for (const [name, value] of missing) completed.append(name, value);
  return completed;
}

const ACCEPT: readonly (readonly [string, string])[] = [
  ['accept', '*/*'],
  ['accept-language', '*'],
];
const UNCACHED: typeof ACCEPT = [
  ['pragma', 'no-cache'],
  ['cache-control', 'no-cache'],
];

/**
 * Adds the fields that every fetch has, and blocks the ports that none may ask. Below the redirects and above the cache, which
 * tells responses apart by the fields.
 */
export const fetchStage: Rewrite = {
  name: 'fetch',
  outgoing(request) {
    const { headers, options } = request;
    if (options.fetch === null) return request;
    refuseBlockedPort(request);
    return withHeaders(request, withFetchFields(headers, options.cacheLoadControl));
  },
};

/** Blocks the ports alone: for platforms whose own fetch adds its fields, and may block none. */
export const blockedPortsStage: Rewrite = {
  name: 'fetch',
  outgoing(request) {
    if (request.options.fetch !== null) refuseBlockedPort(request);
    return request;
  },
};

function refuseBlockedPort({ url }: HttpRequest): void {
  if (!isBlockedForFetch(url)) return;
  const reason = `port ${url.port} is blocked for fetch`;
  throw new NetworkError('protocol-invalid-operation', reason, { url: withoutFragment(url) });
}
