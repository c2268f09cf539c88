import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DiskCache } from '../../platform/node/files/disk-cache.ts';
import { bodyOf, put, readAll } from '../suites/cache.ts';
import { windowsFs } from '../support/windows-in-processes.ts';

const WRITERS = 4;
const KILLS = 200;
/** Milliseconds after which the kills that there were have to do: machines differ. */
const PATIENCE = 60_000;
const MAXIMUM_SIZE = 3_000_000;

const root = mkdtempSync(path.join(tmpdir(), 'fairlead-torture-'));
const program = path.join(root, 'writer.mjs');
const directory = path.join(root, 'cache');
const children = new Set<ChildProcess>();

beforeAll(async () => {
  const entry = path.join(import.meta.dirname, 'fixtures/disk-cache-writer.ts');
  const stub = { name: 'stub', setup: stubVitest };
  await build({
    entryPoints: [entry],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    inject: windowsFs(),
    plugins: [stub],
  });
});

afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(root, { recursive: true, force: true });
});

/** The suite's helpers stand beside its tests, and a writer has no test runner. */
function stubVitest(builder: import('esbuild').PluginBuild): void {
  builder.onResolve({ filter: /^vitest$/ }, () => ({ path: 'vitest', namespace: 'stub' }));
  builder.onLoad({ filter: /.*/, namespace: 'stub' }, () => ({
    contents: 'export const afterEach = null, describe = null, expect = null, test = null;',
  }));
}

const faults: Error[] = [];
const open = (): DiskCache =>
  new DiskCache({ directory, maximumSize: MAXIMUM_SIZE, onFault: (fault) => faults.push(fault) });

/** Reads everything that there is. Returns how many bodies were sound; a wrong byte throws. */
async function verifyAll(cache: DiskCache): Promise<number> {
  let sound = 0;
  for (let i = 0; i < 25; i++) {
    const key = `key ${i}`;
    for (const entry of await cache.match(key)) {
      const [, name, , tag] = entry.metadata.headers;
      if (name !== key) throw new Error(`asked for ${key}, got ${name}`);
      const reader = cache.open(entry);
      const body = await readAll(reader, entry.length).catch((error: unknown) => {
        // Gone, or another one, since it was found: a miss.
        if (/ENOENT|damaged/.test(String(error))) return null;
        throw error;
      });
      reader.close();
      if (body === null) continue;
      if (Buffer.compare(body, bodyOf(entry.length, Number(tag))) !== 0)
        throw new Error(`${key}: wrong bytes`);
      sound++;
    }
  }
  return sound;
}

test('kill -9 at any instant, with four writers: no wrong byte is ever served', {
  timeout: 120_000,
}, async () => {
  let kills = 0;
  let verified = 0;
  const wrong: string[] = [];
  const end = Date.now() + PATIENCE;
  const goesOn = (): boolean => kills < KILLS && Date.now() < end;
  const writer = async (index: number): Promise<void> => {
    for (let round = 0; goesOn(); round++) {
      const child = fork(program, [directory, String(1 + index + WRITERS * round)]);
      children.add(child);
      child.on('message', (message: { verified?: number; wrong?: string }) => {
        verified += message.verified ?? 0;
        if (message.wrong !== undefined) wrong.push(message.wrong);
      });
      const exited = once(child, 'exit');
      // It says that it has begun; and is let live, on a slow machine too, until it has done something, two times of three.
      for (let steps = 0; steps <= round % 3; steps++) await once(child, 'message');
      await delay(5 + ((kills * 7) % 45));
      child.kill('SIGKILL');
      await exited;
      children.delete(child);
      kills++;
    }
  };
  const reader = async (): Promise<void> => {
    const cache = open();
    for (; goesOn(); await delay(100)) verified += await verifyAll(cache);
    await cache.close();
  };
  await Promise.all([reader(), ...Array.from({ length: WRITERS }, (_, index) => writer(index))]);
  expect(wrong.filter((text) => !text.includes('ENOENT'))).toEqual([]);
  // How many depends on the machine: a reading that found nothing would prove nothing.
  expect(kills).toBeGreaterThan(5 * WRITERS);
  expect(verified).toBeGreaterThan(0);

  const cache = open();
  expect(await verifyAll(cache)).toBeGreaterThan(0);
  await put(cache, 'after', bodyOf(1000));
  expect(await cache.match('after')).toHaveLength(1);
  // Whoever was killed while it evicted left a lease.
  const evicted = async (): Promise<number> => {
    await put(cache, 'after', bodyOf(1000));
    return cache.size();
  };
  await expect.poll(evicted, { timeout: 10_000, interval: 200 }).toBeLessThanOrEqual(MAXIMUM_SIZE);
  expect(faults).toEqual([]);
  await cache.close();
});
