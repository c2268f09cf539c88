import { execFileSync, spawnSync } from 'node:child_process';
import fs, {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { FileStore } from '../../platform/node/files/file-store.ts';
import { CookieJar } from '../../src/cookies/jar.ts';
import { StrictTransportSecurity } from '../../src/hsts/strict-transport-security.ts';
import { failing, patchFs, systemError } from '../support/patched-fs.ts';

const isPosix = process.platform !== 'win32';
/** Root may mount in a namespace of its own, unless its container forbids it. */
const canMount =
  process.platform === 'linux' && spawnSync('unshare', ['-m', 'mount', '--bind', '/', '/mnt']).status === 0;
const root = mkdtempSync(path.join(tmpdir(), 'fairlead-own-files-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let restore = (): void => {};
afterEach(() => {
  restore();
  restore = () => {};
});

let count = 0;
/** A store's file in a directory of its own, which exists, beside the home of somebody. */
function place(): { file: string; home: string } {
  const directory = path.join(root, String(count++));
  const home = path.join(directory, 'home');
  mkdirSync(home, { recursive: true });
  writeFileSync(path.join(home, 'thesis.txt'), 'precious');
  return { file: path.join(directory, 'jar.json'), home };
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

describe.skipIf(!isPosix)('what is not ours is left alone', () => {
  test('a link in place of the directory of claims', async () => {
    const { file, home } = place();
    symlinkSync(home, `${file}.lock`);
    await expect(new FileStore({ file }).apply(new Map([['a', 1]]))).rejects.toThrow(/link/);
    expect(readdirSync(home)).toEqual(['thesis.txt']);
    expect(existsSync(file)).toBe(false);
  });

  test('files, links, directories and pipes among the claims, whatever their names', async () => {
    const { file, home } = place();
    const claims = `${file}.lock`;
    mkdirSync(claims);
    const dead = `${spawnSync(process.execPath, ['-e', '']).pid}-0123456789abcdef`;
    writeFileSync(path.join(claims, 'notes.txt'), 'mine');
    writeFileSync(path.join(claims, `${dead}.bak`), 'mine');
    symlinkSync(path.join(home, 'thesis.txt'), path.join(claims, `${dead}0`));
    mkdirSync(path.join(claims, `${dead}1`));
    execFileSync('mkfifo', [path.join(claims, `${dead}2`)]);
    await new FileStore({ file }).apply(new Map([['a', 1]]));
    expect(readdirSync(claims).sort()).toEqual(
      [`${dead}.bak`, `${dead}0`, `${dead}1`, `${dead}2`, 'notes.txt'].sort(),
    );
    expect(readFileSync(path.join(home, 'thesis.txt'), 'utf8')).toBe('precious');
  });

  test.skipIf(process.getuid?.() !== 0)('a claim of another user', async () => {
    const { file } = place();
    mkdirSync(`${file}.lock`);
    const claim = path.join(`${file}.lock`, '2147483-0123456789abcdef');
    writeFileSync(claim, '');
    fs.chownSync(claim, 65534, 65534);
    await new FileStore({ file }).apply(new Map([['a', 1]]));
    expect(existsSync(claim)).toBe(true);
  });

  const inPlaceOfTheFile: readonly [string, (file: string, home: string) => unknown][] = [
    ['a link', (file, home) => symlinkSync(path.join(home, 'thesis.txt'), file)],
    ['a link to nothing', (file, home) => symlinkSync(path.join(home, 'nothing'), file)],
    ['a FIFO', (file) => execFileSync('mkfifo', [file])],
    ['a directory', (file) => mkdirSync(file)],
    ['a socket', (file) => new Promise<void>((resolve) => net.createServer().listen(file, resolve).unref())],
    ['a device', (file) => execFileSync('mknod', [file, 'c', '1', '5'])],
  ];
  test.each(inPlaceOfTheFile)('%s in place of the file is an error, for all ways in', async (_name, make) => {
    const { file, home } = place();
    try {
      await make(file, home);
    } catch {
      return; // Only root makes devices.
    }
    const store = new FileStore({ file });
    await expect(store.load()).rejects.toThrow(/not a regular file/);
    await expect(store.apply(new Map([['a', 1]]))).rejects.toThrow(/not a regular file/);
    expect(() => store.applySync(new Map([['a', 1]]))).toThrow();
    const faults: Error[] = [];
    const jar = await CookieJar.open(store, { onFault: (fault) => faults.push(fault) });
    await turn();
    expect(faults).toHaveLength(1);
    await jar.close();
    await store.close();
    expect(readdirSync(home)).toEqual(['thesis.txt']);
    expect(readFileSync(path.join(home, 'thesis.txt'), 'utf8')).toBe('precious');
    expect(readdirSync(`${file}.lock`)).toEqual([]);
  });
});

describe('"nothing stored" and "not readable" are two answers', () => {
  const url = 'https://app.example/';
  async function stored(): Promise<string> {
    const { file } = place();
    const store = new FileStore({ file });
    const jar = await CookieJar.open(store);
    jar.setCookie('session=abc; Max-Age=100000', url);
    await jar.close();
    await store.close();
    return file;
  }
  const reading = (code: string, times: number, file: string): (() => void) =>
    failing('open', code, times, (path) => path === file);

  test.each(['EBUSY', 'EPERM', 'EACCES', 'EMFILE', 'ENFILE', 'ESTALE', 'EINTR', 'EAGAIN', 'EIO'])(
    'a moment of %s is waited out',
    async (code) => {
      const file = await stored();
      restore = reading(code, 3, file);
      const faults: Error[] = [];
      const jar = await CookieJar.open(new FileStore({ file }), { onFault: (fault) => faults.push(fault) });
      expect(jar.cookieHeader(url)).toBe('session=abc');
      expect(faults).toEqual([]);
    },
  );

  test('what lasts is told, by the jar and by HSTS, and taken in when it has passed', async () => {
    const file = await stored();
    const policies = place().file;
    restore = failing('open', 'EPERM', Number.POSITIVE_INFINITY, (path) => [file, policies].includes(path));
    const faults: Error[] = [];
    const onFault = (fault: Error): void => void faults.push(fault);
    const store = new FileStore({ file });
    const jar = await CookieJar.open(store, { onFault });
    await new StrictTransportSecurity().enableStore(new FileStore({ file: policies }), onFault);
    const unread = 'storage: the store could not be read; nothing of it is known';
    await expect
      .poll(() => faults.filter(({ message }) => message === unread).length, { timeout: 60_000 })
      .toBe(2);
    restore();
    await expect.poll(() => jar.cookieHeader(url), { timeout: 60_000 }).toBe('session=abc');
    await jar.close();
    await store.close();
  });
});

describe('a refusal that passes by itself', () => {
  test.each(['EPERM', 'EBUSY', 'EACCES', 'ESTALE', 'EMFILE'])('%s of the rename', async (code) => {
    const { file } = place();
    const store = new FileStore({ file });
    restore = failing('rename', code, 5);
    await store.apply(new Map([['a', 1]]));
    expect(await store.load()).toEqual(new Map([['a', 1]]));
    expect(readdirSync(`${file}.lock`)).toEqual([]);
  });

  test.each(['open', 'readdir', 'mkdir'] as const)('of %s', async (name) => {
    const { file } = place();
    const store = new FileStore({ file });
    restore = failing(name, 'EBUSY', 4);
    await store.apply(new Map([['a', 1]]));
    expect(await store.load()).toEqual(new Map([['a', 1]]));
  });

  test('that lasts is told once, and what was set is written when it is over, at close at the latest', async () => {
    const { file } = place();
    const faults: Error[] = [];
    const store = new FileStore({ file });
    const jar = await CookieJar.open(store, { onFault: (fault) => faults.push(fault) });
    restore = failing('rename', 'ESTALE', Number.POSITIVE_INFINITY);
    for (const name of ['a', 'b']) {
      jar.setCookie(`${name}=1; Max-Age=100`, 'https://app.example/');
      await jar.flush();
    }
    await turn();
    expect(faults.map(({ cause }) => (cause as NodeJS.ErrnoException).code)).toEqual(['ESTALE']);
    restore();
    await jar.close();
    await store.close();
    expect((await new FileStore({ file }).load()).size).toBe(2);
  });

  test('after the point of no return nothing fails any more: a directory that cannot be synced', async () => {
    const { file } = place();
    const real = fs.promises.open;
    restore = patchFs(fs.promises, {
      open: async (...parameters: Parameters<typeof real>) => {
        const handle = await real(...parameters);
        if ((await handle.stat()).isDirectory())
          handle.sync = async () => {
            throw systemError('EINVAL');
          };
        return handle;
      },
    });
    await new FileStore({ file }).apply(new Map([['a', 1]]));
    expect(await new FileStore({ file }).load()).toEqual(new Map([['a', 1]]));
  });

  test.skipIf(!isPosix)('a file that is mounted by itself is refused in words', async () => {
    const { file } = place();
    restore = failing('rename', 'EBUSY', Number.POSITIVE_INFINITY);
    await expect(new FileStore({ file }).apply(new Map([['a', 1]]))).rejects.toThrow('Mount its directory');
  });

  test.skipIf(!canMount)('one that really is, too, and keeps what is in it', { timeout: 60_000 }, () => {
    const { file, home } = place();
    writeFileSync(file, '');
    const outside = path.join(home, 'jar.json');
    writeFileSync(outside, '');
    const script = 'mount --bind "$1" "$2" && exec "$3" --import tsx "$4" "$2"';
    const args = [
      outside,
      file,
      process.execPath,
      path.join(import.meta.dirname, 'fixtures/mounted-store.ts'),
    ];
    const seen = execFileSync('unshare', ['-m', 'sh', '-c', script, 'sh', ...args], { encoding: 'utf8' });
    const refusal = expect.stringMatching(/mounted by itself.*Mount its directory/);
    expect(JSON.parse(seen)).toEqual([refusal, refusal]);
    expect(readFileSync(outside, 'utf8')).toBe('');
  });
});

describe('a program that is about to end', () => {
  test.skipIf(!isPosix)('does not wait for what the permissions refuse', () => {
    const { file } = place();
    let renames = 0;
    const refuse = (): never => {
      throw systemError('EACCES');
    };
    restore = patchFs(fs, {
      renameSync: () => {
        renames++;
        refuse();
      },
      accessSync: refuse,
    });
    expect(() => new FileStore({ file }).applySync(new Map([['a', 1]]))).toThrow('EACCES');
    expect(renames).toBe(1);
  });

  test.each(['EINVAL', 'ENOTSUP'])('writes where nothing can be synced (%s)', async (code) => {
    const { file } = place();
    restore = patchFs(fs, {
      fsyncSync: () => {
        throw systemError(code);
      },
    });
    new FileStore({ file }).applySync(new Map([['a', 1]]));
    expect(await new FileStore({ file }).load()).toEqual(new Map([['a', 1]]));
  });
});

describe('changes of other processes are seen without events', () => {
  const url = 'https://app.example/';
  const real = fs.watch;
  const ways: readonly [string, () => void][] = [
    ['events come', () => {}],
    [
      'the watcher is silent',
      () => {
        restore = patchFs(fs, { watch: (() => ({ close() {}, on() {} })) as never });
      },
    ],
    [
      'there are no watchers left',
      () => {
        restore = patchFs(fs, {
          watch: (() => {
            throw systemError('ENOSPC');
          }) as never,
        });
      },
    ],
  ];
  test.each(ways)('%s: a login, a logout, and a directory that is made anew', async (_name, prepare) => {
    expect(real).toBe(fs.watch);
    prepare();
    const directory = path.join(root, String(count++));
    const file = path.join(directory, 'Jar-é.json');
    const stores = [new FileStore({ file }), new FileStore({ file })] as const;
    const one = await CookieJar.open(stores[0]);
    const other = await CookieJar.open(stores[1]);
    const sees = (header: string) =>
      expect.poll(() => one.cookieHeader(url), { timeout: 15_000, interval: 50 }).toBe(header);
    other.setCookie('s=1; Max-Age=1000', url);
    await other.flush();
    await sees('s=1');
    other.clear();
    await other.flush();
    await sees('');
    rmSync(directory, { recursive: true });
    await turn();
    other.setCookie('s=2; Max-Age=1000', url);
    await other.flush();
    await sees('s=2');
    for (const jar of [one, other]) await jar.close();
    for (const store of stores) await store.close();
  });
});

describe('flushSync', () => {
  test('a program that ends by process.exit has what it set, also while another one claims the file', async () => {
    const { file } = place();
    const store = new FileStore({ file });
    const jar = await CookieJar.open(store);
    jar.setCookie('a=1; Max-Age=100', 'https://app.example/');
    jar.flushSync();
    expect((await new FileStore({ file }).load()).size).toBe(1);
    jar.setCookie('b=1; Max-Age=100', 'https://app.example/');
    mkdirSync(`${file}.lock`, { recursive: true });
    writeFileSync(path.join(`${file}.lock`, '1-0123456789abcdef'), '');
    jar.flushSync();
    expect((await new FileStore({ file }).load()).size).toBe(2);
    await jar.close();
    await store.close();
  });
});
