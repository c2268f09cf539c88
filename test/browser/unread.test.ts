import { afterAll, describe, expect, inject, test } from 'vitest';
import { NetworkAccessManager, type NetworkError } from '../../platform/browser/index.ts';

/** A browser has six connections for a host, and no other for a seventh request while six bodies are not read. */
const origin = inject('server');

describe('in a page', () => {
  const manager = new NetworkAccessManager();
  const faults: NetworkError[] = [];
  manager.on('faultOccurred', (fault) => faults.push(fault as NetworkError));
  afterAll(() => manager.close());

  test('seven large responses that are not read let others go, a large one and a small one', async () => {
    const unread = await Promise.all(
      Array.from({ length: 7 }, (_, index) => manager.fetch(`${origin}/flood/30000000?${index}`)),
    );
    const large = await manager.fetch(`${origin}/flood/3000000?large`);
    expect((await large.arrayBuffer()).byteLength).toBe(3_000_000);
    expect((await (await manager.fetch(`${origin}/bytes/10`)).arrayBuffer()).byteLength).toBe(10);
    // Not every browser lets them hold its connections, and each second that a head takes costs one more.
    expect(faults.length).toBeLessThan(unread.length);
    const read = await Promise.allSettled(unread.map(async (one) => (await one.arrayBuffer()).byteLength));
    expect(read.filter(({ status }) => status === 'rejected')).toHaveLength(faults.length);
  });

  test('those fail of which that was told, and no others, even where they have come whole', async () => {
    faults.length = 0;
    const urls = Array.from({ length: 7 }, (_, index) => `${origin}/bytes/300000?${index}`);
    const unread = await Promise.all(urls.map((url) => manager.fetch(url)));
    const headless = new AbortController();
    const waits = manager.fetch(`${origin}/black-hole`, { signal: headless.signal });
    await expect.poll(() => faults.length).toBe(2);
    headless.abort();
    await expect(waits).rejects.toThrow();
    const read = await Promise.allSettled(unread.map(async (one) => (await one.arrayBuffer()).byteLength));
    const failed = urls.filter((_, index) => read[index]!.status === 'rejected');
    expect(failed).toEqual(faults.map(({ url }) => url));
  });

  test('so do seven replies of the same kind', async () => {
    faults.length = 0;
    const unread = Array.from({ length: 7 }, (_, index) =>
      manager.get({ url: `${origin}/flood/30000000?${index}`, readBufferSize: 65_536 }),
    );
    expect((await manager.get(`${origin}/flood/3000000?large`).bytes()).length).toBe(3_000_000);
    expect(await manager.get(`${origin}/hello`).text()).toBe('hello');
    expect(faults).toHaveLength(2);
    for (const reply of unread) reply.abort();
  });

  test('a body closes without a read, and its chunks are plain', async () => {
    const reader = (await manager.fetch(`${origin}/bytes/10`)).body!.getReader();
    const { value } = await reader.read();
    expect(value!.buffer.byteLength).toBe(value!.byteLength);
    await reader.closed;
  });
});
