import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { open, rename, rm, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { CookieJar } from '../../src/cookies/jar.ts';
import { bodyOf, get, put, testCache } from '../suites/cache.ts';
import { testStore } from '../suites/store.ts';
import { makeExchange, makeRequest } from '../support/fixtures.ts';
import { patchFs } from '../support/patched-fs.ts';
import { type Sharing, WindowsFs } from '../support/windows-fs.ts';

/**
 * The suites of stores and caches, where the disk has the rules of Windows and a scanner: see `docs/platforms.md`. The other
 * tests of stores and caches run there as the project `windows`, without the scanner.
 */

const root = mkdtempSync(path.join(tmpdir(), 'fairlead-Windows-'));
const SCAN = 20;
const windows = new WindowsFs(SCAN);
let parts: {
  readonly FileStore: typeof import('../../platform/node/files/file-store.ts').FileStore;
  readonly DiskCache: typeof import('../../platform/node/files/disk-cache.ts').DiskCache;
  readonly fileScheme: typeof import('../../platform/node/file-scheme.ts').fileScheme;
};

beforeAll(async () => {
  windows.install();
  vi.resetModules();
  parts = {
    ...(await import('../../platform/node/files/file-store.ts')),
    ...(await import('../../platform/node/files/disk-cache.ts')),
    ...(await import('../../platform/node/file-scheme.ts')),
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

let count = 0;
const place = (): string => {
  const directory = path.join(root, `place-${count++}`);
  mkdirSync(directory);
  return directory;
};
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: NodeJS.ErrnoException) => error.code ?? error.message,
  );

describe('a reader that another program is', () => {
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

  test('that shares nothing is waited for: what is stored is read, and not taken for nothing', async () => {
    const file = path.join(place(), 'jar.json');
    await new parts.FileStore({ file }).apply(new Map([['a', 1]]));
    const letGo = windows.hold(file, 'nothing');
    const loaded = new parts.FileStore({ file }).load();
    setTimeout(letGo, 300);
    expect(await loaded).toEqual(new Map([['a', 1]]));
  });

  test.each<Sharing>(['everything', 'no removal', 'nothing'])(
    'of an entry keeps no entry from being cleared, sharing %s',
    async (sharing) => {
      const directory = place();
      const cache = new parts.DiskCache({ directory });
      await put(cache, 'key', bodyOf(10));
      const [entry] = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) =>
        name.endsWith('.0'),
      );
      const letGo = windows.hold(path.join(directory, entry!), sharing);
      await cache.clear();
      expect(await cache.match('key')).toEqual([]);
      expect(await new parts.DiskCache({ directory }).match('key')).toEqual([]);
      letGo();
      await put(cache, 'key', bodyOf(20));
      expect(await get(cache, 'key')).toEqual(bodyOf(20));
      await cache.close();
    },
  );

  test('was met by the suites, too', () => {
    expect(windows.refusals).toBeGreaterThan(10);
  });
});

describe('what the disk of Windows does with', () => {
  test('a file that is open: nothing replaces it, and removed it stays until it is closed', async () => {
    const [file, other] = [path.join(place(), 'a.txt'), path.join(place(), 'b.txt')];
    for (const one of [file, other]) writeFileSync(one, 'text');
    const handle = await open(file, 'r');
    expect(await codeOf(rename(other, file))).toBe('EPERM');
    expect(await codeOf(rename(path.dirname(file), `${path.dirname(file)}-moved`))).toBe('EPERM');
    await unlink(file);
    expect(readdirSync(path.dirname(file))).toEqual(['a.txt']);
    expect([await codeOf(open(file, 'r')), await codeOf(unlink(file))]).toEqual(['EPERM', 'EPERM']);
    await handle.close();
    expect(readdirSync(path.dirname(file))).toEqual([]);
  });

  test('a tree that a test removes goes, whatever is open in it', async () => {
    const directory = place();
    const file = path.join(directory, 'a.txt');
    writeFileSync(file, 'text');
    const handle = await open(file, 'r');
    await unlink(file);
    rmSync(directory, { recursive: true });
    await handle.close();
    expect(existsSync(directory)).toBe(false);
  });

  test('a share violation', async () => {
    const file = path.join(place(), 'a.txt');
    writeFileSync(file, 'text');
    const letGo = windows.hold(file, 'nothing');
    expect([await codeOf(open(file, 'r')), await codeOf(rm(file))]).toEqual(['EBUSY', 'EBUSY']);
    letGo();
    expect(readFileSync(file.toUpperCase(), 'utf8')).toBe('text');
  });

  test.each([
    ['NUL', 'EINVAL'],
    ['con.txt', 'EINVAL'],
    ['a.txt:stream', 'EINVAL'],
    ['a.txt. ', 'EEXIST'],
    ['A.TXT', 'EEXIST'],
  ])('the name %j', async (name, code) => {
    const directory = place();
    writeFileSync(path.join(directory, 'a.txt'), '');
    expect(await codeOf(open(`${directory}/${name}`, 'wx'))).toBe(code);
  });

  test.each([
    ['C:\\', '\\a.txt', 'done'],
    ['d:/', '/A.txt', 'done'],
    ['\\\\?\\C:\\', '\\a.txt', 'done'],
    ['\\\\?\\C:\\', '/a.txt', 'ENOENT'],
    ['\\\\?\\C:\\', '\\.\\a.txt', 'ENOENT'],
    ['\\\\server\\', '\\a.txt', 'ENOENT'],
  ])('a path that begins with %s and ends with %s', async (before, after, code) => {
    const directory = place();
    writeFileSync(path.join(directory, 'a.txt'), '');
    const opened = open(`${before}${directory.slice(1).replaceAll('/', '\\')}${after}`, 'r');
    expect(await codeOf(opened.then((handle) => handle.close()))).toBe(code);
  });
});

describe('paths of Windows', () => {
  // The paths that our code makes are those of Windows, too.
  let restore = (): void => {};
  beforeAll(() => {
    const { resolve, join, dirname, basename, sep } = path.win32;
    restore = patchFs(path, { resolve, join, dirname, basename, sep });
  });
  afterAll(() => restore());

  test.each(['\\\\?\\C:\\', 'C:\\', 'c:/'])('%s leads to what is stored and cached', async (drive) => {
    const directory = `${drive}${place()
      .slice(1)
      .replaceAll(/[\\/]/g, drive.endsWith('/') ? '/' : '\\')}`;
    const file = `${directory}\\jar\\jar.json`;
    const store = new parts.FileStore({ file });
    await store.apply(new Map([['a', 1]]));
    store.applySync(new Map([['b', 2]]));
    await store.close();
    expect((await new parts.FileStore({ file: file.toUpperCase() }).load()).size).toBe(2);
    const cache = new parts.DiskCache({ directory: `${directory}\\cache` });
    await put(cache, 'key', bodyOf(10));
    expect(await get(cache, 'key')).toEqual(bodyOf(10));
    await cache.clear();
    expect(await cache.match('key')).toEqual([]);
    await cache.close();
  });

  test.each([
    'NUL',
    'C:\\data\\aux.json',
    'C:\\data\\jar.json:secret',
    'C:\\data\\jar.json::$DATA',
    '\\\\?\\C:\\data\\jar.json:secret',
  ])('%s is refused in words, because it is no file', (name) => {
    expect(() => new parts.FileStore({ file: name })).toThrow('neither a device (NUL) nor a stream');
    expect(() => new parts.DiskCache({ directory: name })).toThrow('neither a device (NUL) nor a stream');
  });

  test('file: opens what begins at the root of a drive, and nothing else', async () => {
    const directory = place().replaceAll('\\', '/');
    writeFileSync(`${directory}/a.txt`, 'text');
    const send = async (url: string, method = 'GET'): Promise<string> => {
      const opening = parts.fileScheme.open(makeRequest({ url, method }), makeExchange().exchange);
      return codeOf(Promise.resolve(opening));
    };
    expect(await send(`file:///C:${directory}/a.txt`, 'HEAD')).toBe('done');
    expect(await send(`file:///c|${directory}/a.txt`, 'HEAD')).toBe('done');
    for (const url of [
      'file:///C:a.txt',
      `file://${directory}/a.txt`,
      `file:///C:${directory}/a.txt:stream`,
      `file:///C:${directory}/a.txt%3Astream`,
      `file:///C:${directory}/NUL`,
      `file:///C:${directory}/a.txt.`,
      'file:////server/share/a.txt',
      'file:////%3F/C:/a.txt',
      'file://server/share/a.txt',
    ])
      expect([url, await send(url)]).toEqual([url, 'protocol-invalid-operation']);
  });
});
