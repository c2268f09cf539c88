// The fetch of a fresh manager on Node, with one of our caches or none, for suites that bring their own servers.
import path from 'node:path';
import { DiskCache, MemoryCache, NetworkAccessManager } from '../../dist/internal.js';

export const meta = { name: 'fairlead' };

/**
 * @param {{ tmpDir?: string, baseUrl?: string, cache?: 'memory' | 'disk' | false }} [options] `baseUrl`: what relative
 * URLs are relative to
 */
export function createFetch({ tmpDir, baseUrl, cache = 'memory' } = {}) {
  const manager = new NetworkAccessManager({ cache: createCache(cache, tmpDir) });
  const absolute = (input) =>
    typeof input === 'string' && baseUrl !== undefined ? new URL(input, baseUrl).href : input;
  return (input, init) => manager.fetch(absolute(input), init);
}

function createCache(kind, tmpDir) {
  switch (kind) {
    case 'memory':
      return new MemoryCache();
    case 'disk':
      if (tmpDir === undefined) throw new TypeError('createFetch: the disk cache needs tmpDir');
      return new DiskCache({ directory: path.join(tmpDir, 'http-cache') });
    case false:
      return null;
    default:
      throw new TypeError(`createFetch: no cache is called ${String(kind)}`);
  }
}
