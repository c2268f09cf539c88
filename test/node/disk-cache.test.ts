import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { DiskCache } from '../../platform/node/files/disk-cache.ts';
import { bodyOf, get, metadata, put, testCache } from '../suites/cache.ts';
import { catching } from '../support/catching.ts';
import { eventually } from '../support/eventually.ts';

vi.mock(import('node:fs/promises'), { spy: true });

const root = mkdtempSync(path.join(tmpdir(), 'fairlead-cache-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

testCache('DiskCache', {
  open: (name, maximumSize) =>
    new DiskCache({
      directory: path.join(root, name),
      ...(maximumSize === undefined ? {} : { maximumSize }),
    }),
  persistent: true,
  cleanUp: async () => rmSync(root, { recursive: true, force: true }),
});

test('a cold look lists no directory, so it takes as long among many entries as among few', async () => {
  const directory = path.join(root, 'cold');
  const filling = new DiskCache({ directory });
  await put(filling, 'key', bodyOf(1000));
  await filling.close();
  vi.mocked(readdir).mockClear();
  const cold = new DiskCache({ directory });
  expect(await get(cold, 'key')).toEqual(bodyOf(1000));
  expect(await cold.match('another')).toEqual([]);
  expect(readdir).not.toHaveBeenCalled();
  // It is the function that lists, when something has to.
  await cold.size();
  expect(readdir).toHaveBeenCalled();
});

test('an entry that is cleared while it is written is not stored, and nothing is wrong', async () => {
  const directory = path.join(root, 'cleared');
  const onFault = vi.fn();
  const cache = new DiskCache({ directory, onFault });
  const writer = cache.insert('key', metadata(), 300_000)!;
  await writer.write(bodyOf(300_000));
  await eventually(() => expect(readdirSync(path.join(directory, 'v1', 'tmp'))).toHaveLength(1));
  await cache.clear();
  await expect(Promise.resolve(writer.commit())).rejects.toThrow('removed');
  writer.close();
  expect(await cache.match('key')).toEqual([]);
  expect(onFault).not.toHaveBeenCalled();
  await cache.close();
});

test('an entry that cannot be removed is not found', async () => {
  const onFault = vi.fn();
  const cache = new DiskCache({ directory: path.join(root, 'unremovable'), onFault });
  await put(cache, 'key', bodyOf(10));
  vi.mocked(unlink).mockRejectedValueOnce(Object.assign(new Error('read-only'), { code: 'EROFS' }));
  await cache.remove('key');
  expect(await cache.match('key')).toEqual([]);
  await eventually(() => expect(onFault).toHaveBeenCalledOnce());
  await put(cache, 'key', bodyOf(20));
  expect(await get(cache, 'key')).toEqual(bodyOf(20));
  await cache.close();
});

test.skipIf(process.platform === 'win32')('a named pipe in the place of an entry is a miss', async () => {
  const directory = path.join(root, 'pipe');
  const cache = new DiskCache({ directory });
  await put(cache, 'key', bodyOf(10));
  await cache.close();
  const [file] = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((one) =>
    one.isFile(),
  );
  const place = path.join(file!.parentPath, file!.name);
  rmSync(place);
  execFileSync('mkfifo', [place]);
  const cold = new DiskCache({ directory });
  expect(await cold.match('key')).toEqual([]);
  await put(cold, 'key', bodyOf(20));
  expect(await get(cold, 'key')).toEqual(bodyOf(20));
  await cold.close();
});

test('a variant that is used is found as long as it is there, whatever becomes of the first', async () => {
  const cache = new DiskCache({ directory: path.join(root, 'variants'), maximumSize: 1_000_000 });
  for (const foo of ['1', '2']) await put(cache, 'key', bodyOf(1000), { selecting: ['foo', foo] });
  for (let i = 0; i < 20; i++) {
    const used = (await cache.match('key')).find(({ metadata: { selecting } }) => selecting[1] === '2');
    cache.open(used!).close();
    await put(cache, `key ${i}`, bodyOf(100_000, i));
    await cache.size();
  }
  expect(await cache.match('key 0')).toEqual([]);
  await cache.close();
});

test('what hears of a fault and throws costs no request', async () => {
  const file = path.join(root, 'a file');
  mkdirSync(root, { recursive: true });
  writeFileSync(file, '');
  const thrown = new Error('from the listener');
  const uncaught: unknown[] = [];
  vi.stubGlobal('queueMicrotask', catching(uncaught));
  const onFault = (): never => {
    throw thrown;
  };
  const cache = new DiskCache({ directory: path.join(file, 'below'), onFault });
  expect(await cache.match('key')).toEqual([]);
  await expect(put(cache, 'key', bodyOf(10))).rejects.toThrow('ENOTDIR');
  expect(uncaught).toEqual([thrown]);
  vi.unstubAllGlobals();
  await cache.close();
});
