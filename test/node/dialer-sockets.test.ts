import { mkdtemp, rm } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { SocketTransport } from '../../platform/node/http/socket-transport.ts';
import { failureOf, GIVEN_UP, readAll, until } from '../suites/transport/harness.ts';
import { Cleanup, portOf } from '../support/listening.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { getOver, sendOver } from '../support/wire.ts';

const cleanup = new Cleanup();
let transport: SocketTransport;

beforeEach(() => {
  transport = new SocketTransport();
  cleanup.add(() => transport.close());
});

describe('names', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startServer();
    cleanup.add(() => server.close());
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
    cleanup.add(() => rm(directory, { recursive: true }));
  });

  const urlOf = (name: string): string => `unix+http://${encodeURIComponent(name)}/where?q`;
  const server = () =>
    createHttpServer((request, response) => {
      response.end(`${request.url} ${request.headers.host}`);
    });

  test.skipIf(process.platform === 'win32')('are named by a path, percent-encoded', async () => {
    const socket = path.join(directory, 'a.sock');
    await cleanup.listen(server(), socket);
    const { text, response } = await getOver(transport, urlOf(socket));
    expect(text).toBe(`/where?q ${encodeURIComponent(socket)}`);
    expect(response.security).toBeNull();
  });

  test.skipIf(process.platform === 'win32')('are named from the temporary directory', async () => {
    const socket = path.join(directory, 'b.sock');
    await cleanup.listen(server(), socket);
    const name = path.relative(tmpdir(), socket);
    expect((await getOver(transport, urlOf(name))).text).toMatch('/where');
  });

  test.runIf(process.platform === 'win32')('are pipes on Windows', async () => {
    const name = `fairlead-${process.pid}`;
    await cleanup.listen(server(), `\\\\.\\pipe\\${name}`);
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

describe('a dial that is given up leaves no connection', () => {
  test('while TLS waits for the peer', async () => {
    let silent: Socket | null = null;
    const server = await cleanup.listen(
      createServer((socket) => {
        silent = socket.resume();
      }),
    );
    const { exchange, response } = sendOver(transport, { url: `https://127.0.0.1:${portOf(server)}/` });
    await until(() => silent !== null);
    const closed = new Promise((resolve) => silent!.once('close', resolve));
    exchange.cancel(GIVEN_UP);
    await expect(response).rejects.toBe(GIVEN_UP);
    await closed;
  });

  test('while the transport is closed', async () => {
    const server = await cleanup.listen(createServer((socket) => socket.resume()));
    const sent = sendOver(transport, { url: `https://127.0.0.1:${portOf(server)}/` });
    await until(() => sent.exchange.timings.connectEnd > 0);
    await transport.close();
    expect((await failureOf(sent)).code).toBe('operation-canceled');
  });

  test('also one of a request that is over before it has a connection', async () => {
    const server = await startServer();
    cleanup.add(() => server.close());
    const { exchange, response } = sendOver(transport, { url: `${server.origin}/hello` });
    exchange.cancel(GIVEN_UP);
    await expect(response).rejects.toBe(GIVEN_UP);
    const next = sendOver(transport, { url: `${server.origin}/hello` });
    expect((await readAll(await next.response)).text).toBe('hello');
    expect(server.connections).toBe(1);
  });
});
