import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { FetchTransport } from '../../platform/common/fetch-transport.ts';
import { browserFetchCapabilities } from '../../platform/common/fetch-transport-capabilities.ts';
import { NetworkAccessManager } from '../../platform/node/index.ts';
import type { NetworkReply } from '../../src/index.ts';
import type { Clock } from '../../src/util/clock.ts';
import { FakeClock } from '../support/fixtures.ts';
import { NODE_TRANSPORTS } from '../support/list-bench.ts';
import { roundTrips } from '../support/round-trips.ts';
import { startServer } from '../support/server.ts';

const LARGE = 3_000_000;

let server: Server;
let origin = '';
beforeAll(async () => {
  server = createServer((request, response) => {
    response.end(request.url === '/ok' ? 'ok' : Buffer.alloc(LARGE));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const FETCH = [
  'the fetch of a page',
  () =>
    new FetchTransport((url, init) => fetch(url, init), { ...browserFetchCapabilities, forbiddenFields: [] }),
] as const;

describe.each([...NODE_TRANSPORTS, FETCH])('over %s', (name, makeTransport) => {
  const isKept = name !== FETCH[0];
  let manager: NetworkAccessManager;
  let faults: Error[];
  const make = (clock: Clock | null = null): void => {
    faults = [];
    manager = new NetworkAccessManager({
      transport: makeTransport(),
      transferTimeout: 10_000,
      connectionsPerHost: 2,
      clock,
    });
    manager.on('faultOccurred', (fault) => faults.push(fault));
  };
  beforeEach(() => make());
  afterEach(() => manager.close());

  test.each<[string, () => Promise<NetworkReply | Response>]>([
    ['Responses of fetch', () => manager.fetch(`${origin}/large`)],
    ['responses of replies', () => manager.get({ url: `${origin}/large`, readBufferSize: 1000 }).response],
    [
      'replies',
      async () => {
        const reply = manager.get({ url: `${origin}/large`, readBufferSize: 1000 });
        await new Promise<void>((resolve) => reply.on('readyRead', resolve));
        return reply;
      },
    ],
  ])('unread %s let the next request go', async (_kind, open) => {
    const unread = [await open(), await open()];
    expect(await manager.get(`${origin}/ok`).text()).toBe('ok');
    expect(faults).toEqual([
      expect.objectContaining({
        name: 'NetworkError',
        url: `${origin}/large`,
        message: expect.stringMatching(/^GET .*\/large: the body has not been read for 1000 ms/),
      }),
    ]);
    // The oldest one is that which had to go.
    const lengths = await Promise.all(
      unread.map((one) =>
        ('body' in one ? one.arrayBuffer() : one.bytes()).then(
          ({ byteLength }) => byteLength,
          (error: Error & { cause?: Error }) => error.cause?.message ?? error.message,
        ),
      ),
    );
    expect(lengths).toEqual([isKept ? LARGE : expect.stringContaining('it was given up'), LARGE]);
  });

  test('many responses at once can be read afterwards', { skip: !isKept }, async () => {
    const responses = await Promise.all(Array.from({ length: 8 }, () => manager.fetch(`${origin}/large`)));
    for (const response of responses) expect((await response.arrayBuffer()).byteLength).toBe(LARGE);
  });

  test('one that is read slowly is left alone', async () => {
    const clock = new FakeClock();
    await manager.close();
    make(clock);
    const readers = await Promise.all(
      [1, 2].map(async () => (await manager.fetch(`${origin}/large`)).body!.getReader()),
    );
    for (const reader of readers) await reader.read();
    const waiting = manager.get(`${origin}/ok`);
    await roundTrips();
    clock.advance(1500);
    await roundTrips();
    expect([waiting.status, faults]).toEqual([0, []]);
    await readers[0]!.cancel();
    expect(await waiting.text()).toBe('ok');
    await readers[1]!.cancel();
  });
});

test('of another host, where the connections of all are used up', async () => {
  const manager = new NetworkAccessManager({ maximumConnections: 1 });
  manager.on('faultOccurred', () => {});
  const other = await startServer();
  await manager.fetch(`${origin}/large`);
  expect(await manager.get(`${other.origin}/echo`).text()).toContain('GET');
  await manager.close();
  await other.close();
});

test('without a listener it is a warning', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const manager = new NetworkAccessManager({ connectionsPerHost: 1 });
  await manager.fetch(`${origin}/large`);
  expect(await manager.get(`${origin}/ok`).text()).toBe('ok');
  expect(String(warn.mock.calls[0]![0])).toMatch(/read or cancel the body/);
  warn.mockRestore();
  await manager.close();
});
