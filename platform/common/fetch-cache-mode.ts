import type { RequestOptions } from '../../src/options.ts';

type CacheOptions = Pick<RequestOptions, 'cache' | 'cacheLoadControl' | 'cacheSaveControl'>;

/**
 * Qt's load and save control in the words of fetch, for the platform's own cache. `reload` goes to the network without
 * a look at the cache, and tells caches on the way (`no-cache` would only revalidate). A cache of ours makes the
 * platform's superfluous.
 *
 * @param sameOrigin whether the URL has the page's origin: `only-if-cached` is defined for no other
 * @returns null for what fetch has no mode for
 */
export function fetchCacheMode(options: CacheOptions, sameOrigin: boolean): RequestCache | null {
  if (options.cache !== null) return 'no-store';
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
