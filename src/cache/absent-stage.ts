import type { HttpRequest } from '../call/request.ts';
import type { HttpResponse } from '../call/response.ts';
import type { Rewrite } from '../call/stage.ts';
import { NetworkError } from '../error.ts';
import { EMPTY_BODY } from '../message/body.ts';
import { HttpHeaders } from '../message/headers.ts';
import { isRetrieval } from '../message/methods.ts';
import { serializeCacheStatus } from './rules/cache-status.ts';

/** In place of a cache where none is set, neither by the application nor by the platform: nothing is in it. */
export const absentCacheStage: Rewrite = {
  name: 'cache',
  outgoing(request) {
    const { method, url, options } = request;
    // As in Qt, requests with other methods are sent: no cache holds their answers.
    if (options.cacheLoadControl === 'always-cache' && isRetrieval(method)) {
      throw notInCache(url.href);
    }
    return request;
  },
};

/**
 * The answer to a request that may only be answered from the cache, when it cannot. Qt's AlwaysCache is an error of its own;
 * `only-if-cached` has a status (RFC 9111 §5.2.1.7).
 */
export function unsatisfied({ url, options }: HttpRequest): HttpResponse {
  if (options.cacheLoadControl === 'always-cache') throw notInCache(url.href);
  const cacheStatus = serializeCacheStatus({ detail: 'only-if-cached' });
  return {
    url,
    status: 504,
    reason: 'Gateway Timeout',
    httpVersion: '1.1',
    headers: new HttpHeaders({ 'cache-status': cacheStatus, 'content-length': '0' }),
    body: EMPTY_BODY,
    security: null,
    source: 'cache',
    cacheStatus,
  };
}

function notInCache(url: string): NetworkError {
  return new NetworkError('content-not-found', 'the response is not in the cache', { url });
}
