import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { answer } from '../support/node-http-bench.ts';
import { type RawServer, startRawServer } from '../support/raw-server.ts';

/** A script that sends one request, tells what came of it and does nothing more. It never closes its transport. */
const SCRIPT = `
  import { NodeHttpTransport } from './platform/node/http-module-transport/node-http-transport.ts';
  import { makeExchange, makeRequest, readBody } from './test/support/fixtures.ts';

  const { exchange } = makeExchange();
  const request = makeRequest({ url: process.argv[2] });
  const text = new NodeHttpTransport().send(request, exchange).then(({ body }) => readBody(body));
  console.log(await text.catch(({ code }) => code));
`;

let directory: string;
let script: string;
let server: RawServer;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'fairlead-process-'));
  script = path.join(directory, 'script.mjs');
  await build({
    stdin: { contents: SCRIPT, resolveDir: process.cwd(), loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: script,
    logLevel: 'error',
  });
});
afterAll(() => rm(directory, { recursive: true }));
afterEach(() => server.close());

/** Runs the script to its end. */
async function run(url: string, ...flags: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [...flags, script, url]);
  let output = '';
  child.stdout.on('data', (bytes) => {
    output += bytes;
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect(code).toBe(0);
  return output.trimEnd();
}

test('a kept connection does not keep a script from exiting', async () => {
  // This peer never closes it.
  server = await startRawServer((socket) => socket.write(answer('hello')));
  expect(await run(server.origin)).toBe('hello');
});

test('the command line cannot make the parser lenient', async () => {
  const malformed = 'HTTP/1.1 200 OK\r\nX-Field: a\u0001b\r\nContent-Length: 2\r\n\r\nok';
  server = await startRawServer((socket) => socket.write(malformed));
  expect(await run(server.origin, '--insecure-http-parser')).toBe('protocol-failure');
});
