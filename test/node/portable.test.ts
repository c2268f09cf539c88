/** The set for runtimes that have no set of their own, over cross-fetch. */
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { MemoryCache, NetworkAccessManager } from '../../platform/portable/index.ts';

const manager = new NetworkAccessManager();
const cleanup: (() => void)[] = [];
afterAll(async () => {
  await manager.close();
  for (const clean of cleanup) clean();
});

/** A port on which nobody listens any more. */
async function deadPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test('failures are told apart where the fetch below tells them apart', async () => {
  const url = `http://127.0.0.1:${await deadPort()}/`;
  await expect(manager.get(url).text()).rejects.toMatchObject({ code: 'connection-refused', url });
});

async function start(listener: RequestListener): Promise<string> {
  const server = createHttpServer(listener);
  cleanup.push(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}

test('a field for one origin is not taken to another, and the error says why', async () => {
  const seen: string[] = [];
  const other = await start((request, response) => {
    seen.push(String(request.headers['x-api-key']));
    response.end('other');
  });
  const origin = await start((_request, response) => response.writeHead(302, { location: other }).end());

  const request = { url: origin, headers: { 'X-Api-Key': 'secret' } };
  await expect(manager.get(request).text()).rejects.toThrow(
    /x-api-key would have gone along unseen.*trustedRedirectOrigins/,
  );
  expect(seen).toEqual([]);
  expect(await manager.get({ ...request, trustedRedirectOrigins: [other] }).text()).toBe('other');
  expect(await manager.get(origin).text()).toBe('other');
  expect(seen).toEqual(['secret', 'undefined']);
});

// A body that was cut off would be whole for ever: this fetch cannot tell.
test.each<[string, RequestListener, 'cache' | 'network']>([
  ['with a Content-Length', (_request, response) => response.end('fresh'), 'cache'],
  ['without a body', (_request, response) => response.writeHead(204).end(), 'cache'],
  [
    'in chunks',
    (_request, response) => {
      response.write('fr');
      response.end('esh');
    },
    'network',
  ],
  [
    'with a coding',
    (_request, response) => response.setHeader('content-encoding', 'gzip').end(gzipSync('fresh')),
    'network',
  ],
])('a fresh response %s is kept only where its end is known for sure', async (_name, answer, source) => {
  const origin = await start((request, response) => {
    response.setHeader('cache-control', 'max-age=100');
    answer(request, response);
  });
  const caching = new NetworkAccessManager({ cache: new MemoryCache() });
  await caching.get(origin).bytes();
  const again = caching.get(origin);
  await again.bytes();
  expect(again.source).toBe(source);
  await caching.close();
});
