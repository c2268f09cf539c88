/** Downloads to disks that are what they are: full, read-only, another's. In processes of their own. */
import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleFixture } from '../support/bundled-fixture.ts';
import { Cleanup, serveNth } from '../support/listening.ts';

const run = promisify(execFile);
const SIZE = 2 * 1024 * 1024;
const isRoot = process.getuid?.() === 0;
/** Root may mount in a namespace of its own, and others in one in which they are root, unless that is forbidden here. */
const NAMESPACE = isRoot ? ['-m'] : ['-r', '-m'];
const canMount =
  process.platform === 'linux' &&
  spawnSync('unshare', [...NAMESPACE, 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;

const cleanup = new Cleanup();
const root = mkdtempSync(join(tmpdir(), 'download-disk-'));
const program = join(root, 'failing-download.mjs');
beforeAll(async () => {
  chmodSync(root, 0o755);
  await bundleFixture('failing-download.ts', program);
}, 60_000);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const serve = (): Promise<string> =>
  serveNth(cleanup, (_request, response) =>
    response.writeHead(200, { etag: '"v1"' }).end(Buffer.alloc(SIZE)),
  );

describe.skipIf(!canMount)('a disk that is mounted for it', () => {
  /** Downloads to a disk, and says what is there afterwards. */
  async function onDisk(options: string): Promise<{ told: unknown; left: string[] }> {
    const place = mkdtempSync(join(root, 'disk-'));
    const script = 'mount -t tmpfs -o "$1" tmpfs "$2" && "$3" "$4" "$5" "$2/file" && ls -A "$2"';
    const args = ['sh', '-c', script, 'sh', options, place, process.execPath, program, await serve()];
    const { stdout } = await run('unshare', [...NAMESPACE, ...args]);
    const [told = '', ...left] = stdout.trim().split('\n');
    return { told: JSON.parse(told), left };
  }

  test('has room: the file is there', async () => {
    expect(await onDisk('size=4m')).toEqual({ told: { bytes: SIZE }, left: ['file'] });
  });

  test('is full: the error says it, and nothing is left', async () => {
    const { told, left } = await onDisk('size=256k');
    expect(told).toMatchObject({ message: expect.stringMatching(/ENOSPC|no space/) });
    expect(left).toEqual([]);
  });

  test('is read-only: the error says it', async () => {
    const { told, left } = await onDisk('ro');
    expect(told).toMatchObject({ message: expect.stringMatching(/EROFS|read-only/) });
    expect(left).toEqual([]);
  });
});

test.skipIf(process.platform === 'win32')('a directory without rights: the error says it', async () => {
  const place = join(root, 'locked');
  mkdirSync(place);
  chmodSync(place, 0o555);
  // Root has all rights: it is somebody else who downloads.
  const identity = isRoot ? { uid: 65_534, gid: 65_534 } : {};
  const { stdout } = await run(process.execPath, [program, await serve(), join(place, 'file')], identity);
  expect(JSON.parse(stdout)).toMatchObject({
    code: 'content-access-denied',
    message: expect.stringMatching(/EACCES|permission denied/),
  });
  expect(readdirSync(place)).toEqual([]);
});
