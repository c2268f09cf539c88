/** What a service worker is refused. A real one is asked in test/browser. */
import { afterEach, expect, test, vi } from 'vitest';
import { NetworkAccessManager } from '../../../platform/browser/index.ts';
import { connectTabs, serveWorker } from '../../../platform/worker/index.ts';

afterEach(() => vi.unstubAllGlobals());

test.each<[string, () => unknown]>([
  ['serveWorker', () => serveWorker(new NetworkAccessManager())],
  ['connectTabs', () => connectTabs(() => new NetworkAccessManager())],
])('%s is refused in what does not last, in words', (name, begin) => {
  vi.stubGlobal('skipWaiting', () => {});
  vi.stubGlobal('navigator', { locks: {} });
  expect(begin).toThrow(
    expect.objectContaining({
      code: 'protocol-invalid-operation',
      message: expect.stringMatching(`^${name}: a service worker does not last.*give this one a port`),
    }),
  );
});
