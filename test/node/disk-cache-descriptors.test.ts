import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { DiskCache } from '../../platform/node/disk-cache.ts';
import { NetworkAccessManager } from '../../platform/node/index.ts';

/** Descriptors that are open, and those that were closed although they were not. */
const { open, wronglyClosed } = vi.hoisted(() => ({
  open: new Set<number>(),
  wronglyClosed: [] as number[],
}));

vi.mock(import('../../platform/node/disk-cache/files.ts'), async (importOriginal) => {
  const files = await importOriginal();
  const closed = (descriptor: number): void => {
    if (!open.delete(descriptor)) wronglyClosed.push(descriptor);
  };
  return {
    ...files,
    openFile: async (...args: Parameters<typeof files.openFile>) => {
      const descriptor = await files.openFile(...args);
      open.add(descriptor);
      return descriptor;
    },
    closeFile: (descriptor: number) => {
      closed(descriptor);
      files.closeFile(descriptor);
    },
    closeReadFile: (descriptor: number) => {
      closed(descriptor);
      files.closeReadFile(descriptor);
    },
  };
});

const root = mkdtempSync(path.join(tmpdir(), 'fairlead-descriptors-'));
const server = createServer(({ url }, response) => {
  const size = Number(url!.slice(1));
  response.writeHead(size === 0 ? 204 : 200, { 'cache-control': 'max-age=60' });
  response.end(Buffer.alloc(size));
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(root, { recursive: true, force: true });
});

test.each([0, 1, 300_000])(
  'a body of %i bytes: each file is closed once, stored, hit or given up',
  async (size) => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${size}`;
    const cache = new DiskCache({ directory: path.join(root, String(size)) });
    const manager = new NetworkAccessManager({ cache });
    await manager.get(url).bytes();
    const hit = manager.get(url);
    expect((await hit.bytes()).length).toBe(size);
    expect(hit.source).toBe('cache');
    const givenUp = manager.get(url);
    await givenUp.response;
    givenUp.abort();
    await manager.close();
    await cache.close();
    await vi.waitFor(() => expect([...open]).toEqual([]));
    expect(wronglyClosed).toEqual([]);
  },
);
