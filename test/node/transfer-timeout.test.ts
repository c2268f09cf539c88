import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { MemoryCache, NetworkAccessManager, type NetworkReply } from '../../platform/node/index.ts';
import type { Route } from '../support/server/routes.ts';
import { startServer, type TestServer } from '../support/server.ts';

const hang: Route = () => {};
const stall: Route = ({ response }) => {
  response.writeHead(200, { 'content-length': '100' }).write('half');
};
const away: Route = ({ response }) => {
  response.writeHead(302, { location: '/hang' }).end();
};
/** Answers once, with what may be used in place of an error, and never again. */
const once: Route = (() => {
  let answers = 0;
  return ({ response }) => {
    if (answers++ === 0)
      response.writeHead(200, { 'cache-control': 'max-age=0, stale-if-error=600' }).end('stored');
  };
})();
/** A byte each 40 ms: never silent for long, and long in all. */
const trickle: Route = ({ response }) => {
  let left = 12;
  const timer = setInterval(() => {
    response.write('x');
    if (--left > 0) return;
    clearInterval(timer);
    response.end();
  }, 40);
};

let server: TestServer;
let manager: NetworkAccessManager;
beforeAll(async () => {
  server = await startServer({ routes: { hang, stall, away, trickle, once } });
});
afterAll(() => server.close());
beforeEach(() => {
  manager = new NetworkAccessManager();
});
afterEach(() => manager.close());

const limit = { transferTimeout: 300 };
const request = (path: string) => ({ url: `${server.origin}/${path}`, ...limit });

test.each<[string, () => NetworkReply]>([
  ['GET without an answer', () => manager.get(request('hang'))],
  ['POST without an answer', () => manager.post(request('hang'), 'body')],
  [
    'set on the manager',
    () => {
      manager.transferTimeout = 300;
      return manager.get(`${server.origin}/hang`);
    },
  ],
  ['in the middle of a body', () => manager.get(request('stall'))],
  ['after a redirect', () => manager.get(request('away'))],
])('ends the request with timeout, once: %s', async (_name, start) => {
  const reply = start();
  const events: string[] = [];
  reply.on('errorOccurred', (error) => events.push(error.code));
  reply.on('finished', () => events.push('finished'));
  await expect(reply.bytes()).rejects.toMatchObject({ code: 'timeout', qtCode: 4 });
  expect(events).toEqual(['timeout', 'finished']);
});

test('frees the slot of the request that it ended', async () => {
  manager.connectionsPerHost = 1;
  const first = manager.get(request('hang'));
  const second = manager.get(`${server.origin}/trickle`);
  await expect(first.text()).rejects.toMatchObject({ code: 'timeout' });
  expect(await second.text()).toBe('x'.repeat(12));
});

test('lets a body live whose bytes keep coming, and a request that is switched off', async () => {
  expect(await manager.get(request('trickle')).text()).toBe('x'.repeat(12));
  manager.transferTimeout = 20;
  expect(await manager.get({ url: `${server.origin}/trickle`, transferTimeout: 0 }).text()).toBe(
    'x'.repeat(12),
  );
});

test('does not count the wait in the queue', async () => {
  manager.connectionsPerHost = 1;
  const first = manager.get(`${server.origin}/trickle`);
  const second = manager.get(request('trickle'));
  expect(await Promise.all([first.text(), second.text()])).toEqual(['x'.repeat(12), 'x'.repeat(12)]);
});

test('ends the attempt and not the call: a stored response stands in, and the slot is free', async () => {
  manager.cache = new MemoryCache();
  manager.connectionsPerHost = 1;
  expect(await manager.get(request('once')).text()).toBe('stored');
  for (let i = 0; i < 2; i++) {
    const reply = manager.get(request('once'));
    expect(await reply.text()).toBe('stored');
    expect([reply.error, reply.cacheStatus]).toEqual([
      null,
      expect.stringContaining('detail=stale-if-error'),
    ]);
  }
});
