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
import { DiskCache } from '../../platform/node/files/disk-cache.ts';
import { systemClock } from '../../src/util/clock.ts';
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

  /** The entry itself cannot be opened for writing, as where another program has it open and shares nothing. */
  const heldOpen = (): (() => void) => {
    const real = fs.open;
    const open = (...parameters: Parameters<typeof real>): void => {
      const [file, flags] = parameters as unknown as [string, number];
      const isWritten = (flags & (fs.constants.O_WRONLY | fs.constants.O_RDWR)) !== 0;
      if (/\.\d$/.test(file) && isWritten)
        (parameters.at(-1) as (error: Error) => void)(systemError('EBUSY'));
      else real(...parameters);
    };
    return patchFs(fs, { open } as never);
  };
  const ALWAYS = Number.POSITIVE_INFINITY;

  test.each([
    ['unlink is refused', () => [failing('unlink', 'EBUSY', ALWAYS)]],
    ['unlink is refused and the entry held open', () => [failing('unlink', 'EBUSY', ALWAYS), heldOpen()]],
    ['the entries cannot be listed', () => [failing('readdir', 'EIO', ALWAYS)]],
  ] as const)(
    'where %s: what is left is not found, by others and after a restart neither',
    { timeout: 30_000 },
    async (_what, refuse) => {
      const directory = await planted();
      let now = 0;
      const clock = { ...systemClock, monotonic: () => now };
      const other = new DiskCache({ directory, clock });
      expect(await get(other, 'key')).toEqual(bodyOf(10));
      const { cache, onFault } = await cacheAt(directory);
      const undo = [failing('rename', 'EPERM', ALWAYS, (from) => from.endsWith('v1')), ...refuse()];
      restore = () => {
        for (const one of undo.reverse()) one();
      };
      await cache.clear();
      expect(await cache.match('key')).toEqual([]);
      expect(onFault).toHaveBeenCalledOnce();
      // As if this process were killed, without a close.
      const { cache: restarted } = await cacheAt(directory);
      expect(await restarted.match('key')).toEqual([]);
      now = 1001;
      expect(await other.match('key')).toEqual([]);
      await put(other, 'other', bodyOf(20));
      restore();
      restore = () => {};
      expect(await cache.match('key')).toEqual([]);
      for (const one of [cache, restarted, other]) {
        expect(await get(one, 'other')).toEqual(bodyOf(20));
        expect(await one.match('key')).toEqual([]);
        await one.close();
      }
      // Once the disk allows it, all is as if nothing had been refused.
      const { cache: later } = await cacheAt(directory);
      await later.clear();
      expect(entries(directory)).toEqual([]);
      await put(later, 'key', bodyOf(30));
      expect(await get(later, 'key')).toEqual(bodyOf(30));
      await later.close();
    },
  );

  test.each([
    [
      'takes nothing',
      'EROFS',
      () => [failing('rename', 'EROFS', ALWAYS), failing('unlink', 'EROFS', ALWAYS), heldOpen()],
    ],
    ['cannot even be looked at', 'EACCES', () => []],
  ] as const)('in this process where the disk %s', { timeout: 30_000 }, async (_what, code, refuse) => {
    const directory = await planted();
    const { cache, onFault } = await cacheAt(directory);
    const undo = [failing('open', code, ALWAYS, (file) => file.endsWith('cleared')), ...refuse()];
    restore = () => {
      for (const one of undo.reverse()) one();
    };
    await cache.clear();
    expect(await cache.match('key')).toEqual([]);
    expect(onFault).toHaveBeenCalledOnce();
    restore();
    restore = () => {};
    expect(await cache.match('key')).toEqual([]);
    await cache.close();
    const { cache: later } = await cacheAt(directory);
    expect(await later.match('key')).toEqual([]);
    await later.close();
  });
});

test('an entry that could not be removed stays away after a restart', { timeout: 30_000 }, async () => {
  const directory = await planted();
  const { cache, onFault } = await cacheAt(directory);
  restore = failing('unlink', 'EBUSY', Number.POSITIVE_INFINITY);
  await cache.remove('key');
  expect(onFault).toHaveBeenCalledOnce();
  const { cache: restarted } = await cacheAt(directory);
  expect(await restarted.match('key')).toEqual([]);
  await Promise.all([cache.close(), restarted.close()]);
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
