import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { claimName } from '../../platform/node/files/claims.ts';
import { DiskCache } from '../../platform/node/files/disk-cache.ts';
import { NetworkAccessManager } from '../../platform/node/index.ts';
import { bodyOf, get, metadata, put, readAll } from '../suites/cache.ts';
import { startServer } from '../support/server.ts';

const root = mkdtempSync(path.join(tmpdir(), 'fairlead-cache-'));
let places = 0;
const place = (): string => path.join(root, `place-${places++}`);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const BODY = bodyOf(150_000);

/** The files of entries below a cache's directory. */
function entryFiles(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile() && /\.\d$/.test(one.name))
    .map((one) => path.join(one.parentPath, one.name));
}

async function stored(body = BODY): Promise<{ cache: DiskCache; file: string }> {
  const directory = place();
  const cache = new DiskCache({ directory });
  await put(cache, 'key', body);
  return { cache, file: entryFiles(directory)[0]! };
}

/** How many bytes are delivered before damage is found; a wrong byte fails the test. */
async function soundBytes(cache: DiskCache): Promise<number> {
  const [entry] = await cache.match('key');
  const reader = entry === undefined ? null : cache.open(entry);
  if (entry === undefined || reader === null) return 0;
  expect(entry.metadata).toEqual(metadata());
  let offset = 0;
  try {
    while (offset < entry.length) {
      const chunk = await reader.read(offset, 20_000);
      if (Buffer.compare(chunk, BODY.subarray(offset, offset + chunk.length)) !== 0) throw new Error('WRONG');
      if (chunk.length === 0) break;
      offset += chunk.length;
    }
  } catch (error) {
    expect(String(error)).not.toContain('WRONG');
  } finally {
    reader.close();
  }
  return offset;
}

describe('damage', () => {
  test('of any byte is found before a byte of its block is delivered', async () => {
    const { cache, file } = await stored();
    const sound = readFileSync(file);
    const start = sound.length - (150_000 + 3 * 4);
    for (let position = 0; position < sound.length; position += position < start ? 7 : 1979) {
      const damaged = Buffer.from(sound);
      damaged[position]! ^= 1 << (position % 8);
      writeFileSync(file, damaged);
      const delivered = await soundBytes(cache);
      // Before the body there are spare places, and the slot that is not in use.
      if (position >= start) expect(delivered).toBe(Math.floor((position - start) / 65_540) * 65_536);
    }
  });

  test('of a small body is found together with the entry', async () => {
    const body = bodyOf(1000);
    const { cache, file } = await stored(body);
    const sound = readFileSync(file);
    for (let position = sound.length - 1004; position < sound.length; position += 17) {
      const damaged = Buffer.from(sound);
      damaged[position]! ^= 1;
      writeFileSync(file, damaged);
      expect(await cache.match('key')).toEqual([]);
      expect(existsSync(file)).toBe(false);
    }
  });

  test('behind sound blocks of one read leaves these', async () => {
    const { cache, file } = await stored();
    const damaged = readFileSync(file);
    damaged[damaged.length - 10]! ^= 1;
    writeFileSync(file, damaged);
    const [entry] = await cache.match('key');
    const reader = cache.open(entry!);
    expect(await reader.read(0, 150_000)).toEqual(BODY.subarray(0, 131_072));
    await expect(reader.read(131_072, 20_000)).rejects.toThrow('block 2 is damaged');
    reader.close();
  });

  test('by truncation is found', async () => {
    const { cache, file } = await stored();
    const { size } = statSync(file);
    const sound = readFileSync(file);
    for (let length = size - 1; length >= 0; length -= 4999) {
      writeFileSync(file, sound);
      truncateSync(file, length);
      expect(await soundBytes(cache)).toBeLessThan(BODY.length);
    }
  });

  test('by blocks in another order, or of another entry, is found', async () => {
    const { cache, file } = await stored();
    const sound = readFileSync(file);
    const start = sound.length - (150_000 + 3 * 4);
    const swapped = Buffer.from(sound);
    sound.copy(swapped, start, start + 65_540, start + 2 * 65_540);
    sound.copy(swapped, start + 65_540, start, start + 65_540);
    writeFileSync(file, swapped);
    expect(await soundBytes(cache)).toBe(0);

    const other = await stored();
    const foreign = readFileSync(other.file);
    foreign.copy(sound, start, start, start + 65_540);
    writeFileSync(file, sound);
    expect(await soundBytes(cache)).toBe(0);
  });

  test('makes the entry go', async () => {
    const { cache, file } = await stored();
    writeFileSync(file, 'something else');
    expect(await cache.match('key')).toEqual([]);
    expect(() => statSync(file)).toThrow();
  });

  test('of an update leaves what was before it', async () => {
    const { cache, file } = await stored();
    const before = readFileSync(file);
    const [entry] = await cache.match('key');
    await cache.update('key', entry!, metadata({ headers: ['a', '1'] }));
    const after = readFileSync(file);
    const changed = after.findIndex((byte, i) => byte !== before[i]);
    for (const torn of [changed, changed + 5, changed + 20]) {
      writeFileSync(file, Buffer.concat([after.subarray(0, torn), before.subarray(torn)]));
      expect((await cache.match('key'))[0]?.metadata).toEqual(metadata());
    }
  });

  test('a file under the name of another key is not its entry', async () => {
    const { cache, file } = await stored();
    await put(cache, 'other', bodyOf(10));
    const other = entryFiles(path.dirname(path.dirname(file))).find((one) => one !== file)!;
    copyFileSync(file, other);
    expect(await cache.match('other')).toEqual([]);
    expect(await get(cache, 'key')).toEqual(BODY);
  });
});

describe('trouble with the directory', () => {
  const body = bodyOf(200_000);
  async function requests(directory: string, during: () => void = () => {}): Promise<Error[]> {
    const faults: Error[] = [];
    const server = await startServer({
      routes: {
        cached: ({ response }) => {
          response.writeHead(200, { 'cache-control': 'max-age=60', 'content-length': String(body.length) });
          response.end(body);
        },
      },
    });
    const cache = new DiskCache({ directory, onFault: (fault) => faults.push(fault) });
    const manager = new NetworkAccessManager({ cache });
    for (let i = 0; i < 3; i++) {
      const reply = manager.get(`${server.origin}/cached/${i}`);
      await reply.response;
      during();
      expect(Buffer.compare(await reply.bytes(), body)).toBe(0);
    }
    await manager.close();
    await cache.close();
    await server.close();
    return faults;
  }

  test('that cannot be one', async () => {
    const file = place();
    writeFileSync(file, '');
    const faults = await requests(path.join(file, 'below'));
    expect(faults.map(({ message }) => message)).toEqual([expect.stringContaining('ENOTDIR')]);
  });

  test('that vanishes again and again', async () => {
    const directory = place();
    const faults = await requests(directory, () => rmSync(directory, { recursive: true, force: true }));
    expect(faults.length).toBeLessThanOrEqual(1);
  });

  test('on a full disk', async ({ skip }) => {
    const directory = place();
    mkdirSync(directory);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', directory], { stdio: 'ignore' });
    } catch {
      skip('a disk of its own takes root');
    }
    try {
      const faults = await requests(directory);
      expect(faults.map(({ message }) => message)).toEqual([expect.stringContaining('ENOSPC')]);
      expect(entryFiles(directory)).toEqual([]);
    } finally {
      execFileSync('umount', ['-l', directory]);
    }
  });
});

describe('several processes', () => {
  const age = (file: string, seconds: number) => {
    const then = Date.now() / 1000 - seconds;
    utimesSync(file, then, then);
  };

  const deadPid = (): string => String(spawnSync(process.execPath, ['-e', '']).pid);

  test.each<[string, () => string, number]>([
    ['in two seconds when it was killed before it could write its name', () => '', 2500],
    ['in two seconds when nothing is known of it but a number', () => String(process.pid), 2500],
    ...(process.platform === 'linux'
      ? ([
          ['at once when its process is dead', () => claimName().replace(/^\d+/, deadPid), 0],
          [
            'at once when another process has its number by now',
            () => claimName().replace(/^(\d+-[\da-f]+)-[\da-f]+/, '$1-1'),
            0,
          ],
        ] as [string, () => string, number][])
      : []),
  ])('what a killed one left is swept, its lease expires %s', async (_name, owner, milliseconds) => {
    const directory = place();
    const cache = new DiskCache({ directory, maximumSize: 300_000 });
    await put(cache, 'key', bodyOf(1000));
    const layout = path.join(directory, 'v1');
    const [left, fresh] = ['0'.repeat(24), '1'.repeat(24)];
    for (const name of [left, fresh]) writeFileSync(path.join(layout, 'tmp', name), 'x');
    age(path.join(layout, 'tmp', left), 60);
    for (const name of ['v1-0123456789ab', 'v1-ba9876543210', 'v1-of-the-user']) {
      const shard = path.join(directory, name, 'ab');
      mkdirSync(shard, { recursive: true });
      writeFileSync(path.join(shard, `${'0'.repeat(40)}.0`), 'x');
      if (name !== 'v1-ba9876543210') age(path.join(directory, name), 60);
    }
    writeFileSync(path.join(layout, 'evicting'), owner());
    const fill = async (): Promise<void> => {
      for (let i = 0; i < 4; i++) {
        await put(cache, `key ${i}`, bodyOf(100_000, i));
        await cache.size();
      }
    };
    await fill();
    if (milliseconds > 0) {
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      await fill();
    }
    expect(await cache.size()).toBeLessThanOrEqual(300_000);
    expect(readdirSync(path.join(layout, 'tmp'))).toEqual([fresh]);
    expect(readdirSync(directory).sort()).toEqual(['v1', 'v1-ba9876543210', 'v1-of-the-user']);
    expect(readdirSync(layout)).not.toContain('evicting');
    await cache.close();
  });

  test.each<[string, string]>([
    ['a living one', claimName()],
    ['one that has not written its name yet', ''],
  ])('the lease of %s is left to it', async (_name, owner) => {
    // Whoever shows no sign of life for two seconds is no longer a living one.
    const still = vi.spyOn(performance, 'now').mockReturnValue(0);
    const directory = place();
    const cache = new DiskCache({ directory, maximumSize: 300_000 });
    await put(cache, 'key', bodyOf(1000));
    const lease = path.join(directory, 'v1', 'evicting');
    writeFileSync(lease, owner);
    for (let i = 0; i < 4; i++) await put(cache, `key ${i}`, bodyOf(100_000, i));
    expect(await cache.size()).toBeGreaterThan(300_000);
    expect(readFileSync(lease, 'utf8')).toBe(owner);
    await cache.close();
    still.mockRestore();
  });

  test.each([
    [1000, 10],
    [150_000, 10],
    [1000, 5000],
    [150_000, 5000],
  ])('the update of an entry of %i bytes that was replaced leaves the new one', async (size, growth) => {
    const directory = place();
    const onFault = vi.fn();
    const cache = new DiskCache({ directory, onFault });
    await put(cache, 'key', bodyOf(size));
    const [entry] = await cache.match('key');
    await put(new DiskCache({ directory }), 'key', bodyOf(size, 2), { responseTime: 99 });
    await cache.update('key', entry!, metadata({ headers: ['a', 'x'.repeat(growth)] }));
    expect((await cache.match('key'))[0]!.metadata.responseTime).toBe(99);
    expect(Buffer.compare((await get(cache, 'key'))!, bodyOf(size, 2))).toBe(0);
    expect(onFault).not.toHaveBeenCalled();
    await cache.close();
  });

  // Windows does not let it be replaced meanwhile.
  test.skipIf(process.platform === 'win32')(
    'an entry that is replaced while it is read is read to its end, or not begun',
    async () => {
      const { cache, file } = await stored();
      const [entry] = await cache.match('key');
      const reader = cache.open(entry!);
      expect((await reader.read(140_000, 10)).length).toBe(10);
      const replacement = await stored(bodyOf(150_000, 2));
      renameSync(replacement.file, file);
      expect(await readAll(reader, 150_000)).toEqual(BODY);
      reader.close();
      // Another process has found it too, and comes too late.
      const late = new DiskCache({ directory: path.dirname(file) }).open(entry!);
      await expect(readAll(late, 150_000, 140_000)).rejects.toThrow('damaged');
      late.close();
      await cache.remove('key', entry);
      expect(statSync(file).isFile()).toBe(true);
    },
  );
});
