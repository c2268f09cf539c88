import http from 'node:http';
import https from 'node:https';
import { describe, expect, test } from 'vitest';
import { NodeHttpTransport } from '../../platform/node/http-module-transport/node-http-transport.ts';
import { NetworkAccessManager } from '../../platform/node/index.ts';
import { Call } from '../../src/call/call.ts';
import {
  failureOf,
  GIVEN_UP,
  RecordingSink,
  readAll,
  textBody,
  texts,
  UploadSource,
  until,
  untilStill,
} from '../suites/transport/harness.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { FakeClock, makeRequest } from '../support/fixtures.ts';
import { answer, nodeHttpBench, textOf } from '../support/node-http-bench.ts';
import { type RawHandler, startRawServer } from '../support/raw-server.ts';
import { startServer } from '../support/server.ts';

/** What is particular to this transport; the contract is tested by `testTransport`. */

const { open, transportWith, send } = nodeHttpBench();

test('who gives a request up when its socket begins to connect leaves no timer', async () => {
  const server = await open(startServer());
  const transport = await transportWith();
  const clock = new FakeClock();
  const exchange: Call = new Call(
    { accept: () => exchange.cancel(GIVEN_UP), ask: failureOf as never },
    clock,
  );
  const request = makeRequest({
    url: server.origin,
    method: 'PUT',
    body: textBody('four'),
    headers: { Expect: '100-continue' },
  });
  await expect(transport.send(request, exchange)).rejects.toBe(GIVEN_UP);
  expect(clock.pendingTimers).toBe(0);
});

describe('the wire', () => {
  test('the head of a request, byte by byte', async () => {
    const heads: string[] = [];
    const server = await open(
      startRawServer((socket, head) => {
        heads.push(head);
        socket.write(answer('ok'));
      }),
    );
    const transport = await transportWith();
    const headers = { 'x-FIRST': '1', accept: '*/*', 'X-First': '2' };
    await textOf(send(transport, `http://user:secret@127.0.0.1:${server.port}/path?q=%2F`, { headers }));
    await textOf(send(transport, `${server.origin}/`, { method: 'POST', headers: { Host: 'other.test' } }));
    expect(heads).toEqual([
      [
        'GET /path?q=%2F HTTP/1.1',
        `Host: 127.0.0.1:${server.port}`,
        'X-First: 1',
        'Accept: */*',
        'X-First: 2',
        'Connection: keep-alive',
      ].join('\r\n'),
      ['POST / HTTP/1.1', 'Host: other.test', 'Content-Length: 0', 'Connection: keep-alive'].join('\r\n'),
    ]);
  });

  test('a head of many fields is not cut', async () => {
    const fields = Array.from({ length: 5000 }, (_, i) => `X-Field-${i}: ${'a'.repeat(20)}\r\n`).join('');
    const server = await open(
      startRawServer((socket) => socket.write(`HTTP/1.1 200 OK\r\n${fields}Content-Length: 0\r\n\r\n`)),
    );
    const { headers } = await send(await transportWith(), server.origin).response;
    expect(headers.size).toBe(5001);
  });

  test('a response in packets of one byte', async () => {
    const server = await open(startServer());
    const proxy = await open(startFaultProxy(server.port, { sliceBytes: 1 }));
    const transport = await transportWith();
    const sink = await readAll(await send(transport, `${proxy.origin}/trailers`).response);
    expect([sink.text, sink.trailers?.get('x-checksum')]).toEqual(['with trailers', 'one, two']);
  });
});

describe('a network', () => {
  test('that resets in the middle of a head', async () => {
    const server = await open(startServer());
    const proxy = await open(startFaultProxy(server.port, { sliceBytes: 1, resetAfter: 20 }));
    const sent = send(await transportWith(), `${proxy.origin}/hello`);
    expect((await failureOf(sent)).code).toBe('remote-host-closed');
  });

  test('that swallows everything in the middle of a body: only cancellation ends it', async () => {
    const server = await open(startServer());
    const proxy = await open(startFaultProxy(server.port));
    const { exchange, response } = send(await transportWith(), `${proxy.origin}/flood/100000000`);
    const sink = new RecordingSink();
    (await response).body.start(sink);
    await sink.nextData();
    proxy.faults.blackHole = true;
    await untilStill(() => sink.length);
    expect([sink.ends, sink.failures]).toEqual([0, []]);
    exchange.cancel(GIVEN_UP);
    expect(sink.failures).toEqual([GIVEN_UP]);
  });
});

describe('connections', () => {
  test('one is kept and used again, and its listeners do not pile up', async () => {
    const server = await open(startServer());
    const agent = new http.Agent({ keepAlive: true });
    const transport = await transportWith({ agents: { http: agent } });
    const counts = (): number[] => {
      const [socket] = Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? []);
      expect(socket!.listenerCount('lookup')).toBe(0);
      return socket!.eventNames().map((name) => socket!.listenerCount(name));
    };
    await textOf(send(transport, `${server.origin}/hello`));
    await until(() => Object.keys(agent.freeSockets).length === 1);
    const before = counts();
    for (let i = 0; i < 20; i++) {
      const { response, events, exchange } = send(transport, `${server.origin}/hello`);
      await readAll(await response);
      await until(() => Object.keys(agent.freeSockets).length === 1);
      expect(events.map(({ type }) => type)).toEqual(['request-sent']);
      expect(exchange.timings.connectEnd).toBe(0);
    }
    expect(counts()).toEqual(before);
    expect(server.connections).toBe(1);
    agent.destroy();
  });

  test('a request that asks before its body waits on a kept connection like any other', async () => {
    const server = await open(
      startRawServer((socket, _head, index) => {
        // After content that does not come, a connection rests longest.
        if (index === 0) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n');
        else socket.write(`HTTP/1.1 100 Continue\r\n\r\n${answer('asked')}`);
      }),
    );
    const transport = await transportWith();
    await textOf(send(transport, server.origin, { method: 'HEAD' }));
    const headers = { Expect: '100-continue' };
    const sent = send(transport, server.origin, { method: 'POST', body: textBody('body'), headers });
    expect(await textOf(sent)).toBe('asked');
    expect(server.connections).toBe(1);
  });

  test('an agent of the caller’s is left alone by close', async () => {
    const server = await open(startServer());
    const agent = new http.Agent({ keepAlive: true });
    const transport = new NodeHttpTransport({ agents: { http: agent } });
    await textOf(send(transport, `${server.origin}/hello`));
    await until(() => Object.keys(agent.freeSockets).length === 1);
    await transport.close();
    expect(Object.values(agent.freeSockets).flat()[0]!.destroyed).toBe(false);
    agent.destroy();
  });

  test('a body that was given up in the middle takes its connection with it, a complete one does not', async () => {
    const server = await open(startServer());
    const agent = new http.Agent({ keepAlive: true });
    const transport = await transportWith({ agents: { http: agent } });
    (await send(transport, `${server.origin}/hello`).response).body.cancel(GIVEN_UP);
    await until(() => Object.keys(agent.freeSockets).length === 1);
    await textOf(send(transport, `${server.origin}/hello`));
    expect(server.connections).toBe(1);
    (await send(transport, `${server.origin}/stall`).response).body.cancel(GIVEN_UP);
    await textOf(send(transport, `${server.origin}/hello`));
    expect(server.connections).toBe(2);
    agent.destroy();
  });
});

describe('a kept connection that the peer has closed meanwhile', () => {
  /** Answers the first request of a connection, and drops the connection when a second comes. */
  const dropsSecond: RawHandler = (socket, _head, index) => {
    if (index === 0) socket.write(answer('fresh'));
    else socket.resetAndDestroy();
  };
  const stream = () => ({ ...textBody('again'), bytes: null, replayable: false });

  test.each<[string, Parameters<typeof makeRequest>[0], boolean]>([
    ['GET', {}, true],
    ['DELETE', { method: 'DELETE' }, true],
    ['PUT with a body that can be sent again', { method: 'PUT', body: textBody('again') }, true],
    ['PUT with a body that cannot', { method: 'PUT', body: stream() }, false],
    ['POST', { method: 'POST', body: textBody('once') }, false],
    ['PATCH', { method: 'PATCH', body: textBody('once') }, false],
  ])('%s', async (_name, init, retried) => {
    const server = await open(startRawServer(dropsSecond));
    const transport = await transportWith();
    await textOf(send(transport, server.origin));
    const sent = send(transport, server.origin, init);
    if (retried) expect(await textOf(sent)).toBe('fresh');
    else expect((await failureOf(sent)).code).toBe('remote-host-closed');
    expect(server.connections).toBe(retried ? 2 : 1);
  });

  test('is tried on a fresh connection, once', async () => {
    const server = await open(
      startRawServer((socket, _head, index) => {
        if (server.connections <= 2 && index === 0) socket.write(answer('fresh'));
        else socket.resetAndDestroy();
      }),
    );
    const transport = await transportWith();
    // Two connections are kept, and both are stale.
    const both = [send(transport, server.origin), send(transport, server.origin)];
    for (const sent of both) await textOf(sent);
    const sent = send(transport, server.origin);
    expect((await failureOf(sent)).code).toBe('remote-host-closed');
    expect(server.connections).toBe(3);
  });

  test.each([
    ['half a head', 'HTTP/1.1 200 OK\r\nContent-Le', 2],
    ['bytes left from before', 'hello-world', 2],
    ['408', 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n', 2],
    ['1xx', 'HTTP/1.1 103 Early Hints\r\n\r\n', 1],
  ])('is tried again until an answer has begun: %s', async (_name, before, connections) => {
    const server = await open(
      startRawServer((socket, _head, index) => {
        if (index === 0) socket.write(answer('fresh'));
        else socket.end(before);
      }),
    );
    const transport = await transportWith();
    await textOf(send(transport, server.origin));
    const sent = send(transport, server.origin);
    if (connections === 2) expect(await textOf(sent)).toBe('fresh');
    else expect((await failureOf(sent)).code).toBe('remote-host-closed');
    expect(server.connections).toBe(connections);
  });
});

test('a peer that resets in the middle of the upload: the source is closed', async () => {
  const server = await open(startRawServer((socket) => socket.resetAndDestroy()));
  const source = new UploadSource(function* () {
    for (;;) yield new Uint8Array(1000);
  });
  const sent = send(await transportWith(), server.origin, { method: 'POST', body: source });
  expect((await failureOf(sent)).code).toBe('remote-host-closed');
  expect(source.closed).toBe(true);
});

test('an upload to a peer that is done with it ends with the response, and so does its connection', async () => {
  let closed = false;
  const server = await open(
    startRawServer(
      (socket) => socket.write(answer('too early')),
      (socket) =>
        socket.on('close', () => {
          closed = true;
        }),
    ),
  );
  const source = new UploadSource(async function* () {
    yield* texts('beginning')();
    await new Promise(() => {});
  });
  const sent = send(await transportWith(), server.origin, { method: 'POST', body: source });
  expect(await textOf(sent)).toBe('too early');
  await until(() => closed);
});

test('what replaces the functions of node:http and node:https is called', async () => {
  const called: string[] = [];
  const originals = { http: http.request, https: https.request };
  const replaced = (name: keyof typeof originals) =>
    ((...args: Parameters<typeof http.request>) => {
      called.push(name);
      return originals[name](...args);
    }) as typeof http.request;
  Object.assign(http, { request: replaced('http') });
  Object.assign(https, { request: replaced('https') });
  const manager = new NetworkAccessManager({ transport: new NodeHttpTransport() });
  try {
    for (const url of ['http://127.0.0.1:1/', 'https://127.0.0.1:1/'])
      await expect(manager.get(url).text()).rejects.toMatchObject({ code: 'connection-refused' });
  } finally {
    Object.assign(http, { request: originals.http });
    Object.assign(https, { request: originals.https });
    await manager.close();
  }
  expect(called).toEqual(['http', 'https']);
});
