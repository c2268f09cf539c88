import type { TransportCapabilities } from '../../src/call/capabilities.ts';
import type { HttpRequest } from '../../src/call/request.ts';
import { NetworkError } from '../../src/error.ts';
import type { RequestOptions } from '../../src/options/options.ts';

type CacheOptions = Pick<RequestOptions, 'cacheLoadControl' | 'cacheSaveControl'>;

/**
 * Qt's load and save control in the words of fetch, for the platform's own cache. `reload` goes to the network without
 * a look at the cache, and tells caches on the way (`no-cache` would only revalidate). A cache of ours makes the
 * platform's superfluous for the page's own origin. Of another one it sees too little to judge most responses (Age, Date
 * and Vary are hidden), so the platform's cache works on: a cache that is set makes nothing worse.
 *
 * @param isCached whether a cache of ours has seen to the request
 * @param sameOrigin whether the URL has the page's origin: `only-if-cached` is defined for no other
 * @returns null for what fetch has no mode for
 */
export function fetchCacheMode(
  options: CacheOptions,
  isCached: boolean,
  sameOrigin: boolean,
): RequestCache | null {
  if (!isCached) return platformCacheMode(options, sameOrigin);
  return sameOrigin ? 'no-store' : (platformCacheMode(options, false) ?? 'no-store');
}

function platformCacheMode(options: CacheOptions, sameOrigin: boolean): RequestCache | null {
  switch (options.cacheLoadControl) {
    case 'always-cache':
      return sameOrigin ? 'only-if-cached' : null;
    case 'prefer-cache':
      return options.cacheSaveControl ? 'force-cache' : null;
    case 'always-network':
      return options.cacheSaveControl ? 'reload' : 'no-store';
    case 'prefer-network':
      return options.cacheSaveControl ? 'default' : 'no-store';
  }
}

/**
 * What tells fetch how to use the platform's cache. Fields that a cache mode sends by itself are left out: written out,
 * they would cost a preflight across origins.
 *
 * @throws NetworkError protocol-invalid-operation when fetch has no mode for what the options say
 */
export function cacheInit(
  { url, headers, options, parts }: HttpRequest,
  { pageOrigin }: TransportCapabilities,
): RequestInit {
  const control = headers.get('cache-control');
  const isMode = control === 'no-cache' || control === 'max-age=0';
  const mode = fetchCacheMode(options, parts?.isCached === true, url.origin === pageOrigin);
  if (mode === null) {
    throw new NetworkError(
      'protocol-invalid-operation',
      `fetch: the browser's cache cannot be told cacheLoadControl '${options.cacheLoadControl}' for this request`,
      { url: url.href, capability: 'platformCache' },
    );
  }
  return {
    cache: mode === 'default' && isMode ? 'no-cache' : mode,
    ...(mode === 'only-if-cached' ? { mode: 'same-origin' } : {}),
    ...(isMode ? { headers: [...headers.without('cache-control', 'pragma')] } : {}),
  };
}

/**
 * What fetch answers under `init`.
 * @throws NetworkError content-not-found when it may only answer from the cache, and has nothing there
 */
export function unlessNotCached(
  response: Promise<Response>,
  url: string,
  { cache }: RequestInit,
): Promise<Response> {
  if (cache !== 'only-if-cached') return response;
  return response.catch((cause: unknown) => {
    // Nothing else can fail without a network.
    throw new NetworkError('content-not-found', 'the response is not in the cache', { url, cause });
  });
}
