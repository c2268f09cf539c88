import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FileStore } from '../../platform/node/files/file-store.ts';
import { windowsFs } from '../support/windows-in-processes.ts';

const root = mkdtempSync(path.join(tmpdir(), 'fairlead-crash-'));
const program = path.join(root, 'writer.mjs');
const children: ChildProcess[] = [];

beforeAll(async () => {
  const entry = path.join(import.meta.dirname, 'fixtures/file-store-writer.ts');
  await build({
    entryPoints: [entry],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    inject: windowsFs(),
  });
});

afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(root, { recursive: true, force: true });
});

/** A writer that has been started and told to go. `saved` is the last number that it said to be durable. */
class Writer {
  saved = 0;
  readonly exited: Promise<unknown>;
  readonly #child: ChildProcess;

  constructor(file: string, name: string, count: number) {
    this.#child = fork(program, [file, name, String(count)]);
    children.push(this.#child);
    this.exited = once(this.#child, 'exit');
    this.#child.on('message', (n) => {
      if (typeof n === 'number') this.saved = n;
    });
  }

  async ready(): Promise<this> {
    await once(this.#child, 'message');
    return this;
  }

  start(): void {
    this.#child.send('go');
  }

  /** Resolves when that many batches are durable. */
  async reach(n: number): Promise<void> {
    while (this.saved < n) await once(this.#child, 'message');
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

test('kill -9 at any instant: whole batches, nothing durable lost, nobody else held up', async () => {
  const file = path.join(root, 'storm', 'store.json');
  const faults: Error[] = [];
  const onFault = (fault: Error): void => {
    faults.push(fault);
  };
  // Enough content that a write which is not atomic would be caught half way.
  const ballast = Array.from({ length: 100 }, (_, i) => [`ballast ${i}`, 'x'.repeat(5000)] as const);
  await new FileStore({ file, onFault }).apply(new Map(ballast));
  const survivor = await new Writer(file, 'survivor', 1_000_000).ready();
  survivor.start();
  for (let round = 0; round < 8; round++) {
    const victims = await Promise.all(
      [0, 1].map((v) => new Writer(file, `${round}-${v}`, 1_000_000).ready()),
    );
    for (const victim of victims) victim.start();
    // A reader without any lock finds whole content all the time.
    while (victims.every((victim) => victim.saved <= round % 4)) JSON.parse(await readFile(file, 'utf8'));
    for (const victim of victims) victim.kill();
    await Promise.all(victims.map((victim) => victim.exited));

    const entries = await new FileStore({ file, onFault }).load();
    for (const [v, victim] of victims.entries()) {
      const name = `${round}-${v}`;
      const left = (entries.get(`${name}:left`) ?? 0) as number;
      expect(entries.get(`${name}:right`) ?? 0).toBe(left);
      expect(left).toBeGreaterThanOrEqual(victim.saved);
      for (let n = 1; n <= left; n++) expect(entries.has(`${name}:${n}`)).toBe(true);
    }
    await survivor.reach(survivor.saved + 1);
  }
  survivor.kill();
  await survivor.exited;

  const store = new FileStore({ file, onFault });
  await store.apply(new Map([['after', true]]));
  const entries = await store.load();
  for (let n = 1; n <= survivor.saved; n++) expect(entries.has(`survivor:${n}`)).toBe(true);
  for (const [key] of ballast) expect(entries.has(key)).toBe(true);
  expect(faults).toEqual([]);
  expect(readdirSync(path.dirname(file)).sort()).toEqual(['store.json', 'store.json.lock']);
  expect(readdirSync(`${file}.lock`)).toEqual([]);
});

test('two processes that write at once merge rather than overwrite', async () => {
  const file = path.join(root, 'merge', 'store.json');
  const writers = await Promise.all(['a', 'b'].map((name) => new Writer(file, name, 40).ready()));
  for (const writer of writers) writer.start();
  await Promise.all(writers.map((writer) => writer.exited));

  const entries = await new FileStore({ file }).load();
  expect(entries.size).toBe(2 * (40 + 2));
  expect([entries.get('a:left'), entries.get('b:left')]).toEqual([40, 40]);
});
