import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { MemoryCache, NetworkAccessManager, type NetworkReply } from '../../platform/node/index.ts';
import { until } from '../suites/transport/harness.ts';
import { FakeClock } from '../support/fixtures.ts';
import type { Route } from '../support/server/routes.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** Requests that have arrived and will get no answer. */
let hanging = 0;
const hang: Route = () => {
  hanging++;
};
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
    else hanging++;
  };
})();
/** A byte each time that the test lets it come. */
let trickling: ServerResponse[] = [];
const trickle: Route = ({ response }) => {
  trickling.push(response.writeHead(200));
};

const LIMIT = 300;

let server: TestServer;
let manager: NetworkAccessManager;
let clock: FakeClock;
beforeAll(async () => {
  server = await startServer({ routes: { hang, stall, away, trickle, once } });
});
afterAll(() => server.close());
beforeEach(() => {
  hanging = 0;
  trickling = [];
  clock = new FakeClock(Date.now());
  manager = new NetworkAccessManager({ clock });
});
afterEach(() => manager.close());

const request = (path: string) => ({ url: `${server.origin}/${path}`, transferTimeout: LIMIT });

/** Lets time pass until the reply is over; nothing moves meanwhile. */
async function outwait(reply: NetworkReply): Promise<void> {
  await until(() => {
    clock.advance(LIMIT / 3);
    return reply.isFinished;
  });
}

/** Reads a body whose bytes come one by one, each when the limit is almost over. */
async function drip(reply: NetworkReply): Promise<string> {
  let text = '';
  reply.on('readyRead', () => {
    text += new TextDecoder().decode(reply.readAll());
  });
  await until(() => trickling.length > 0);
  const response = trickling.shift()!;
  for (let sent = 1; sent <= 12; sent++) {
    response.write('x');
    await until(() => text.length === sent);
    clock.advance(LIMIT - 1);
  }
  response.end();
  await reply.completed;
  return text;
}

const isAnswered = (reply: NetworkReply): boolean => reply.status === 200;
const hangs = (): boolean => hanging === 1;

test.each<[string, () => NetworkReply, (reply: NetworkReply) => boolean]>([
  ['GET without an answer', () => manager.get(request('hang')), hangs],
  ['POST without an answer', () => manager.post(request('hang'), 'body'), hangs],
  [
    'set on the manager',
    () => {
      manager.transferTimeout = LIMIT;
      return manager.get(`${server.origin}/hang`);
    },
    hangs,
  ],
  ['in the middle of a body', () => manager.get(request('stall')), isAnswered],
  ['after a redirect', () => manager.get(request('away')), hangs],
])('ends the request with timeout, once: %s', async (_name, start, isSilent) => {
  const reply = start();
  const events: string[] = [];
  reply.on('errorOccurred', (error) => events.push(error.code));
  reply.on('finished', () => events.push('finished'));
  await until(() => isSilent(reply));
  expect(events).toEqual([]);
  await outwait(reply);
  await expect(reply.bytes()).rejects.toMatchObject({ code: 'timeout', qtCode: 4 });
  expect(events).toEqual(['timeout', 'finished']);
});

test('frees the slot of the request that it ended', async () => {
  manager.connectionsPerHost = 1;
  const first = manager.get(request('hang'));
  const second = manager.get(`${server.origin}/trickle`);
  await until(hangs);
  await outwait(first);
  expect(first.error).toMatchObject({ code: 'timeout' });
  expect(await drip(second)).toBe('x'.repeat(12));
});

test('lets a body live whose bytes keep coming, and a request that is switched off', async () => {
  expect(await drip(manager.get(request('trickle')))).toBe('x'.repeat(12));
  manager.transferTimeout = 20;
  const unlimited = manager.get({ url: `${server.origin}/trickle`, transferTimeout: 0 });
  expect(await drip(unlimited)).toBe('x'.repeat(12));
});

test('does not count the wait in the queue', async () => {
  manager.connectionsPerHost = 1;
  const first = manager.get(`${server.origin}/trickle`);
  const second = manager.get(request('trickle'));
  for (const reply of [first, second]) expect(await drip(reply)).toBe('x'.repeat(12));
});

test('ends the attempt and not the call: a stored response stands in, and the slot is free', async () => {
  manager.cache = new MemoryCache();
  manager.connectionsPerHost = 1;
  expect(await manager.get(request('once')).text()).toBe('stored');
  for (let i = 1; i <= 2; i++) {
    const reply = manager.get(request('once'));
    await until(() => hanging === i);
    await outwait(reply);
    expect(await reply.text()).toBe('stored');
    expect([reply.error, reply.cacheStatus]).toEqual([
      null,
      expect.stringContaining('detail=stale-if-error'),
    ]);
  }
});
