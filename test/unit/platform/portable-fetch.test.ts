import { afterEach, expect, test, vi } from 'vitest';

afterEach(() => {
  vi.doUnmock('cross-fetch');
  vi.resetModules();
});

test('the fetch of the runtime is called as a function, as native ones ask for', async () => {
  vi.resetModules();
  vi.doMock('cross-fetch', () => ({
    async fetch(this: unknown) {
      if (this !== undefined && this !== globalThis) throw new TypeError('Illegal invocation');
      return new Response('fetched');
    },
  }));
  const { NetworkAccessManager } = await import('../../../platform/portable/index.ts');
  const manager = new NetworkAccessManager();
  expect(await manager.get('http://h.test/').text()).toBe('fetched');
  await manager.close();
});
