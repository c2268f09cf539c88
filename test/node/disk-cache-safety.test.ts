import fs, {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { DiskCache } from '../../platform/node/disk-cache.ts';
import { bodyOf, get, put } from '../suites/cache.ts';
import { failing, patchFs, systemError } from '../support/patched-fs.ts';

const isPosix = process.platform !== 'win32';
const root = mkdtempSync(path.join(tmpdir(), 'fairlead-cache-safety-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let restore = (): void => {};
afterEach(() => {
  restore();
  restore = () => {};
});

/** Says what is used after a change. */
const done = (_changed: unknown, directory: string): string => directory;

let places = 0;
const place = (): string => path.join(root, `place-${places++}`);

/** A directory with an entry in it. */
async function planted(): Promise<string> {
  const directory = place();
  const cache = new DiskCache({ directory });
  await put(cache, 'key', bodyOf(10));
  await cache.close();
  return directory;
}

async function cacheAt(directory: string) {
  const onFault = vi.fn<(fault: Error) => void>();
  const cache = new DiskCache({ directory, onFault });
  return { cache, onFault };
}

const entries = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => /\.\d$/.test(name));

describe.skipIf(!isPosix)('a directory that is not the user’s own is no cache, but a fault', () => {
  const spoil: readonly [string, (directory: string) => string, boolean][] = [
    [
      'a link in its place',
      (directory) => {
        const link = place();
        symlinkSync(directory, link);
        return link;
      },
      true,
    ],
    [
      'a link in place of the layout',
      (directory) => {
        renameSync(path.join(directory, 'v1'), path.join(directory, 'elsewhere'));
        symlinkSync(path.join(directory, 'elsewhere'), path.join(directory, 'v1'));
        return directory;
      },
      true,
    ],
    ['writable by all', (directory) => done(chmodSync(directory, 0o777), directory), true],
    [
      'a layout writable by all',
      (directory) => done(chmodSync(path.join(directory, 'v1'), 0o777), directory),
      true,
    ],
    [
      'a layout writable by a group',
      (directory) => done(chmodSync(path.join(directory, 'v1'), 0o770), directory),
      true,
    ],
    [
      'of another user',
      (directory) => done(chownSync(directory, 65534, 65534), directory),
      process.getuid?.() === 0,
    ],
    [
      'a layout of another user',
      (directory) => done(chownSync(path.join(directory, 'v1'), 65534, 65534), directory),
      process.getuid?.() === 0,
    ],
  ];
  test.each(spoil)('%s', async (_name, change, isPossible) => {
    if (!isPossible) return;
    const directory = change(await planted());
    const before = entries(directory);
    const { cache, onFault } = await cacheAt(directory);
    expect(await cache.match('key')).toEqual([]);
    await put(cache, 'other', bodyOf(10)).catch(() => {});
    expect(await cache.match('other')).toEqual([]);
    await cache.clear();
    await cache.close();
    expect(entries(directory)).toEqual(before);
    expect(onFault).toHaveBeenCalledOnce();
    expect(onFault.mock.calls[0]![0].cause).toMatchObject({ name: 'NotOurs' });
  });
});

test('clearing leaves what others have put there', async () => {
  const directory = await planted();
  const [shard] = readdirSync(path.join(directory, 'v1')).filter((name) => name.length === 2);
  const strange = ['notes.txt', `${shard}/.DS_Store`].map((name) => path.join(directory, 'v1', name));
  for (const file of strange) writeFileSync(file, 'mine');
  const { cache } = await cacheAt(directory);
  await cache.clear();
  expect(await cache.match('key')).toEqual([]);
  expect(strange.filter((file) => !existsSync(file))).toEqual([]);
  expect(entries(directory)).toEqual([]);
  await put(cache, 'key', bodyOf(20));
  expect(await get(cache, 'key')).toEqual(bodyOf(20));
  await cache.close();
});

describe('clear keeps its promise', () => {
  test.each(['EPERM', 'EBUSY', 'EACCES'])('with a moment of %s', async (code) => {
    const directory = await planted();
    const { cache, onFault } = await cacheAt(directory);
    restore = failing('rename', code, 2);
    await cache.clear();
    expect(entries(directory)).toEqual([]);
    expect(onFault).not.toHaveBeenCalled();
    await cache.close();
  });

  test('entry by entry where the directory stays', async () => {
    const directory = await planted();
    const { cache, onFault } = await cacheAt(directory);
    restore = failing('rename', 'EPERM', Number.POSITIVE_INFINITY);
    await cache.clear();
    expect(entries(directory)).toEqual([]);
    restore();
    await put(cache, 'key', bodyOf(20));
    expect(await get(cache, 'key')).toEqual(bodyOf(20));
    expect(onFault).not.toHaveBeenCalled();
    await cache.close();
  });

  test.each(['unlink', 'readdir'] as const)(
    'where %s is refused, too: what is left is not found',
    async (name) => {
      const directory = await planted();
      const { cache, onFault } = await cacheAt(directory);
      const undo = [
        failing('rename', 'EPERM', Number.POSITIVE_INFINITY),
        failing(name, 'EBUSY', Number.POSITIVE_INFINITY),
      ];
      restore = () => {
        for (const one of undo.reverse()) one();
      };
      await cache.clear();
      expect(await cache.match('key')).toEqual([]);
      expect(onFault).toHaveBeenCalledOnce();
      restore();
      restore = () => {};
      expect(await cache.match('key')).toEqual([]);
      await put(cache, 'other', bodyOf(20));
      expect(await get(cache, 'other')).toEqual(bodyOf(20));
      await cache.close();
      // What could be removed at last is removed.
      const { cache: later } = await cacheAt(directory);
      expect(await later.match('key')).toEqual([]);
      await later.close();
    },
  );
});

describe('a moment’s refusal', () => {
  test.each(['EPERM', 'EBUSY', 'EACCES', 'ESTALE', 'EMFILE'])(
    '%s costs no entry that is published',
    async (code) => {
      const { cache, onFault } = await cacheAt(place());
      restore = failing('rename', code, 3);
      await put(cache, 'key', bodyOf(20));
      expect(await get(cache, 'key')).toEqual(bodyOf(20));
      expect(onFault).not.toHaveBeenCalled();
      await cache.close();
    },
  );

  test.each(['EBUSY', 'EMFILE', 'EPERM'])('%s costs no hit', async (code) => {
    const directory = await planted();
    const { cache, onFault } = await cacheAt(directory);
    const real = fs.open;
    let left = 2;
    const open = (...parameters: Parameters<typeof real>): void => {
      const callback = parameters.at(-1) as (error: Error) => void;
      if (left-- > 0) callback(systemError(code));
      else real(...parameters);
    };
    restore = patchFs(fs, { open: open as never });
    expect(await get(cache, 'key')).toEqual(bodyOf(10));
    expect(onFault).not.toHaveBeenCalled();
    await cache.close();
  });
});
