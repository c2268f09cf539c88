/** How long threads live that use or serve a manager and have nothing else to do. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ESM_BANNER } from '../../support/bundled-fixture.ts';
import { startServer, type TestServer } from '../../support/server.ts';

const root = mkdtempSync(join(tmpdir(), 'fairlead-threads-'));
const program = join(root, 'program.mjs');
let server: TestServer;
beforeAll(async () => {
  server = await startServer();
  await build({
    entryPoints: [join(import.meta.dirname, 'fixtures', 'lifetimes.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: { js: ESM_BANNER },
  });
});
afterAll(async () => {
  await server.close();
  rmSync(root, { recursive: true });
});

/** What a program prints, and whether it had to be ended. */
function outcomeOf(name: string): Promise<{ readonly output: string; readonly killed: boolean }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [program, name, `${server.origin}/hello`],
      { timeout: 20_000 },
      (error, output) => resolve({ output, killed: error?.killed === true }),
    );
  });
}

test.each([
  ['a thread that serves what has made it', 'ownerInThread', 2],
  ['a thread that serves a port that it was given', 'ownerWithPort', 2],
  ['a thread that asks what has made it', 'clientInThread', 2],
])('%s lives until its client is closed', async (_, name, answers) => {
  expect(await outcomeOf(name)).toEqual({ output: 'hello\n'.repeat(answers), killed: false });
});

test.each([
  ['of another thread', 'unclosed'],
  ['of the same one', 'oneThread'],
])('a client %s that is not closed keeps nobody alive but while a request is under way', async (_, name) => {
  expect(await outcomeOf(name)).toEqual({ output: 'hello\n', killed: false });
});
