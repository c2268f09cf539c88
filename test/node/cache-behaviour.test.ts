import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { DiskCache } from '../../platform/node/files/disk-cache.ts';
import { NetworkAccessManager } from '../../platform/node/index.ts';
import type { AbstractNetworkCache } from '../../src/cache/storage/abstract-network-cache.ts';
import { MemoryCache } from '../../src/cache/storage/memory-cache.ts';
import { type Clock, systemClock } from '../../src/util/clock.ts';
import { AN_ERROR_HERE, CASES, DECLINED, startOrigin } from '../suites/cache-behaviour/index.ts';

/** Tests of the public suite in browser mode. */
const PUBLIC = { required: 137, optimal: 77 };

let origin: Awaited<ReturnType<typeof startOrigin>>;

beforeAll(async () => {
  origin = await startOrigin();
});
afterAll(() => origin.close());
/** Both clocks stand still while a case runs, or an age would lack the moments between them. Timers go on. */
const clock: Clock = { ...systemClock, monotonic: () => Date.now() };
// Only the calendar is ours: timers, and the network, go on.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('these are the cases of the public suite, less what is declined', () => {
  const count = (kind: string) => CASES.filter((one) => one.kind === kind).length;
  expect(new Set(CASES.map(({ id }) => id)).size).toBe(CASES.length);
  expect(count('required') + AN_ERROR_HERE.length).toBe(PUBLIC.required);
  expect(count('optimal') + DECLINED.length).toBe(PUBLIC.optimal);
});

const root = mkdtempSync(path.join(tmpdir(), 'fairlead-behaviour-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe.each<[string, (id: string) => AbstractNetworkCache]>([
  ['memory', () => new MemoryCache()],
  ['disk', (id) => new DiskCache({ directory: path.join(root, id) })],
])('a cache in %s', (_name, create) => {
  test.each(CASES.map((one) => [one.kind, one.id, one] as const))('%s: %s', async (_kind, id, one) => {
    const cache = create(id);
    const manager = new NetworkAccessManager({ cache, clock });
    await origin.run(one, manager.fetch, (seconds) => vi.setSystemTime(Date.now() + seconds * 1000));
    await manager.close();
    await cache.close();
  });
});
