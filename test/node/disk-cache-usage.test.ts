import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { DiskCache } from '../../platform/node/files/disk-cache.ts';
import { bodyOf, metadata, put } from '../suites/cache.ts';

vi.mock(import('node:fs/promises'), { spy: true });

/** What a directory of entries is counted with, and what goes when it holds too much. */

const root = mkdtempSync(path.join(tmpdir(), 'fairlead-usage-'));
let places = 0;
afterAll(() => rmSync(root, { recursive: true, force: true }));

const MAXIMUM_SIZE = 1_000_000;
const DAY = 24 * 60 * 60;

/** A cache that is nearly full. */
async function nearlyFull(onFault = vi.fn()): Promise<{ cache: DiskCache; layout: string }> {
  const directory = path.join(root, `place-${places++}`);
  const cache = new DiskCache({ directory, maximumSize: MAXIMUM_SIZE, onFault });
  for (let i = 0; i < 9; i++) await put(cache, `old ${i}`, bodyOf(100_000, i));
  await cache.size();
  return { cache, layout: path.join(directory, 'v1') };
}

const shards = (layout: string): string[] =>
  readdirSync(layout)
    .filter((name) => name.length === 2)
    .map((name) => path.join(layout, name));

function setTime(file: string, seconds: number): void {
  utimesSync(file, Date.now() / 1000 + seconds, Date.now() / 1000 + seconds);
}

test('what others have put between the entries keeps none of them from going, and stays', async () => {
  const onFault = vi.fn();
  const { cache, layout } = await nearlyFull(onFault);
  const strange = shards(layout).flatMap((shard) => {
    const [folder, file] = [path.join(shard, '@eaDir'), path.join(shard, '.DS_Store')];
    mkdirSync(folder);
    writeFileSync(file, 'x');
    return [folder, file];
  });
  for (const one of strange) setTime(one, -DAY);
  for (let i = 0; i < 20; i++) {
    await put(cache, `new ${i}`, bodyOf(100_000, i));
    expect(await cache.size()).toBeLessThanOrEqual(MAXIMUM_SIZE);
  }
  expect(strange.filter((one) => !existsSync(one))).toEqual([]);
  expect(onFault).not.toHaveBeenCalled();
  await cache.close();
});

test('links that lead out of the directory cost nothing outside', async () => {
  const { cache, layout } = await nearlyFull();
  const outside = path.join(root, 'outside');
  mkdirSync(path.join(outside, 'folder'), { recursive: true });
  for (const name of ['letter', 'folder/letter']) writeFileSync(path.join(outside, name), 'dear');
  for (const name of ['letter', 'folder/letter', 'folder']) setTime(path.join(outside, name), -DAY);
  rmSync(path.join(layout, 'tmp'), { recursive: true });
  symlinkSync(outside, path.join(layout, 'tmp'));
  const shard = shards(layout)[0]!;
  renameSync(shard, `${shard}-aside`);
  symlinkSync(outside, shard);
  for (let i = 0; i < 20; i++) {
    await put(cache, `new ${i}`, bodyOf(100_000, i));
    await cache.size();
  }
  expect(readdirSync(outside, { recursive: true })).toEqual(
    expect.arrayContaining(['letter', 'folder', path.join('folder', 'letter')]),
  );
  await cache.close();
});

test('what has the name of an entry and is none keeps no other from going, and stays', async () => {
  const onFault = vi.fn();
  const { cache, layout } = await nearlyFull(onFault);
  const strange = shards(layout).map((shard) => path.join(shard, `${'0'.repeat(40)}.0`));
  for (const one of strange) {
    mkdirSync(one);
    setTime(one, -DAY);
  }
  for (let i = 0; i < 20; i++) await put(cache, `new ${i}`, bodyOf(100_000, i));
  await cache.size();
  expect(await cache.match('old 0')).toEqual([]);
  await cache.clear();
  expect(strange.filter((one) => !existsSync(one))).toEqual([]);
  expect(onFault).not.toHaveBeenCalled();
  await cache.close();
});

test('what a wrong clock has dated makes room before what is new', async () => {
  const { cache, layout } = await nearlyFull();
  for (const shard of shards(layout)) {
    for (const name of readdirSync(shard)) setTime(path.join(shard, name), 365 * DAY);
  }
  for (let i = 0; i < 5; i++) {
    await put(cache, `new ${i}`, bodyOf(100_000, i));
    await cache.size();
    expect(await cache.match(`new ${i}`)).toHaveLength(1);
  }
  await cache.close();
});

test('what is cleared while it is counted counts no more', async () => {
  const { cache, layout } = await nearlyFull();
  await cache.close();
  const other = new DiskCache({ directory: path.dirname(layout), maximumSize: MAXIMUM_SIZE });
  const { lstat: original } = await vi.importActual<typeof import('node:fs/promises')>('node:fs/promises');
  vi.mocked(lstat).mockImplementation((async (...args: Parameters<typeof lstat>) => {
    const found = await original(...args);
    if (/\.0$/.test(String(args[0]))) {
      vi.mocked(lstat).mockImplementation(original as typeof lstat);
      await other.clear();
    }
    return found;
  }) as typeof lstat);
  expect(await other.size()).toBe(0);
  await other.close();
});

test('what is replaced while room is being made has its new size', async () => {
  const cache = new DiskCache({ directory: path.join(root, `place-${places++}`), maximumSize: MAXIMUM_SIZE });
  const put4 = async (name: string): Promise<void> => {
    for (let i = 0; i < 4; i++) await put(cache, `${name} ${i}`, bodyOf(250_000, i));
  };
  for (let i = 0; i < 4; i++) await put(cache, `key ${i}`, bodyOf(10, i));
  await cache.size();
  const { open: original } = await vi.importActual<typeof import('node:fs/promises')>('node:fs/promises');
  vi.mocked(open).mockImplementation(async (...args) => {
    if (String(args[0]).endsWith('evicting')) {
      vi.mocked(open).mockImplementation(original);
      await put4('key');
    }
    return original(...args);
  });
  await put4('other');
  expect(await cache.size()).toBeGreaterThan(MAXIMUM_SIZE / 2);
  await cache.close();
});

test('closing waits for what is being published', async () => {
  const directory = path.join(root, `place-${places++}`);
  const cache = new DiskCache({ directory });
  const writer = cache.insert('key', metadata(), 1000)!;
  await writer.write(bodyOf(1000));
  const committed = writer.commit();
  writer.close();
  await Promise.resolve();
  await cache.close();
  expect(
    readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.0')),
  ).toHaveLength(1);
  await committed;
});
