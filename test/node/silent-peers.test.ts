import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { connect, createServer as createTcpServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { SocketTransport } from '../../platform/node/http/socket-transport.ts';
import { NodeHttpTransport } from '../../platform/node/http-module-transport/node-http-transport.ts';
import { NetworkAccessManager } from '../../platform/node/index.ts';
import type { Transport } from '../../src/call/transport.ts';
import { NetworkError } from '../../src/error.ts';
import { GIVEN_UP, readAll, until } from '../suites/transport/harness.ts';
import { FakeClock } from '../support/fixtures.ts';
import { Cleanup, portOf } from '../support/listening.ts';
import { sendOver } from '../support/wire.ts';

const cleanup = new Cleanup();

/** A path that can forget the connections which go over it: their bytes arrive nowhere, and they are not closed. */
interface Path {
  readonly origin: string;
  connections: number;
  forget(): void;
}

async function startPath(): Promise<Path> {
  const server = createServer((_request, response) => {
    setTimeout(() => response.end('ok'), 20);
  });
  server.keepAliveTimeout = 0;
  await cleanup.listen(server);
  let generation = 0;
  const middle = createTcpServer((near: Socket) => {
    path.connections++;
    const own = generation;
    const far = connect(portOf(server), '127.0.0.1');
    const pass = (from: Socket, to: Socket): void => {
      from.on('data', (bytes) => {
        if (own === generation) to.write(bytes);
      });
      from.on('error', () => {}).on('close', () => to.destroy());
    };
    pass(near, far);
    pass(far, near);
  });
  await cleanup.listen(middle);
  const path: Path = {
    origin: `http://127.0.0.1:${portOf(middle)}`,
    connections: 0,
    forget: () => {
      generation++;
    },
  };
  return path;
}

const TIMEOUT = new NetworkError('timeout', 'no byte has moved');
const ABORTED_BY_TIMEOUT = new NetworkError('operation-canceled', 'the request was given up', {
  cause: new DOMException('the time is over', 'TimeoutError'),
});

describe.each<[string, () => Transport]>([
  ['SocketTransport', () => new SocketTransport()],
  ['NodeHttpTransport', () => new NodeHttpTransport()],
])('six kept connections whose path is lost, over %s', (_name, make) => {
  async function lose(): Promise<{ path: Path; transport: Transport }> {
    const path = await startPath();
    const transport = make();
    cleanup.add(() => transport.close());
    const all = Array.from({ length: 6 }, () => sendOver(transport, { url: path.origin }));
    await Promise.all(all.map(async ({ response }) => readAll(await response)));
    expect(path.connections).toBe(6);
    path.forget();
    return { path, transport };
  }

  test.each([
    ['the manager’s timeout', TIMEOUT],
    ['AbortSignal.timeout()', ABORTED_BY_TIMEOUT],
  ])('cost one request, which ends by %s', async (_reason, reason) => {
    const { path, transport } = await lose();
    const lost = sendOver(transport, { url: path.origin });
    await until(() => lost.events.some(({ type }) => type === 'request-sent'));
    lost.exchange.cancel(reason);
    await expect(lost.response).rejects.toBe(reason);
    const next = await readAll(await sendOver(transport, { url: path.origin }).response);
    expect([next.text, path.connections]).toEqual(['ok', 7]);
  });

  test('are kept when a request is given up for reasons of its own', async () => {
    const path = await startPath();
    const transport = make();
    cleanup.add(() => transport.close());
    const both = [sendOver(transport, { url: path.origin }), sendOver(transport, { url: path.origin })];
    await Promise.all(both.map(async ({ response }) => readAll(await response)));
    const given = sendOver(transport, { url: path.origin });
    await until(() => given.events.some(({ type }) => type === 'request-sent'));
    given.exchange.cancel(GIVEN_UP);
    await expect(given.response).rejects.toBe(GIVEN_UP);
    await readAll(await sendOver(transport, { url: path.origin }).response);
    expect(path.connections).toBe(2);
  });
});

test('a manager loses one or two of nine requests to a path that is lost', async () => {
  const path = await startPath();
  const manager = new NetworkAccessManager({ transferTimeout: 2000 });
  cleanup.add(() => manager.close());
  const get = (): Promise<string> => manager.get(path.origin).text();
  await Promise.all(Array.from({ length: 6 }, get));
  path.forget();
  let failed = 0;
  for (let i = 0; i < 9; i++) {
    await get().catch(() => {
      failed++;
    });
  }
  expect(failed).toBe(1);
});

test('a connection of node:http that is not up in time is given up', async () => {
  const mute = createTcpServer(() => {});
  await cleanup.listen(mute);
  const transport = new NodeHttpTransport({ connectTimeout: 5000 });
  cleanup.add(() => transport.close());
  const clock = new FakeClock();
  const sent = sendOver(transport, { url: `https://127.0.0.1:${portOf(mute)}/` }, { clock });
  await until(() => sent.events.length > 0);
  clock.advance(5000);
  await expect(sent.response).rejects.toMatchObject({
    code: 'timeout',
    message: expect.stringContaining('connectTimeout'),
  });
  expect([sent.cancelers(), clock.pendingTimers]).toEqual([0, 0]);
});
