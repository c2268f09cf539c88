import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import * as net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { beforeAll, describe, expect, test } from 'vitest';
import { type NodeApi, namesOf } from '../../platform/node/node-options.ts';
import { CertificateAuthority } from '../support/certificate.ts';
import { startHttp2Server } from '../support/h2-server.ts';
import { Cleanup } from '../support/listening.ts';
import type { Route } from '../support/server/routes.ts';
import { startServer } from '../support/server.ts';
import type { Poisoned } from './fixtures/polluted.ts';

/**
 * Attack checklist 81. Something else in the process has written to `Object.prototype`, under a name that Node reads from
 * options. Every transport, decoder and store must do what it does without.
 */
const cleanup = new Cleanup();
const directory = mkdtempSync(path.join(tmpdir(), 'fairlead-polluted-'));
const script = path.join(directory, 'polluted.mjs');

const encoders = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync } as const;

const APIS: readonly NodeApi[] = [
  'socket',
  'tls',
  'secureContext',
  'request',
  'http2',
  'http2Settings',
  'http2Request',
  'zlib',
  'lookup',
];
/** Names that Node reads over defaults of its own, and those that mean most in other clients. */
const OTHERS = [
  'checkServerIdentity',
  'ciphers',
  'minDHSize',
  'rejectUnauthorized',
  'agent',
  'dispatcher',
  'headers',
];
const OF_FILES = ['flag', 'flags', 'mode', 'recursive', 'force', 'persistent', 'fs', 'flush', 'start', 'end'];
const OF_OURS = [
  'transport',
  'tls',
  'cookieJar',
  'cache',
  'directory',
  'lookup',
  'agents',
  'http2Direct',
  'store',
];

/**
 * Names that Node reads from objects of its own, too (streams that it makes inside of HTTP/2, zlib and fetch, settings,
 * descriptors): there is no defence, but the request has to fail, or to succeed as it should.
 */
const NODES_OWN = new Set(
  `blockList captureRejections defaultEncoding destroy encoding end headers highWaterMark keepAliveInitialDelay lookup
  objectMode order pauseOnConnect pipe read readable readableHighWaterMark readableObjectMode session signal socket
  timeout typeOfService verbatim writableHighWaterMark writableObjectMode write writev`.split(/\s+/),
);

/** An operation that tells that it has failed, or that nothing was stored. */
const FAILURE = /Error|nothing for a while|unknown-network|: $/;
/** Names of events, too: Node's emitters look for listeners in plain objects, on its own sockets and requests of HTTP. */
const ON_NODES_HTTP = /^(node:https?:|TypeError|Error)/;
const HARMLESS = new Map(
  ['end', 'lookup', 'pipe', 'readable', 'session', 'socket'].map((name) => [name, ON_NODES_HTTP]),
);

const names = [...new Set([...APIS.flatMap(namesOf), ...OTHERS, ...OF_FILES, ...OF_OURS])];
const rounds = [names.filter((name) => !NODES_OWN.has(name)), ...[...NODES_OWN].map((name) => [name])];

describe('a polluted Object.prototype', () => {
  let results: readonly Poisoned[];
  let contacts = 0;

  beforeAll(async () => {
    const fixture = new URL('./fixtures/polluted.ts', import.meta.url).pathname;
    await build({
      entryPoints: [fixture],
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile: script,
      logLevel: 'error',
      external: ['cross-fetch'],
    });
    const authority = new CertificateAuthority();
    const identity = authority.issue();
    const evil = path.join(directory, 'evil.sock');
    await new Promise<void>((resolve) => {
      const trap = net.createServer((socket) => {
        contacts++;
        socket.on('error', () => {});
        socket.end('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nEVIL');
      });
      cleanup.add(async () => void trap.close());
      trap.listen(evil, resolve);
    });
    const routes: Record<string, Route> = {
      hello: ({ response }) => void response.end('hello'),
      fresh: ({ response }) => void response.writeHead(200, { 'cache-control': 'max-age=60' }).end('hello'),
    };
    for (const [coding, encode] of Object.entries(encoders)) {
      routes[coding] = ({ response }) =>
        void response.writeHead(200, { 'content-encoding': coding }).end(encode('hello'));
      routes[`long-${coding}`] = ({ response }) => {
        const encoded = encode('hello');
        response.writeHead(200, { 'content-encoding': coding }).write(encoded.subarray(0, 3));
        setTimeout(() => response.end(encoded.subarray(3)), 1);
      };
    }
    const [plain, secure, h2] = await Promise.all([
      startServer({ routes }),
      startServer({ routes, identity }),
      startHttp2Server(
        (stream) => {
          stream.respond({ ':status': 200 });
          stream.end('hello');
        },
        { identity },
      ),
    ]);
    for (const server of [plain, secure, h2]) cleanup.add(() => server.close());
    const origins = {
      http: plain.origin.replace('127.0.0.1', 'localhost'),
      https: secure.origin,
      h2: h2.origin,
    };
    const job = { origins, ca: authority.certificate, directory: path.join(directory, 'work'), evil, rounds };
    const { stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(job)], {
      maxBuffer: 64 * 1024 * 1024,
    });
    results = JSON.parse(stdout);
    cleanup.add(async () => rmSync(directory, { recursive: true, force: true }));
  }, 300_000);

  test('is not what makes these requests work', () => expect(results[0]!.wrong).toEqual([]));

  test('sends nothing elsewhere', () => expect(contacts).toBe(0));

  test('changes nothing', () => {
    const [, ...ours] = results.filter((one) => one.names.length !== 1);
    expect(ours.filter((one) => one.wrong.length > 0)).toEqual([]);
  });

  test.each([...NODES_OWN])('%s makes nothing wrong look right', (name) => {
    const wrong = results.filter((one) => one.names.length === 1 && one.names[0] === name);
    for (const text of wrong.flatMap((one) => one.wrong)) expect(text).toMatch(HARMLESS.get(name) ?? FAILURE);
  });
});
