/** The set for runtimes that have no set of their own, over cross-fetch. */
import { createServer } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { NetworkAccessManager } from '../../platform/portable/index.ts';

const manager = new NetworkAccessManager();
afterAll(() => manager.close());

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
