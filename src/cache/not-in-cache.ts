import { NetworkError } from '../error.ts';

/** Qt's answer to a request that may only be answered from the cache (AlwaysCache), when it cannot. */
export function notInCache(url: string): NetworkError {
  return new NetworkError('content-not-found', 'the response is not in the cache', { url });
}
