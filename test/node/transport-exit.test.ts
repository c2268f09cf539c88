import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer, type TestServer } from '../support/server.ts';

/** A script that sends one request, keeps its connection and does nothing more. It never closes its transport. */
const SCRIPT = `
  import { NodeHttpTransport } from './platform/node/http-module-transport/node-http-transport.ts';
  import { makeExchange, makeRequest, readBody } from './test/support/fixtures.ts';

  const { exchange } = makeExchange();
  const response = await new NodeHttpTransport().send(makeRequest({ url: process.argv[2] }), exchange);
  console.log(await readBody(response.body));
`;

let directory: string;
let server: TestServer;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'fairlead-exit-'));
  server = await startServer();
});
afterAll(async () => {
  await server.close();
  await rm(directory, { recursive: true });
});

test('a kept connection does not keep a script from exiting', async () => {
  const outfile = path.join(directory, 'script.mjs');
  await build({
    stdin: { contents: SCRIPT, resolveDir: process.cwd(), loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
    logLevel: 'error',
  });
  const child = spawn(process.execPath, [outfile, `${server.origin}/hello`]);
  let output = '';
  child.stdout.on('data', (bytes) => {
    output += bytes;
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect([code, output]).toEqual([0, 'hello\n']);
  // The server keeps idle connections for 5 s: it was the script that ended this one.
  expect(server.connections).toBe(1);
}, 4_000);
