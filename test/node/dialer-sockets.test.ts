import { mkdtemp, rm } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as tls from 'node:tls';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SocketTransport } from '../../platform/node/http/socket-transport.ts';
import type { TlsOptions } from '../../src/options.ts';
import { failureOf, GIVEN_UP, readAll, until } from '../suites/transport/harness.ts';
import { CertificateAuthority } from '../support/certificate.ts';
import { aWhile } from '../support/raw-against.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { getOver, sendOver } from '../support/wire.ts';

let transport: SocketTransport;
const toClose: (() => unknown)[] = [];

beforeEach(() => {
  transport = new SocketTransport();
});
afterEach(async () => {
  await transport.close();
  for (const close of toClose.splice(0)) await close();
});

/** Listens somewhere, until the test is over. */
async function listen(
  server: Server,
  where: { readonly path: string } | { readonly port: number; readonly host: string },
): Promise<Server> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => {})));
  await new Promise<void>((resolve) => server.listen(where, resolve));
  toClose.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return server;
}

const portOf = (server: Server): number => (server.address() as { port: number }).port;

describe('names', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startServer();
    toClose.push(() => server.close());
  });

  test('are resolved by the lookup that is given, and timed', async () => {
    transport = new SocketTransport({
      lookup: (_host, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]),
    });
    const { text, exchange } = await getOver(transport, `http://host.test:${server.port}/hello`);
    expect(text).toBe('hello');
    expect(exchange.timings.lookupEnd).toBeGreaterThan(0);
  });

  test('whose first address refuses lead to the second', async () => {
    const addresses = ['127.0.0.2', '127.0.0.1'];
    transport = new SocketTransport({
      lookup: (_host, _options, callback) =>
        callback(
          null,
          addresses.map((address) => ({ address, family: 4 })),
        ),
    });
    const { text, events } = await getOver(transport, `http://host.test:${server.port}/hello`);
    expect(text).toBe('hello');
    expect(events.filter(({ type }) => type === 'socket-started-connecting').length).toBe(2);
  });

  test('that cannot be resolved fail by the table', async () => {
    const unknown = Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
    transport = new SocketTransport({ lookup: (_host, _options, callback) => callback(unknown, '') });
    const error = await failureOf(sendOver(transport, { url: 'http://host.test/path' }));
    expect([error.code, error.url, error.cause]).toEqual([
      'host-not-found',
      'http://host.test/path',
      unknown,
    ]);
  });

  test('that nobody resolves can be given up', async () => {
    transport = new SocketTransport({ lookup: () => {} });
    const { exchange, response } = sendOver(transport, { url: 'http://host.test/' });
    await Promise.resolve();
    exchange.cancel(GIVEN_UP);
    await expect(response).rejects.toBe(GIVEN_UP);
  });

  test('are resolved anew for the next route when the first leads nowhere', async () => {
    let lookups = 0;
    transport = new SocketTransport({
      routes: () => [{ kind: 'direct' }, { kind: 'direct' }],
      lookup: (_host, _options, callback) => {
        if (++lookups === 1) callback(Object.assign(new Error('not yet'), { code: 'EAI_AGAIN' }), '');
        else callback(null, [{ address: '127.0.0.1', family: 4 }]);
      },
    });
    expect((await getOver(transport, `http://host.test:${server.port}/hello`)).text).toBe('hello');
    expect(lookups).toBe(2);
  });

  test('are not resolved for another route once the request is given up', async () => {
    let lookups = 0;
    transport = new SocketTransport({
      routes: () => [{ kind: 'direct' }, { kind: 'direct' }],
      lookup: () => lookups++,
    });
    const { exchange, response } = sendOver(transport, { url: 'http://host.test/' });
    await Promise.resolve();
    exchange.cancel(GIVEN_UP);
    await expect(response).rejects.toBe(GIVEN_UP);
    expect(lookups).toBe(1);
  });
});

describe('local sockets', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'fairlead-'));
    toClose.push(() => rm(directory, { recursive: true }));
  });

  const urlOf = (name: string): string => `unix+http://${encodeURIComponent(name)}/where?q`;
  const server = () =>
    createHttpServer((request, response) => {
      response.end(`${request.url} ${request.headers.host}`);
    });

  test.skipIf(process.platform === 'win32')('are named by a path, percent-encoded', async () => {
    const socket = path.join(directory, 'a.sock');
    await listen(server(), { path: socket });
    const { text, response } = await getOver(transport, urlOf(socket));
    expect(text).toBe(`/where?q ${encodeURIComponent(socket)}`);
    expect(response.encrypted).toBe(false);
    await getOver(transport, urlOf(socket).replace('unix+', 'local+'));
  });

  test.skipIf(process.platform === 'win32')('are named from the temporary directory', async () => {
    const socket = path.join(directory, 'b.sock');
    await listen(server(), { path: socket });
    const name = path.relative(tmpdir(), socket);
    expect((await getOver(transport, urlOf(name))).text).toMatch('/where');
  });

  test.runIf(process.platform === 'win32')('are pipes on Windows', async () => {
    const name = `fairlead-${process.pid}`;
    await listen(server(), { path: `\\\\.\\pipe\\${name}` });
    expect((await getOver(transport, urlOf(name))).text).toMatch('/where');
  });

  test.each([
    ['that do not exist', urlOf('/nowhere/at/all')],
    ['without a name', 'unix+http:///path'],
    ['with a NUL in their name', 'unix+http://a%00b/'],
    ['whose name is not UTF-8', 'unix+http://a%ffb/'],
  ])('%s are not found', async (_name, url) => {
    expect((await failureOf(sendOver(transport, { url }))).code).toBe('host-not-found');
  });
});

describe('TLS', () => {
  const authority = new CertificateAuthority();
  const identity = authority.issue({ names: ['localhost', '127.0.0.1', 'other.test'] });
  let server: tls.Server;
  let accepted: tls.TLSSocket[];
  let resumed: (boolean | null)[];

  beforeEach(async () => {
    accepted = [];
    resumed = [];
    server = tls.createServer({ ...identity, ALPNProtocols: ['http/1.1'] }, (socket) => {
      accepted.push(socket);
      resumed.push(socket.isSessionReused());
      socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'));
    });
    await listen(server, { port: 0, host: '127.0.0.1' });
  });

  const get = (host: string, options: TlsOptions = {}) =>
    getOver(transport, `https://${host}:${portOf(server)}/`, {
      tls: { ca: authority.certificate, ...options },
    });

  test.each<[string, string, TlsOptions, string | false]>([
    ['the host of the URL', 'localhost', {}, 'localhost'],
    ['`tls.servername` in its place', 'localhost', { servername: 'other.test' }, 'other.test'],
    ['a name without the dot of the root', 'localhost', { servername: 'other.test.' }, 'other.test'],
    ['no name for an address', '127.0.0.1', {}, false],
    ['no name for an address in `tls.servername`', 'localhost', { servername: '127.0.0.1' }, false],
  ])('sends and verifies %s', async (_name, host, options, expected) => {
    expect((await get(host, options)).response.encrypted).toBe(true);
    expect(accepted[0]!.servername).toBe(expected);
  });

  test.each<[string, TlsOptions]>([
    ['another name', { servername: 'third.test' }],
    ['another address', { servername: '127.0.0.2' }],
    ['another authority', { ca: new CertificateAuthority().certificate }],
    ['no common version', { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2', ciphers: 'PSK' }],
    ['material that is none', { ca: 'none', cert: 'none', key: 'none' }],
  ])('fails for %s', async (_name, options) => {
    await expect(get('localhost', options)).rejects.toMatchObject({ code: 'ssl-handshake-failed' });
  });

  test('does not listen to NODE_TLS_REJECT_UNAUTHORIZED', async () => {
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      const failed = getOver(transport, `https://localhost:${portOf(server)}/`);
      await expect(failed).rejects.toMatchObject({ code: 'ssl-handshake-failed' });
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    }
  });

  test('resumes the session of an earlier connection', async () => {
    await get('localhost');
    transport.clearConnections();
    await get('localhost');
    expect(resumed).toEqual([false, true]);
  });

  test('does not resume a session under other material', async () => {
    await get('localhost');
    await get('localhost', { minVersion: 'TLSv1.3' });
    expect(resumed).toEqual([false, false]);
  });

  test('times its phases in order', async () => {
    const { timings } = (await get('localhost')).exchange;
    const { created, lookupEnd, connectEnd, secureConnectEnd, requestSent, responseStart } = timings;
    const phases = [created, lookupEnd, connectEnd, secureConnectEnd, requestSent, responseStart];
    expect(phases).toEqual(phases.toSorted((a, b) => a - b));
    expect(phases.every((time) => time > 0)).toBe(true);
  });

  test('sends no byte while the application looks at the connection, and none after it said no', async () => {
    let received = '';
    server.on('secureConnection', (socket) => socket.on('data', (bytes) => (received += bytes)));
    let answer = (_answer: unknown): void => {};
    const asked = new Promise((resolve) => {
      answer = resolve;
    });
    const sent = sendOver(
      transport,
      { url: `https://localhost:${portOf(server)}/`, options: { tls: { ca: authority.certificate } } },
      { ask: () => asked },
    );
    await until(() => accepted.length === 1);
    const closed = new Promise((resolve) => accepted[0]!.once('close', resolve));
    answer({ proceed: false });
    expect((await failureOf(sent)).code).toBe('operation-canceled');
    await closed;
    expect(received).toBe('');
  });
});

test('a peer that answers before it was asked is refused', async () => {
  const authority = new CertificateAuthority();
  const server = tls.createServer(authority.issue(), (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npoisoned');
  });
  await listen(server, { port: 0, host: '127.0.0.1' });
  const closed = new Promise((resolve) => {
    server.on('secureConnection', (socket) => socket.once('close', resolve));
  });
  const sent = sendOver(
    transport,
    { url: `https://127.0.0.1:${portOf(server)}/`, options: { tls: { ca: authority.certificate } } },
    {
      ask: async () => {
        await aWhile();
        return { proceed: true };
      },
    },
  );
  expect((await failureOf(sent)).code).toBe('protocol-failure');
  await closed;
});

describe('a dial that is given up leaves no connection', () => {
  test('while TLS waits for the peer', async () => {
    let silent: Socket | null = null;
    const server = await listen(
      createServer((socket) => {
        silent = socket.resume();
      }),
      { port: 0, host: '127.0.0.1' },
    );
    const { exchange, response } = sendOver(transport, { url: `https://127.0.0.1:${portOf(server)}/` });
    await until(() => silent !== null);
    const closed = new Promise((resolve) => silent!.once('close', resolve));
    exchange.cancel(GIVEN_UP);
    await expect(response).rejects.toBe(GIVEN_UP);
    await closed;
  });

  test('while the transport is closed', async () => {
    const server = await listen(
      createServer((socket) => socket.resume()),
      { port: 0, host: '127.0.0.1' },
    );
    const sent = sendOver(transport, { url: `https://127.0.0.1:${portOf(server)}/` });
    await until(() => sent.exchange.timings.connectEnd > 0);
    await transport.close();
    expect((await failureOf(sent)).code).toBe('operation-canceled');
  });

  test('also one of a request that is over before it has a connection', async () => {
    const server = await startServer();
    toClose.push(() => server.close());
    const { exchange, response } = sendOver(transport, { url: `${server.origin}/hello` });
    exchange.cancel(GIVEN_UP);
    await expect(response).rejects.toBe(GIVEN_UP);
    const next = sendOver(transport, { url: `${server.origin}/hello` });
    expect((await readAll(await next.response)).text).toBe('hello');
    expect(server.connections).toBe(1);
  });
});
