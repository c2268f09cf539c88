import { beforeEach, expect, test } from 'vitest';
import { SleepWatch } from '../../platform/node/http/sleep-watch.ts';
import { SocketTransport } from '../../platform/node/http/socket-transport.ts';
import { NodeHttpTransport } from '../../platform/node/http-module-transport/node-http-transport.ts';
import type { Transport } from '../../src/call/transport.ts';
import { readAll, until } from '../suites/transport/harness.ts';
import { FakeClock } from '../support/fixtures.ts';
import { startHttp2Server } from '../support/h2-server.ts';
import { hello } from '../support/http2-bench.ts';
import { Cleanup } from '../support/listening.ts';
import { roundTrips } from '../support/round-trips.ts';
import { startServer } from '../support/server.ts';
import { getOver, sendOver } from '../support/wire.ts';

const cleanup = new Cleanup();
let clock: FakeClock;
let transport: SocketTransport;
beforeEach(() => {
  clock = new FakeClock();
  transport = new SocketTransport({ clock });
  cleanup.add(() => transport.close());
});

test.each([
  [0, false],
  [1999, false],
  [-1999, false],
  [2001, true],
  [-60_000, true],
])('a clock on the wall that is set by %i ms: %s', (milliseconds, expected) => {
  const watch = new SleepWatch(clock);
  clock.advance(100_000);
  clock.set += milliseconds;
  expect([watch.hasSlept(), watch.hasSlept()]).toEqual([expected, false]);
});

test.each<[string, () => Transport]>([
  ['SocketTransport', () => transport],
  [
    'NodeHttpTransport',
    () => {
      const own = new NodeHttpTransport({ clock });
      cleanup.add(() => own.close());
      return own;
    },
  ],
])('%s uses no connections of before when the machine has slept', async (_name, make) => {
  const used = make();
  const server = await startServer();
  const other = await startServer();
  cleanup.add(() => Promise.all([server.close(), other.close()]));
  const get = async (): Promise<void> => {
    for (const { origin } of [server, other]) await getOver(used, `${origin}/hello`);
  };
  for (let i = 0; i < 2; i++) await get();
  expect([server.connections, other.connections]).toEqual([1, 1]);
  clock.set += 600_000;
  await get();
  expect([server.connections, other.connections]).toEqual([2, 2]);
});

test('a connection of HTTP/2 that is busy then is asked, and one that is idle is closed', async () => {
  let pings = 0;
  let end: (() => void) | null = null;
  const server = await startHttp2Server((stream, headers, flags, raw) => {
    stream.session!.on('ping', () => pings++);
    if (headers[':path'] === '/slow') end = () => hello(stream, headers, flags, raw);
    else hello(stream, headers, flags, raw);
  });
  cleanup.add(() => server.close());
  const send = (path: string) =>
    sendOver(transport, { url: server.origin + path, options: { http2Direct: true } });
  const slow = send('/slow');
  await until(() => end !== null);
  clock.set += 600_000;
  await readAll(await send('/').response);
  await until(() => pings > 0);
  end!();
  expect((await readAll(await slow.response)).text).toBe('hello');
  expect(server.sessions.length).toBe(1);
  await roundTrips();
  clock.set += 600_000;
  await readAll(await send('/').response);
  expect(server.sessions.length).toBe(2);
});
