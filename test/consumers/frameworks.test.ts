/** What the published package's fetch gives, handed to servers that look inside a Response. */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type HelloServer, startHelloServer } from './server.ts';

const { directory } = inject('consumer');
const run = promisify(execFile);
const FRAMEWORKS = join(import.meta.dirname, 'frameworks');
/** Installed for the test of the runtimes. */
const RUNTIMES = join(import.meta.dirname, 'runtimes', 'node_modules');
const SCRIPT = join(FRAMEWORKS, 'servers.mjs');

let upstream: HelloServer;
beforeAll(async () => {
  if (!existsSync(join(FRAMEWORKS, 'node_modules', 'next'))) {
    const args = ['ci', '--ignore-scripts', '--omit=optional', '--prefer-offline', '--no-audit', '--no-fund'];
    execFileSync('npm', args, { cwd: FRAMEWORKS, stdio: ['ignore', 'ignore', 'inherit'] });
  }
  upstream = await startHelloServer();
});
afterAll(() => upstream.close());

const ANSWERS = [
  ['itself', '200 text/plain hello'],
  ['missing', '404 text/plain '],
  ['copy', '200 text/plain hello'],
  ['clone', '200 text/plain hello'],
  ['reply', '200 text/plain hello'],
] as const;

test.for<[string, readonly string[], readonly string[]]>([
  ['Node', [process.execPath], ['hono', 'srvx', 'fastify', 'next']],
  ['Bun', [join(RUNTIMES, '@oven/bun-linux-x64/bin/bun')], ['bun']],
  ['Deno', [join(RUNTIMES, '@deno/linux-x64-glibc/deno'), 'run', '--allow-all', '--quiet'], ['deno']],
])('servers on %s answer with it', async ([name, [program, ...args], servers], { skip }) => {
  if (!existsSync(program!)) return skip(`${name} is not installed`);
  const entry = pathToFileURL(join(directory, 'node_modules/fairlead/dist/node/index.js')).href;
  const { stdout } = await run(program!, [...args, SCRIPT, entry, upstream.origin], { timeout: 60_000 });
  const expected = servers.flatMap((server) =>
    ANSWERS.map(([path, answer]) => `${server} ${path} ${answer}`),
  );
  expect(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.trimEnd()),
  ).toEqual(expected.map((line) => line.trimEnd()));
});
