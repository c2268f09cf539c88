/** PAC files with the published package: where the thread that runs them is begun, and where its packages are found. */
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import esbuild from 'esbuild';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { installRuntimes } from './runtimes.ts';

const { directory } = inject('consumer');
const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '..', '..');
const TOOLS = join(import.meta.dirname, 'runtimes', 'node_modules');
const QUICKJS = ['quickjs-emscripten-core', '@jitl/quickjs-wasmfile-release-sync'];
const ENDLESS = 'new Array(3e9).join("x")';
const BUNDLE = join(`${directory}-bundles`, 'pac', 'pac.cjs');

beforeAll(() => {
  installRuntimes();
  for (const name of [...QUICKJS, '@jitl/quickjs-ffi-types']) {
    const target = join(directory, 'node_modules', name);
    mkdirSync(dirname(target), { recursive: true });
    cpSync(join(ROOT, 'node_modules', name), target, { recursive: true });
  }
});
// Other tests are without them.
afterAll(() => {
  for (const name of [...QUICKJS, '@jitl/quickjs-ffi-types'])
    rmSync(join(directory, 'node_modules', name), { recursive: true, force: true });
});

async function answers(program: string, ...args: string[]): Promise<unknown> {
  const { stdout } = await run(program, args, { cwd: directory, timeout: 60_000 });
  return JSON.parse(stdout);
}

async function bundle(outfile: string): Promise<string> {
  mkdirSync(dirname(outfile), { recursive: true });
  await esbuild.build({
    absWorkingDir: directory,
    entryPoints: ['pac.cjs'],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    logLevel: 'silent',
  });
  return outfile;
}

test('Node', async () => {
  const given = await answers(process.execPath, 'pac.cjs', ENDLESS);
  expect(given).toEqual(['a.test', 'it took longer than 2 s']);
});

test('a bundle beside the packages', async () => {
  const file = await bundle(join(directory, 'pac-bundle.cjs'));
  expect(await answers(process.execPath, file)).toEqual(['a.test']);
});

test('a bundle without them says what to do, wherever it is run', async () => {
  const file = await bundle(BUNDLE);
  expect(await answers(process.execPath, file)).toEqual([`npm install ${QUICKJS.join(' ')}`]);
});

const DENO = join(TOOLS, '@deno/linux-x64-glibc/deno');
test.skipIf(!existsSync(DENO))('Deno', async () => {
  const given = await answers(DENO, 'run', '--allow-all', '--quiet', 'pac.cjs', ENDLESS);
  expect(given).toEqual(['a.test', 'it took longer than 2 s']);
});

const BUN = join(TOOLS, '@oven/bun-linux-x64/bin/bun');
test.skipIf(!existsSync(BUN))('Bun', async () => {
  expect(await answers(BUN, 'pac.cjs')).toEqual(['a.test']);
});
