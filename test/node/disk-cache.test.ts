import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { DiskCache } from '../../platform/node/disk-cache.ts';
import { bodyOf, get, put, testCache } from '../suites/cache.ts';

const root = mkdtempSync(path.join(tmpdir(), 'fairlead-cache-'));

testCache('DiskCache', {
  open: (name, maximumSize) =>
    new DiskCache({
      directory: path.join(root, name),
      ...(maximumSize === undefined ? {} : { maximumSize }),
    }),
  persistent: true,
  cleanUp: async () => rmSync(root, { recursive: true, force: true }),
});

test('the first look into a directory of 100 000 entries takes less than 100 ms', {
  timeout: 60_000,
}, async () => {
  const directory = path.join(root, 'large');
  const filling = new DiskCache({ directory });
  await put(filling, 'key', bodyOf(1000));
  await filling.close();
  // The others only have to be there: nothing looks into them.
  for (let i = 0; i < 100_000; i++) {
    const name = createHash('sha256').update(String(i)).digest('hex');
    const shard = path.join(directory, 'v1', name.slice(0, 2));
    if (i < 10_000) mkdirSync(shard, { recursive: true });
    writeFileSync(path.join(shard, `${name.slice(2, 42)}.0`), '');
  }
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    const cold = new DiskCache({ directory });
    const start = performance.now();
    expect(await get(cold, 'key')).toEqual(bodyOf(1000));
    times.push(performance.now() - start);
  }
  // The best of them: another program may have had the processor meanwhile.
  expect(Math.min(...times)).toBeLessThan(100);
  rmSync(directory, { recursive: true });
});
