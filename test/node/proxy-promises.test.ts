import { beforeEach, expect, test } from 'vitest';
import { failureOf } from '../support/failure-of.ts';
import { FakeClock } from '../support/fixtures.ts';
import { freePort } from '../support/free-port.ts';
import { Cleanup } from '../support/listening.ts';
import { originsOf } from '../support/origins.ts';
import { startBadProxy, startHttpProxy, startSocksProxy } from '../support/proxies.ts';
import type { TestServer } from '../support/server.ts';

const cleanup = new Cleanup();
const { tls, startBoth, managerWith } = originsOf(cleanup);
let http: TestServer;
let https: TestServer;

beforeEach(async () => {
  [http, https] = await startBoth();
});

test.each(['GET', 'POST'])(
  'a proxy that has been sent a %s and hangs up is not passed over: it may have been carried out',
  async (verb) => {
    const lines: string[] = [];
    const bad = await startBadProxy(cleanup, (socket, first) => {
      lines.push(first.split('\r\n')[0]!);
      socket.end();
    });
    const good = await startHttpProxy(cleanup);
    const manager = managerWith({
      proxy: `PROXY 127.0.0.1:${bad.port}; PROXY 127.0.0.1:${good.port}; DIRECT`,
    });
    const reply = manager.sendCustomRequest(`${http.origin}/hello`, verb, verb === 'POST' ? 'paid' : null);
    const { qtCode } = await failureOf(reply.text());
    expect(qtCode).toBeGreaterThan(0);
    expect(lines).toEqual([`${verb} ${http.origin}/hello HTTP/1.1`]);
    expect([good.connections, http.connections]).toEqual([0, 0]);
  },
);

test.each([
  ['one that is asked by URLs', () => startHttpProxy(cleanup), 'http'],
  ['SOCKS5', () => startSocksProxy(cleanup), 'socks5'],
])('connectToHost opens the connection by %s, and the request finds it', async (_, start, scheme) => {
  const proxy = await start();
  const manager = managerWith({ proxy: `${scheme}://127.0.0.1:${proxy.port}` });
  await manager.connectToHost('127.0.0.1', http.port).completed;
  const reply = manager.get(`${http.origin}/hello`);
  expect(await reply.text()).toBe('hello');
  expect([reply.timings!.connectEnd, proxy.connections]).toEqual([0, 1]);
});

test('connectToHost by a proxy that is dead ends with its error', async () => {
  const manager = managerWith({ proxy: `http://127.0.0.1:${await freePort()}` });
  const { completed } = manager.connectToHostEncrypted('127.0.0.1', https.port, { tls });
  await expect(completed).rejects.toMatchObject({ code: 'proxy-connection-refused' });
  expect(https.connections).toBe(0);
});

test('the pause of a proxy that has failed is an option, and so is none', async () => {
  const clock = new FakeClock();
  const dead = await freePort();
  for (const [proxyRetryDelay, after] of [
    [1000, 999],
    [0, -1],
  ] as const) {
    const manager = managerWith({ clock, proxyRetryDelay, proxy: `PROXY 127.0.0.1:${dead}; DIRECT` });
    expect(await manager.get(`${http.origin}/hello`).text()).toBe('hello');
    const isAvoided = async () =>
      (await manager.explainProxy(http.origin)).tried.some((proxy) => proxy.isAvoided);
    expect(await isAvoided()).toBe(after >= 0);
    if (after < 0) continue;
    clock.advance(after);
    expect(await isAvoided()).toBe(true);
    clock.advance(1);
    expect(await isAvoided()).toBe(false);
  }
});

test('a list without DIRECT never goes directly, however many of it are dead', async () => {
  const ports = await Promise.all([1, 2, 3].map(freePort));
  const manager = managerWith({ proxyFactory: () => ports.map((port) => `http://127.0.0.1:${port}`) });
  const error = await failureOf(manager.get(`${http.origin}/hello`).text());
  expect(error.code).toBe('proxy-connection-refused');
  expect((error.cause as AggregateError).errors.length).toBe(3);
  expect(http.connections).toBe(0);
});
