import * as http from 'node:http';
import * as net from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { NodeHttpTransport, SocketTransport } from '../../platform/node/extras.ts';
import { MemoryCache, NetworkAccessManager } from '../../platform/node/index.ts';
import type { ManagerOptions } from '../../src/call/parts.ts';
import { FakeClock } from '../support/fixtures.ts';
import { Cleanup, portOf } from '../support/listening.ts';

const HOUR = 3_600_000;
const cleanup = new Cleanup();
const now = Date.now;
afterEach(() => {
  Date.now = now;
});

/** Somebody, or NTP, sets the clock on the wall. */
function setWall(by: number): void {
  Date.now = () => now() + by;
}

async function serve(listener: http.RequestListener): Promise<string> {
  const server = http.createServer(listener);
  await cleanup.listen(server);
  return `http://127.0.0.1:${portOf(server)}/`;
}

function manager(options: ManagerOptions = {}): NetworkAccessManager {
  const made = new NetworkAccessManager(options);
  cleanup.add(() => made.close());
  return made;
}

describe.each([-HOUR, HOUR])('the clock on the wall is set by %d ms', (by) => {
  test.each([
    ['sockets', () => null],
    ["Node's http module", () => new NodeHttpTransport()],
  ])('transferTimeout counts what has passed, over %s', async (_name, transport) => {
    const url = await serve(() => setWall(by));
    const begun = performance.now();
    const failed = manager({ transport: transport(), transferTimeout: 200 }).get(url).text();
    await expect(failed).rejects.toMatchObject({ code: 'timeout' });
    expect(performance.now() - begun).toBeGreaterThan(190);
  });

  test('timings stay in order', async () => {
    const url = await serve((_request, response) => {
      setWall(by);
      response.end('x');
    });
    const reply = manager().get(url);
    await reply.text();
    const { created, dequeued, connectEnd, requestSent, responseStart, responseEnd } = reply.timings!;
    const phases = [created, dequeued, connectEnd, requestSent, responseStart, responseEnd];
    expect(phases.toSorted((a, b) => a - b)).toEqual(phases);
    expect(Math.abs(responseEnd - now())).toBeLessThan(60_000);
  });

  // A jump may mean that the machine slept: connections that were kept meanwhile are not believed.
  test('the next request is answered, on whichever connection', async () => {
    const url = await serve((_request, response) => void response.end('x'));
    const one = manager();
    await one.get(url).text();
    setWall(by);
    expect(await one.get(url).text()).toBe('x');
  });

  test('a response does not age by it while it is on its way', async () => {
    let served = 0;
    const url = await serve((_request, response) => {
      if (served++ === 0) setWall(by);
      response.setHeader('cache-control', 'max-age=60');
      response.removeHeader('date');
      response.sendDate = false;
      response.end('x');
    });
    const one = manager({ cache: new MemoryCache() });
    await one.get(url).text();
    Date.now = now;
    await one.get(url).text();
    expect(served).toBe(1);
  });
});

test('an idle connection that may live for a month keeps no timer busy', async () => {
  const warnings: unknown[] = [];
  const listener = (warning: unknown): unknown => warnings.push(warning);
  process.on('warning', listener);
  cleanup.add(async () => void process.off('warning', listener));
  const url = await serve((_request, response) => void response.end('x'));
  const transport = new SocketTransport({ idleConnectionTimeout: 30 * 24 * HOUR });
  const spy = vi.spyOn(globalThis, 'setTimeout');
  await manager({ transport }).get(url).text();
  await new Promise((resolve) => setImmediate(resolve));
  const delays = spy.mock.calls.map(([, delay]) => delay ?? 0);
  spy.mockRestore();
  expect(Math.max(...delays)).toBeLessThan(2 ** 31);
  expect(delays.length).toBeLessThan(20);
  expect(warnings).toEqual([]);
});

test.each(['transferTimeout', 'longer'] as const)('a manager takes a clock: %s', async (which) => {
  const server = net.createServer(() => {});
  await cleanup.listen(server);
  const clock = new FakeClock();
  const transferTimeout = which === 'longer' ? 40 * 24 * HOUR : 1000;
  const reply = manager({ clock, transferTimeout }).get(`http://127.0.0.1:${portOf(server)}/`);
  await new Promise<void>((resolve) => reply.on('requestSent', () => resolve()));
  clock.advance(transferTimeout - 1);
  expect(reply.isRunning).toBe(true);
  clock.advance(1);
  await expect(reply.text()).rejects.toMatchObject({ code: 'timeout' });
  expect(reply.timings!.created).toBe(1_000_000);
});
