/** The published package in the runtimes, test runners and bundles that applications use. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createSecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { CertificateAuthority } from '../support/certificate.ts';
import { installRuntimes, RUNTIMES } from './runtimes.ts';

const { directory } = inject('consumer');
const run = promisify(execFile);

const EXPECTED = {
  get: 'hello',
  post: 'sent',
  redirect: 'hello',
  iteration: 'hello',
  upload: 300_000,
  form: true,
  blob: 'blob',
  parameters: 'a=b',
  headers: '1',
  gzip: 'unpacked',
  fetch: 'true,200,fetched',
  http2: 'hello,2',
  cookie: 'baked=1',
  cache: 'cached,network,cached,cache',
  disk: 'cached,network,cached,cache',
  store: 'kept=1',
  nodeHttp: 'hello',
  data: 'data',
  status: 'true,content-not-found',
  refused: 'true,connection-refused',
  abortInBody: 'true,operation-canceled',
  abort: 'true,operation-canceled',
};

/** What a runtime cannot have, by its name: no platform class is there to make it of. */
const DIFFERENT: Readonly<Record<string, object>> = {
  'Jest, jsdom': { fetch: expect.stringMatching(/^TypeError: fetch failed: no Response can be made/) },
};

function respond(request: IncomingMessage, response: ServerResponse): void {
  switch (request.url) {
    case '/hello':
      response.end('hello');
      break;
    case '/echo':
      response.writeHead(200, { 'content-type': request.headers['content-type'] ?? 'text/plain' });
      request.pipe(response);
      break;
    case '/redirect':
      response.writeHead(302, { location: '/hello' }).end();
      break;
    case '/gzip':
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('unpacked'));
      break;
    case '/stall':
      response.writeHead(200).write('begun');
      break;
    case '/cookie':
      response.writeHead(200, { 'set-cookie': 'baked=1' }).end();
      break;
    case '/cached':
      response.writeHead(200, { 'cache-control': 'max-age=60' }).end('cached');
      break;
    default:
      response.writeHead(404).end();
  }
}

const authority = new CertificateAuthority();
const plain = createServer(respond);
const secure = createSecureServer(authority.issue(), (request, response) =>
  respond(request as unknown as IncomingMessage, response as unknown as ServerResponse),
);
const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port;

beforeAll(async () => {
  installRuntimes();
  for (const server of [plain, secure])
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
});
afterAll(() => {
  plain.closeAllConnections();
  plain.close();
  secure.close();
});

test.each(RUNTIMES.map((runtime) => [runtime.name, runtime] as const))('%s', async (name, runtime) => {
  const command = await runtime.prepare(directory);
  if (command === null) return expect.soft(process.env.CI, `${runtime.name} is not here`).toBeUndefined();
  const own = mkdtempSync(join(directory, 'place-'));
  const place = {
    http: `http://localhost:${portOf(plain)}`,
    https: `https://localhost:${portOf(secure)}`,
    ca: authority.certificate,
    directory: own,
  };
  const [program, ...args] = command as [string, ...string[]];
  const { VITEST: _vitest, NODE_ENV: _env, ...environment } = process.env;
  try {
    const { stdout } = await run(program, args, {
      cwd: directory,
      env: { ...environment, TOUR: JSON.stringify(place) },
      timeout: 90_000,
    });
    const line = stdout.split('\n').find((text) => text.startsWith('{'));
    expect(JSON.parse(line ?? JSON.stringify({ stdout }))).toEqual({ ...EXPECTED, ...DIFFERENT[name] });
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
});
