import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHttp2Server } from '../support/h2-server.ts';
import { startServer } from '../support/server.ts';

const root = mkdtempSync(path.join(tmpdir(), 'fairlead-lifetime-'));
const program = path.join(root, 'program.mjs');

beforeAll(async () => {
  const entry = path.join(import.meta.dirname, 'fixtures/socket-lifetime.ts');
  await build({ entryPoints: [entry], outfile: program, bundle: true, platform: 'node', format: 'esm' });
});
afterAll(() => rmSync(root, { recursive: true }));

/** What a process prints that sends these requests, and why it ended. */
function outcomeOf(
  ...args: readonly string[]
): Promise<{ readonly output: string; readonly killed: boolean }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { timeout: 25_000 }, (error, output) =>
      resolve({ output, killed: error?.killed === true }),
    );
  });
}

describe.each(['h1', 'h2'])('a process, over %s', (protocol) => {
  const start = () =>
    protocol === 'h1'
      ? startServer({
          routes: { late: ({ response }) => setTimeout(() => response.end('late'), 300) },
        })
      : startHttp2Server((stream, { ':path': target }) => {
          stream.respond({ ':status': 200 });
          setTimeout(() => stream.end(target!.slice(1)), target === '/late' ? 300 : 0);
        });

  test('ends although connections are idle, and lives as long as a request is in flight', async () => {
    const server = await start();
    // The second request goes over a connection that was idle.
    const { output, killed } = await outcomeOf(server.origin, protocol, '/hello', '/late', '/hello');
    expect([output, killed]).toEqual(['hello\nlate\nhello\n', false]);
    await server.close();
  });
});
