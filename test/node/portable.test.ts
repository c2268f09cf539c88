/** The set for runtimes that have no set of their own, over cross-fetch. */
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { NetworkAccessManager } from '../../platform/portable/index.ts';

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

test('a field for one origin is not taken to another, and the error says why', async () => {
  const seen: string[] = [];
  const start = async (listener: RequestListener): Promise<string> => {
    const server = createHttpServer(listener);
    cleanup.push(() => server.close());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  };
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
