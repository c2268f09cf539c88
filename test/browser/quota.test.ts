/** Storage that the browser gives no more of: its own refusal, at a quota that the test has set or filled. */
import { expect, inject, test, vi } from 'vitest';
import { cdp, server } from 'vitest/browser';
import type { Filled } from './fixtures/quota-page.ts';

/** Nothing else stores anything there: Chromium notes what is left when the first database of an origin is opened. */
const origin = inject('server');

vi.setConfig({ testTimeout: 120_000 });

/** Asks the page of that origin for so many responses, one after the other. */
async function fill(page: Window, count: number): Promise<Filled> {
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise<Filled>((resolve) => {
    port1.onmessage = ({ data }) => resolve(data);
  });
  page.postMessage(count, '*', [port2]);
  return answer;
}

// Firefox gives ten megabytes at the least, WebKitGTK a part of the disk.
test.runIf(server.browser === 'chromium')(
  'costs old entries of the cache, and no request; there is room again later',
  async () => {
    const quota = (size: { quotaSize?: number }) =>
      cdp().send('Storage.overrideQuotaForOrigin', { origin, ...size });
    await quota({ quotaSize: 500_000 });
    const page = window.open(`${origin}/page/quota-page`)!;
    await new Promise<void>((resolve) => {
      addEventListener('message', ({ source }) => source === page && resolve());
    });
    try {
      const full = await fill(page, 10);
      expect(full.requests).toEqual(Array.from({ length: 10 }, () => 100_000));
      expect(full.kept).toBeGreaterThan(0);
      expect(full.kept).toBeLessThan(10);
      // The cache makes room by what was not used for longest, which is nothing to tell of.
      expect(full.faults).toEqual([]);
      await quota({});
      await expect.poll(async () => (await fill(page, 3)).kept, { timeout: 60_000 }).toBe(3);
    } finally {
      await quota({});
      page.close();
    }
  },
);
