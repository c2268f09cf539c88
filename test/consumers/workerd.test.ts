/** The published package in workerd, which takes the set for browsers. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import esbuild from 'esbuild';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { installRuntimes } from './runtimes.ts';
import { type HelloServer, startHelloServer } from './server.ts';

const { directory } = inject('consumer');
const PROGRAM = join(
  import.meta.dirname,
  'runtimes/node_modules/@cloudflare',
  `workerd-${process.platform}-${process.arch === 'x64' ? '64' : process.arch}`,
  'bin/workerd',
);
const CONFIGURATION = `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = ["private", "public"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "workerd.js")],
  compatibilityDate = "2026-01-01",
  bindings = [(name = "ORIGIN", fromEnvironment = "ORIGIN")],
);
`;

let upstream: HelloServer;
let workerd: ChildProcess | undefined;
let origin = '';
beforeAll(async () => {
  installRuntimes();
  upstream = await startHelloServer();
  if (!existsSync(PROGRAM)) return;
  // What wrangler does, and the conditions that it sets.
  await esbuild.build({
    absWorkingDir: directory,
    entryPoints: ['worker.mjs'],
    outfile: 'workerd.js',
    bundle: true,
    format: 'esm',
    conditions: ['workerd', 'worker', 'browser'],
    logLevel: 'error',
  });
  writeFileSync(join(directory, 'workerd.capnp'), CONFIGURATION);
  workerd = spawn(PROGRAM, ['serve', 'workerd.capnp', '--control-fd=3'], {
    cwd: directory,
    env: { ORIGIN: upstream.origin },
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  });
  const [line] = (await once(workerd.stdio[3] as Readable, 'data')) as [Buffer];
  const { port } = JSON.parse(line.toString().split('\n', 1)[0]!) as { port: number };
  origin = `http://127.0.0.1:${port}`;
});
afterAll(async () => {
  workerd?.kill();
  await upstream.close();
});

test.for<readonly [string, unknown]>([
  ['get', 'hello'],
  ['post', [{ text: 'hi' }, 'application/json']],
  ['fetch', 'hello'],
  ['iteration', 'hello'],
  ['timeouts', 'hello'],
  ['cache', ['cached', 'cached', 'cache']],
  ['refused', ['NetworkError', 'unknown-network']],
])('%s', async ([name, expected], { skip }) => {
  if (workerd === undefined) return skip('workerd has no binary for this machine');
  const response = await fetch(`${origin}/${name}`);
  const text = await response.text();
  expect(response.status, text).toBe(200);
  expect(typeof expected === 'string' ? text : JSON.parse(text)).toEqual(expected);
});

test('what fetch gives is a Response that a Worker can answer with', async ({ skip }) => {
  if (workerd === undefined) return skip('workerd has no binary for this machine');
  const response = await fetch(`${origin}/missing`);
  expect([response.status, response.headers.get('content-type')]).toEqual([404, 'text/plain']);
});
