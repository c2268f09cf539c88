import type { Rewrite } from '../call/stage.ts';
import { NetworkError } from '../error.ts';

/** In place of a cache where none is set, neither by the application nor by the platform: nothing is in it. */
export const absentCacheStage: Rewrite = {
  name: 'cache',
  outgoing(request) {
    const { method, url, options } = request;
    // As in Qt, requests with other methods are sent: no cache holds their answers.
    if (options.cacheLoadControl === 'always-cache' && (method === 'GET' || method === 'HEAD')) {
      throw notInCache(url.href);
    }
    return request;
  },
};

/** Qt's answer to a request that may only be answered from the cache (AlwaysCache), when it cannot. */
export function notInCache(url: string): NetworkError {
  return new NetworkError('content-not-found', 'the response is not in the cache', { url });
}
