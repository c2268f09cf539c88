import { expect, test } from 'vitest';
import { MemoryCache, NetworkAccessManager } from '../../platform/node/index.ts';
import { startServer } from '../support/server.ts';

/** Fetch, HTTP-network-or-cache fetch: own conditions are for the server, and the cache has no part in the request. */
test.each(['if-none-match', 'if-modified-since', 'if-match', 'if-unmodified-since', 'if-range'])(
  'the cache steps aside for a fetch with %s of its own',
  async (name) => {
    let requests = 0;
    const server = await startServer({
      routes: {
        kept: ({ request, response }) => {
          requests++;
          response.writeHead(request.headers['if-none-match'] === undefined ? 200 : 304, {
            'cache-control': 'max-age=1000',
            etag: '"v1"',
          });
          response.end('kept');
        },
      },
    });
    const manager = new NetworkAccessManager({ cache: new MemoryCache() });
    try {
      const url = `${server.origin}/kept`;
      for (let i = 0; i < 2; i++) await (await manager.fetch(url)).text();
      expect(requests).toBe(1);
      const value = name.includes('since') ? 'Thu, 01 Jan 2026 00:00:00 GMT' : '"v1"';
      const response = await manager.fetch(url, { headers: { [name]: value } });
      expect([requests, response.status]).toEqual([2, name === 'if-none-match' ? 304 : 200]);
      await response.text();
      expect(await (await manager.fetch(url)).text()).toBe('kept');
      expect(requests).toBe(2);
    } finally {
      await manager.close();
      await server.close();
    }
  },
);
