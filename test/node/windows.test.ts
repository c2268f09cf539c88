import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { CookieJar } from '../../src/cookies/jar.ts';
import { bodyOf, get, put, testCache } from '../suites/cache.ts';
import { testStore } from '../suites/store.ts';
import { WindowsFs } from '../support/windows-fs.ts';

/** The suites of stores and caches, where the disk has the rules of Windows: see `docs/platforms.md`. */

const root = mkdtempSync(path.join(tmpdir(), 'fairlead-Windows-'));
const SCAN = 20;
const windows = new WindowsFs(SCAN);
let parts: {
  readonly FileStore: typeof import('../../platform/node/files/file-store.ts').FileStore;
  readonly DiskCache: typeof import('../../platform/node/files/disk-cache.ts').DiskCache;
};

beforeAll(async () => {
  windows.install();
  vi.resetModules();
  parts = {
    ...(await import('../../platform/node/files/file-store.ts')),
    ...(await import('../../platform/node/files/disk-cache.ts')),
  };
});
afterAll(() => {
  windows.uninstall();
  rmSync(root, { recursive: true, force: true });
});

const cleanUp = async (): Promise<void> => {
  await new Promise((resolve) => setTimeout(resolve, SCAN + 5));
  rmSync(path.join(root, 'suite'), { recursive: true, force: true });
};

testStore('FileStore on Windows, acted out', {
  open: (name) => new parts.FileStore({ file: path.join(root, 'suite', `${name}.json`) }),
  cleanUp,
});

testCache('DiskCache on Windows, acted out', {
  open: (name, maximumSize) =>
    new parts.DiskCache({
      directory: path.join(root, 'suite', name),
      ...(maximumSize === undefined ? {} : { maximumSize }),
    }),
  persistent: true,
  cleanUp,
});

describe('a reader that another program is', () => {
  let count = 0;
  const place = (): string => {
    const directory = path.join(root, `reader-${count++}`);
    mkdirSync(directory);
    return directory;
  };

  test('of a store’s file holds its writer up, and nothing is lost', async () => {
    const file = path.join(place(), 'jar.json');
    const store = new parts.FileStore({ file });
    const jar = await CookieJar.open(store);
    jar.setCookie('a=1; Max-Age=100', 'https://app.example/');
    await jar.flush();
    const letGo = windows.hold(file.toUpperCase());
    jar.setCookie('b=1; Max-Age=100', 'https://app.example/');
    const closed = jar.close();
    setTimeout(letGo, 300);
    await closed;
    await store.close();
    expect((await new parts.FileStore({ file }).load()).size).toBe(2);
    expect(readdirSync(`${file}.lock`)).toEqual([]);
  });

  test('of an entry keeps no entry from being cleared for us', async () => {
    const directory = place();
    const cache = new parts.DiskCache({ directory });
    await put(cache, 'key', bodyOf(10));
    const [entry] = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.0'),
    );
    const letGo = windows.hold(path.join(directory, entry!));
    await cache.clear();
    expect(await cache.match('key')).toEqual([]);
    letGo();
    await put(cache, 'key', bodyOf(20));
    expect(await get(cache, 'key')).toEqual(bodyOf(20));
    await cache.close();
  });

  test('was met by the suites, too', () => {
    expect(windows.refusals).toBeGreaterThan(10);
  });
});
