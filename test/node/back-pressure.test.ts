import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ESM_BANNER } from '../support/bundled-fixture.ts';

const GIB = 1024 ** 3;
const SIZE = 2 * GIB;

let directory = '';
let script = '';
let url = '';
const server = createServer((_request, response) => {
  response.writeHead(200, { 'content-length': SIZE });
  const chunk = Buffer.alloc(256 * 1024);
  let left = SIZE / chunk.length;
  const send = (): void => {
    while (left-- > 0) if (!response.write(chunk)) return void response.once('drain', send);
    response.end();
  };
  send();
});

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'fairlead-memory-'));
  script = path.join(directory, 'slow-reader.mjs');
  const root = path.join(import.meta.dirname, '../..');
  await build({
    entryPoints: [path.join(import.meta.dirname, 'fixtures/slow-reader.ts')],
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'esm',
    absWorkingDir: root,
    banner: { js: ESM_BANNER },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(directory, { recursive: true, force: true });
});

// Node itself takes about 50 MiB; what comes on top is buffers of a fixed size and what the collector has not got to.
test.each(['iteration', 'readBufferSize', 'response'])(
  'a slow reader by %s keeps memory flat over 2 GiB',
  { timeout: 120_000 },
  async (way) => {
    const { stdout } = await promisify(execFile)(process.execPath, [script, url, way]);
    const { bytes, peakMiB } = JSON.parse(stdout) as { bytes: number; peakMiB: number };
    expect(bytes).toBe(SIZE);
    expect(peakMiB).toBeLessThan(200);
  },
);
