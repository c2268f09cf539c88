import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SocketTransport } from '../../platform/node/http/socket-transport.ts';
import { NetworkError } from '../../src/error.ts';
import { failureOf, RecordingSink, readAll, UploadSource, until } from '../suites/transport/harness.ts';
import { type FaultProxy, type Faults, startFaultProxy } from '../support/fault-proxy.ts';
import { startHttp2Server } from '../support/h2-server.ts';
import { identity, tls } from '../support/http2-bench.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { type SentOver, sendOver } from '../support/wire.ts';

const TIMEOUT = new NetworkError('timeout', 'no byte has moved');

describe.each(['HTTP/1.1', 'HTTP/1.1 over TLS', 'HTTP/2'])(
  'a network that is worse than loopback, over %s',
  (version) => {
    let server: TestServer | Awaited<ReturnType<typeof startHttp2Server>>;
    let proxy: FaultProxy;
    let port: number;
    let transport: SocketTransport;

    beforeAll(async () => {
      if (version === 'HTTP/2') server = await startHttp2Server(serveHttp2, { identity });
      else server = await startServer(version === 'HTTP/1.1' ? {} : { identity });
      proxy = await startFaultProxy(server.port);
      port = proxy.port;
    });
    afterAll(async () => {
      await proxy.close();
      await server.close();
    });
    beforeEach(() => {
      transport = new SocketTransport();
      for (const fault of Object.keys(proxy.faults)) delete proxy.faults[fault as keyof Faults];
    });
    afterEach(() => transport.close());

    const send = (path: string, body: UploadSource | null = null): SentOver => {
      const url = `${version === 'HTTP/1.1' ? 'http' : 'https'}://localhost:${port}${path}`;
      return sendOver(transport, { url, body, method: body === null ? 'GET' : 'POST', options: { tls } });
    };
    /** A connection that is there before the network gets worse. */
    const warm = async (): Promise<void> => {
      expect((await readAll(await send('/hello').response)).text).toBe('hello');
    };

    test.each<[string, Faults]>([
      ['delays', { latencyMs: 50 }],
      ['packets of seven bytes', { sliceBytes: 7 }],
    ])('%s change nothing but time', async (_name, faults) => {
      Object.assign(proxy.faults, faults);
      const { length, failures } = await readAll(await send('/bytes/20000').response);
      expect([length, failures]).toEqual([20_000, []]);
      const upload = new UploadSource(() => new Array<Uint8Array>(20).fill(new Uint8Array(1000)));
      expect((await readAll(await send('/count', upload).response)).text).toBe('20000');
    });

    test.each<[string, Faults]>([
      ['a reset', { resetAfter: 100_000 }],
      ['an end', { endAfter: 100_000 }],
    ])('%s in the body is no end of it', async (_name, faults) => {
      await warm();
      Object.assign(proxy.faults, faults);
      const sink = await readAll(await send('/bytes/300000').response);
      expect([sink.ends, sink.failures.map(({ code }) => code)]).toEqual([0, ['remote-host-closed']]);
      expect(sink.length).toBeLessThan(300_000);
    });

    test('a peer that accepts and resets at once', async () => {
      proxy.faults.refuse = true;
      expect((await failureOf(send('/hello'))).code).toBe('remote-host-closed');
    });

    test('a connection that is cut while it is idle is replaced', async () => {
      await warm();
      proxy.cut();
      await warm();
    });

    test('connections that are cut while they are used fail; later requests go on', async () => {
      const stalled = Array.from({ length: 5 }, () => send('/stall'));
      const sinks = await Promise.all(
        stalled.map(async ({ response }) => {
          const sink = new RecordingSink();
          (await response).body.start(sink);
          return sink;
        }),
      );
      await until(() => sinks.every((sink) => sink.text === 'beginning'));
      proxy.cut();
      for (const sink of sinks) expect((await sink.over).failures[0]!.code).toBe('remote-host-closed');
      await warm();
    });

    test('a black hole lasts until somebody loses patience; the next request does not fall into it', async () => {
      await warm();
      proxy.faults.blackHole = true;
      const lost = send('/hello');
      await until(() => lost.events.some(({ type }) => type === 'request-sent'));
      lost.exchange.cancel(TIMEOUT);
      await expect(lost.response).rejects.toBe(TIMEOUT);
      delete proxy.faults.blackHole;
      await warm();
    });
  },
);

/** What the test server does over HTTP/1.1. */
function serveHttp2(...[stream, headers]: Parameters<Parameters<typeof startHttp2Server>[0]>): void {
  const [, route, argument] = headers[':path']!.split('/');
  let received = 0;
  stream.on('data', (chunk: Buffer) => {
    received += chunk.length;
  });
  stream.respond({ ':status': 200 });
  if (route === 'stall') stream.write('beginning');
  else if (route === 'bytes') stream.end(Buffer.alloc(Number(argument)));
  else if (route === 'count') stream.on('end', () => stream.end(String(received)));
  else stream.end('hello');
}
