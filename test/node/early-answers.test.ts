import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SocketTransport } from '../../platform/node/http/socket-transport.ts';
import { NodeHttpTransport } from '../../platform/node/http-module-transport/node-http-transport.ts';
import { NetworkAccessManager } from '../../platform/node/index.ts';
import type { BodyInput } from '../../src/message/body-input.ts';
import { CertificateAuthority } from '../support/certificate.ts';

/**
 * A server that refuses an upload as soon as it has seen the head answers and closes. What is still written then meets a
 * reset; the answer lies in the socket all the same (RFC 9112 §9.5; nodejs/node#54366).
 */

/**
 * In a process of its own: it must close while the client is busy, and Node 20 crashes when a thread is ended in which TLS
 * is being read.
 */
const SERVER = `
const identity = JSON.parse(process.env.IDENTITY);
const answer = (request, response) => {
  response.writeHead(413, { connection: 'close' });
  response.end('too large');
};
const early = (stream) => {
  stream.on('error', () => {});
  stream.respond({ ':status': 413 });
  stream.end('too large', () => stream.close(0));
};
const servers = [
  require('node:http').createServer(answer),
  require('node:https').createServer(identity, answer),
  require('node:http2').createServer().on('stream', early),
];
let left = servers.length;
for (const server of servers) server.listen(0, '127.0.0.1', () => {
  if (--left === 0) process.send(servers.map((one) => one.address().port));
});
`;

const SIZE = 2_000_000;
const ROUNDS = 4;

async function* chunks(size: number): AsyncGenerator<Uint8Array> {
  for (let sent = 0; sent < SIZE; sent += size) yield new Uint8Array(size);
}

function streamed(): ReadableStream<Uint8Array> {
  const source = chunks(50_000);
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await source.next();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
  });
}

/** The loop stands still between its chunks: the server has answered, closed and reset before the third is written. */
async function* blocking(): AsyncGenerator<Uint8Array> {
  const never = new Int32Array(new SharedArrayBuffer(4));
  for (let i = 0; i < 5; i++) {
    yield new Uint8Array(10_000);
    Atomics.wait(never, 0, 0, 60);
  }
}

const BODIES: Readonly<Record<string, () => BodyInput>> = {
  'a few bytes': () => 'small',
  bytes: () => new Uint8Array(SIZE),
  'a Blob': () => new Blob([new Uint8Array(SIZE)]),
  'a stream': streamed,
  'an iterable of one large chunk': () => chunks(SIZE),
  'an iterable that holds up the loop': blocking,
};

let server: ChildProcess;
let ca: string;
let ports: number[];

beforeAll(async () => {
  const authority = new CertificateAuthority();
  ca = authority.certificate;
  server = spawn(process.execPath, ['-e', SERVER], {
    env: { ...process.env, IDENTITY: JSON.stringify(authority.issue()) },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  [ports] = (await once(server, 'message')) as [number[]];
});

afterAll(() => server.kill('SIGKILL'));

describe.each([
  ['SocketTransport', () => new SocketTransport(), 'http', 0],
  ['SocketTransport over TLS', () => new SocketTransport(), 'https', 1],
  ['SocketTransport over HTTP/2', () => new SocketTransport(), 'http', 2],
  ['NodeHttpTransport', () => new NodeHttpTransport(), 'http', 0],
  ['NodeHttpTransport over TLS', () => new NodeHttpTransport(), 'https', 1],
] as const)('%s', (_name, makeTransport, scheme, index) => {
  test.each(Object.keys(BODIES))(
    'delivers the answer to an upload that was refused early: %s',
    async (body) => {
      const manager = new NetworkAccessManager({
        transport: makeTransport(),
        throwHttpErrors: false,
        http2Direct: index === 2,
        tls: index === 1 ? { ca } : null,
        transferTimeout: 20_000,
      });
      const seen: string[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const reply = manager.post(`${scheme}://127.0.0.1:${ports[index]}/`, BODIES[body]!());
        seen.push(await reply.text(), String(reply.status));
      }
      await manager.close();
      expect(new Set(seen)).toEqual(new Set(['too large', '413']));
    },
  );
});
