import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { NetworkAccessManager } from '../../platform/node/index.ts';
import { AbstractNetworkCache } from '../../src/cache/storage/abstract-network-cache.ts';
import type { EntryWriter } from '../../src/cache/storage/network-cache.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** A cache whose disk has gone: every call hangs for ever. */
class DeadCache extends AbstractNetworkCache {
  readonly maximumSize = 1_000_000;
  readonly hang = <Value>(): Promise<Value> => new Promise(() => {});
  hasAsked = () => {};
  readonly asked = new Promise<void>((resolve) => {
    this.hasAsked = resolve;
  });
  match = (): Promise<never[]> => {
    this.hasAsked();
    return this.hang();
  };
  open = this.hang<null>;
  update = this.hang<void>;
  remove = this.hang<void>;
  clear = this.hang<void>;
  size = this.hang<number>;
  insert = (): EntryWriter => ({ read: this.hang, write: this.hang, commit: this.hang, close: () => {} });
  override async close(): Promise<void> {}
}

let server: TestServer;
beforeEach(async () => {
  server = await startServer({
    routes: {
      fresh: ({ response }) => response.setHeader('cache-control', 'max-age=60').end('fresh'),
    },
  });
});
afterEach(() => {
  vi.useRealTimers();
  return server.close();
});

test('a cache that never answers costs one request a second, and the others nothing', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const cache = new DeadCache();
  const manager = new NetworkAccessManager({ cache });
  const faults: string[] = [];
  manager.on('faultOccurred', ({ message }) => faults.push(message));
  const first = manager.get(`${server.origin}/fresh`).text();
  await cache.asked;
  vi.advanceTimersByTime(999);
  expect(faults).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(await first).toBe('fresh');
  // Time stands still.
  for (let i = 0; i < 5; i++) expect(await manager.get(`${server.origin}/fresh`).text()).toBe('fresh');
  expect(await manager.post(`${server.origin}/fresh`, 'x').text()).toBe('fresh');
  expect(faults).toEqual([expect.stringContaining('cache: looking for an entry')]);
  await manager.close();
});
