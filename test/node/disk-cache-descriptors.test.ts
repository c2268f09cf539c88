import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { DiskEntry } from '../../platform/node/files/disk-cache/disk-entry.ts';
import { DiskCache } from '../../platform/node/files/disk-cache.ts';
import { NetworkAccessManager } from '../../platform/node/index.ts';
import { bodyOf, metadata, put, readAll } from '../suites/cache.ts';
import { eventually } from '../support/eventually.ts';

/** Descriptors that are open, those that were closed although not open or still read, and what was done with all. */
const { open, reading, wronglyClosed, done, faults } = vi.hoisted(() => ({
  open: new Set<number>(),
  reading: [] as number[],
  wronglyClosed: [] as number[],
  done: { opened: 0, bytesRead: 0 },
  faults: [] as Error[],
}));

vi.mock(import('../../platform/node/files/disk-cache/files.ts'), async (importOriginal) => {
  const files = await importOriginal();
  const closed = (descriptor: number): void => {
    if (!open.delete(descriptor) || reading.includes(descriptor)) wronglyClosed.push(descriptor);
  };
  const whileReading = async <Result>(descriptor: number, result: Promise<Result>): Promise<Result> => {
    reading.push(descriptor);
    await result.catch(() => {});
    reading.splice(reading.indexOf(descriptor), 1);
    return result;
  };
  return {
    ...files,
    openFile: async (...args: Parameters<typeof files.openFile>) => {
      const descriptor = await files.openFile(...args);
      open.add(descriptor);
      done.opened++;
      return descriptor;
    },
    readAt: async (...args: Parameters<typeof files.readAt>) => {
      const bytes = await whileReading(args[0], files.readAt(...args));
      done.bytesRead += bytes.length;
      return bytes;
    },
    readIntoAt: async (...args: Parameters<typeof files.readIntoAt>) => {
      const fault = faults.pop();
      const result = fault === undefined ? files.readIntoAt(...args) : Promise.reject(fault);
      const count = await whileReading(args[0], result);
      done.bytesRead += count;
      return count;
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

/** Windows lets no file be replaced while it is open, so that none is held there. */
const isHeld = process.platform !== 'win32';

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
/**
 * Of the monotonic clock. It stands still unless a test moves it, so that nothing that is held is closed by time. On Windows
 * nothing is held, and a refusal is waited out by that clock.
 */
let time = 0;
beforeEach(() => {
  if (isHeld) vi.spyOn(performance, 'now').mockImplementation(() => time);
});
afterEach(async () => {
  await eventually(() => expect([...open]).toEqual([]));
  vi.restoreAllMocks();
  expect(wronglyClosed).toEqual([]);
});

const urlOf = (size: number): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/${size}`;
let places = 0;
const openCache = (maximumSize?: number): DiskCache =>
  new DiskCache({
    directory: path.join(root, `place-${places++}`),
    ...(maximumSize === undefined ? {} : { maximumSize }),
  });

/** The entry under a key, of which the whole body was read. */
async function read(cache: DiskCache, key = 'key'): Promise<DiskEntry> {
  const [entry] = await cache.match(key);
  const reader = cache.open(entry!);
  expect((await reader.read(0, entry!.length)).length).toBe(entry!.length);
  reader.close();
  return entry!;
}

/** What was opened and read meanwhile. */
async function during(work: () => Promise<unknown>): Promise<typeof done> {
  const before = { ...done };
  await work();
  return { opened: done.opened - before.opened, bytesRead: done.bytesRead - before.bytesRead };
}

test.each([0, 1, 300_000])(
  'a body of %i bytes: each file is closed once, stored, hit or given up',
  async (size) => {
    const cache = openCache();
    const manager = new NetworkAccessManager({ cache });
    await manager.get(urlOf(size)).bytes();
    for (let i = 0; i < 3; i++) {
      const hit = manager.get(urlOf(size));
      expect((await hit.bytes()).length).toBe(size);
      expect(hit.source).toBe('cache');
      const givenUp = manager.get(urlOf(size));
      await givenUp.response;
      givenUp.abort();
      manager.get(urlOf(size)).abort();
    }
    await manager.close();
    await cache.close();
  },
);

describe.runIf(isHeld)('hits soon after others', () => {
  test.each([1000, 65_536, 300_000])(
    'a body of %i bytes: a hit soon after another opens no file',
    async (size) => {
      const cache = openCache();
      const manager = new NetworkAccessManager({ cache });
      await manager.get(urlOf(size)).bytes();
      await eventually(() => expect(open.size).toBe(0));
      const hit = (): Promise<Uint8Array> => manager.get(urlOf(size)).bytes();
      expect((await during(hit)).opened).toBe(1);
      for (let i = 0; i < 5; i++) expect((await during(hit)).opened).toBe(0);
      await manager.close();
      await cache.close();
    },
  );

  test('a file is held for a second, however much it is used, and closed without being used again', async () => {
    const cache = openCache();
    await put(cache, 'key', bodyOf(1000));
    const { opened } = await during(async () => {
      await read(cache);
      for (let i = 0; i < 5; i++) {
        time += 199;
        await read(cache);
      }
    });
    expect(opened).toBe(1);
    time += 5;
    expect((await during(() => read(cache))).opened).toBe(1);
    time += 1000;
    await eventually(() => expect(open.size).toBe(0));
    await cache.close();
  });

  test('a look at what is held a moment before its end sets no timer into the past', async () => {
    const cache = openCache();
    await put(cache, 'key', bodyOf(1000));
    const timers = vi.spyOn(globalThis, 'setTimeout');
    await read(cache);
    const [look] = timers.mock.calls.find(([, wait]) => wait === 1000)!;
    const end = time + 1000;
    vi.mocked(performance.now)
      .mockReturnValueOnce(end - 0.1)
      .mockReturnValue(end + 0.1);
    look();
    expect(timers.mock.calls.filter(([, wait]) => wait! < 0)).toEqual([]);
    await cache.close();
  });

  test('a file that is held and cannot be read is opened anew', async () => {
    const onFault = vi.fn();
    const cache = new DiskCache({ directory: path.join(root, 'unreadable'), onFault });
    await put(cache, 'key', bodyOf(1000));
    await read(cache);
    faults.push(Object.assign(new Error('stale'), { code: 'ESTALE' }));
    expect((await during(() => read(cache))).opened).toBe(1);
    expect(faults).toEqual([]);
    expect(onFault).not.toHaveBeenCalled();
    await cache.close();
  });

  test('few are held at a time', async () => {
    const cache = openCache();
    const keys = Array.from({ length: 50 }, (_, i) => `key ${i}`);
    for (const key of keys) await put(cache, key, bodyOf(100));
    await eventually(() => expect(open.size).toBe(0));
    await Promise.all(keys.map((key) => read(cache, key)));
    expect(open.size).toBe(32);
    await cache.close();
  });
});

test.each<[string, (cache: DiskCache) => unknown]>([
  ['replaced', (cache) => put(cache, 'key', bodyOf(2000))],
  ['removed', (cache) => cache.remove('key')],
  ['cleared', (cache) => cache.clear()],
  ['validated', async (cache) => cache.update('key', await read(cache), metadata({ responseTime: 9 }))],
  ['joined by a variant', (cache) => put(cache, 'key', bodyOf(1), { selecting: ['foo', '1'] })],
  ['closed', (cache) => cache.close()],
])('a file that is held is closed at once when its entry is %s', async (_name, change) => {
  const cache = openCache();
  await put(cache, 'key', bodyOf(1000));
  await read(cache);
  await change(cache);
  await eventually(() => expect(open.size).toBe(0));
  await cache.close();
});

test('a file that is held is closed at once when its entry is evicted', async () => {
  const cache = openCache(300_000);
  await put(cache, 'key', bodyOf(10_000));
  await cache.size();
  await read(cache);
  for (let i = 0; i < 8; i++) await put(cache, `key ${i}`, bodyOf(100_000));
  await eventually(() => expect(open.size).toBe(0));
  expect(await cache.match('key')).toEqual([]);
  await cache.close();
});

test('who is in the middle of a body keeps its file, whatever becomes of the cache', async () => {
  const cache = openCache();
  const body = bodyOf(300_000);
  await put(cache, 'key', body);
  await eventually(() => expect(open.size).toBe(0));
  const [entry] = await cache.match('key');
  const reader = cache.open(entry!);
  await reader.read(0, 100_000);
  await cache.clear();
  await cache.close();
  expect(open.size).toBe(1);
  expect(Buffer.compare(await readAll(reader, 300_000), body)).toBe(0);
  const reading = reader.read(100_000, 100_000);
  reader.close();
  reader.close();
  expect(Buffer.compare((await reading).subarray(0, 50_000), body.subarray(100_000, 150_000))).toBe(0);
});

test.each([1000, 70_000, 300_000])(
  'a reply of %i bytes that is aborted from its own signal, at the first or the last byte, leaves no file',
  async (size) => {
    const directory = path.join(root, `place-${places++}`);
    const onFault = vi.fn();
    const cache = new DiskCache({ directory, onFault });
    const manager = new NetworkAccessManager({ cache });
    for (const [enough, soon] of [
      [1, (abort: () => void) => abort()],
      [size, (abort: () => void) => abort()],
      [size, queueMicrotask],
    ] as const) {
      const reply = manager.get(urlOf(size));
      const finished = new Promise<void>((resolve) => reply.on('finished', resolve));
      let got = 0;
      reply.on('readyRead', () => {
        got += reply.readAll().length;
        if (got >= enough) soon(() => reply.abort());
      });
      await finished;
      await cache.clear();
    }
    await manager.close();
    await eventually(() => expect(open.size).toBe(0));
    await cache.close();
    const temporary = path.join(directory, 'v1', 'tmp');
    // What is given up goes behind the back of everybody.
    await eventually(() => expect(existsSync(temporary) ? readdirSync(temporary) : []).toEqual([]));
    expect(onFault).not.toHaveBeenCalled();
  },
);

test.each([1000, 70_000, 300_000])(
  'a writer of %i bytes that is closed while it commits closes its file once, and the entry is there',
  async (size) => {
    const cache = openCache();
    const writer = cache.insert('key', metadata(), size)!;
    await writer.write(bodyOf(size));
    const committed = writer.commit();
    writer.close();
    await committed;
    expect((await cache.match('key')).map(({ length }) => length)).toEqual([size]);
    await cache.close();
  },
);

test('what is found while the cache closes is not held', async () => {
  const directory = path.join(root, 'closing');
  const filling = new DiskCache({ directory });
  await put(filling, 'key', bodyOf(1000));
  await filling.close();
  // This one has written nothing that closing would have to wait for.
  const cache = new DiskCache({ directory });
  const finding = cache.match('key');
  await cache.close();
  expect(await finding).toHaveLength(1);
});

test.runIf(isHeld)(
  'a large body is read along with the metadata only if the last hit took all of it',
  async () => {
    const cache = openCache();
    await put(cache, 'key', bodyOf(300_000));
    await read(cache);
    const { bytesRead } = await during(() => read(cache));
    expect(bytesRead).toBeLessThan(310_000);
    expect((await during(() => cache.match('key'))).bytesRead).toBeGreaterThan(300_000);
    expect((await during(() => cache.match('key'))).bytesRead).toBeLessThan(10_000);
    const part = await during(async () => {
      const [entry] = await cache.match('key');
      const reader = cache.open(entry!);
      await reader.read(0, 1000);
      reader.close();
    });
    expect(part.bytesRead).toBeLessThan(80_000);
    expect((await during(() => cache.match('key'))).bytesRead).toBeLessThan(10_000);
    await cache.close();
  },
);
