import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { NodeHttpTransport } from '../../platform/node/extras.ts';
import { MemoryCache, NetworkAccessManager } from '../../platform/node/index.ts';
import type { NetworkError } from '../../src/index.ts';
import { FakeClock } from '../support/fixtures.ts';
import { Cleanup } from '../support/listening.ts';
import { type RawServer, startRawServer } from '../support/raw-server.ts';
import type { Route } from '../support/server/routes.ts';
import { startServer, type TestServer } from '../support/server.ts';

const hang: Route = () => {};
const away: Route = ({ response }) => void response.writeHead(302, { location: '/hang' }).end();
const stall: Route = ({ response }) => void response.writeHead(200, { 'content-length': '9' }).write('half');
const busy: Route = ({ response }) => void response.writeHead(503, { connection: 'close' }).end();
const stored: Route = (() => {
  let answers = 0;
  return ({ response }) => {
    if (answers++ === 0)
      response.writeHead(200, { 'cache-control': 'max-age=0, stale-if-error=600' }).end('stored');
  };
})();

const cleanup = new Cleanup();
let server: TestServer;
/** Accepts, and says nothing: no TLS, no HTTP. */
let mute: RawServer;
let manager: NetworkAccessManager;
beforeAll(async () => {
  server = await startServer({ routes: { hang, away, stall, busy, stored } });
  mute = await startRawServer(() => {});
});
afterAll(() => Promise.all([server.close(), mute.close()]));
beforeEach(() => {
  manager = new NetworkAccessManager();
  cleanup.add(() => manager.close());
});

const failure = (promise: Promise<unknown>): Promise<NetworkError> =>
  promise.then(
    () => expect.unreachable(),
    (error: NetworkError) => error,
  );

describe.each([
  ['sockets of ours', () => new NetworkAccessManager()],
  ['node:http', () => new NetworkAccessManager({ transport: new NodeHttpTransport() })],
])('over %s', (_, create) => {
  beforeEach(() => {
    manager = create();
    cleanup.add(() => manager.close());
  });

  test.each<[string, object, string]>([
    ['connect', { connect: 300, firstByte: 9, queue: 1e6 }, 'mute'],
    ['firstByte', { firstByte: 50, total: 1e6 }, 'hang'],
    ['firstByte', { firstByte: 50 }, 'away'],
    ['attempt', { attempt: 50 }, 'hang'],
    ['attempt', { attempt: 50, firstByte: 1e6 }, 'stall'],
    ['idle', { idle: 50 }, 'stall'],
    ['total', { total: 50, attempt: 1e6 }, 'away'],
    ['total', { total: 50 }, 'stall'],
    ['total', { total: 1000 }, 'mute'],
  ])('%s: %j, %s', async (name, timeouts, path) => {
    const url = path === 'mute' ? `https://127.0.0.1:${mute.port}/` : `${server.origin}/${path}`;
    const error = await failure(manager.get({ url, timeouts }).bytes());
    expect(error).toMatchObject({ code: 'timeout', timeout: { name, limit: timeouts[name as never] } });
    expect(error.message).toContain(name === 'idle' ? 'no byte moved for' : `the timeout '${name}' is`);
    const phases = Object.keys(error.timeout!.phases);
    expect(phases.length).toBeGreaterThan(0);
    // TCP stands, and TLS never will: that is still the connection.
    if (path === 'mute') expect(phases.at(-1)).toBe('connect');
    // A slot was free for each attempt: what an earlier one took is no wait in the queue.
    if (path === 'away') expect(phases).not.toContain('queue');
    if (name === 'firstByte') expect(phases.at(-1)).toBe('firstByte');
  });

  test.each([
    ['kept', 'idle'],
    ['new', 'idle'],
    ['kept', 'total'],
    ['new', 'total'],
  ])('an upload that stalls on a connection that is %s is told as sending by %s', async (which, name) => {
    if (which === 'kept') await manager.get(`${server.origin}/hello`).text();
    const upload = { url: `${server.origin}/hang`, timeouts: { [name]: 1500 } };
    const { timeout } = await failure(manager.post(upload, Buffer.alloc(64 * 1024 * 1024)).text());
    expect([timeout!.name, Object.keys(timeout!.phases).at(-1)]).toEqual([name, 'send']);
  });

  test('queue: the wait for a slot, which nothing else counts', async () => {
    manager.connectionsPerHost = 1;
    const first = manager.get(`${server.origin}/hang`);
    const url = `${server.origin}/bytes/3`;
    const error = await failure(manager.get({ url, timeouts: { queue: 50, attempt: 1e6 } }).text());
    expect(error.timeout).toMatchObject({ name: 'queue', limit: 50, phases: { queue: expect.any(Number) } });
    // Its place in the queue is given up, and the next one's turn comes.
    const next = manager.get({ url, timeouts: { queue: 1e6 } });
    first.abort();
    expect((await next.bytes()).length).toBe(3);
  });
});

test('a timeout of an attempt leaves retry its say, for any method where nothing was sent', async () => {
  const timeouts = { connect: 50 };
  const retry = { attempts: 3, delay: 0 };
  const reply = manager.post({ url: `https://127.0.0.1:${mute.port}/`, timeouts, retry }, 'body');
  expect((await failure(reply.text())).timeout?.name).toBe('connect');
  expect(reply.attempts).toBe(3);

  const sent = manager.post({ url: `${server.origin}/hang`, timeouts: { firstByte: 50 }, retry }, 'body');
  expect((await failure(sent.text())).timeout?.name).toBe('firstByte');
  expect(sent.attempts).toBe(1);
});

test('a timeout of an attempt leaves a stored response its say', async () => {
  manager.cache = new MemoryCache();
  const request = { url: `${server.origin}/stored`, timeouts: { firstByte: 50 } };
  expect(await manager.get(request.url).text()).toBe('stored');
  expect(await manager.get(request).text()).toBe('stored');
});

test('total ends the call in a pause between two attempts, and for other schemes', async () => {
  const retry = { delay: 1e6, maximumDelay: 1e6, totalTime: 1e7 };
  const timeouts = { total: 300 };
  const clock = new FakeClock();
  const patient = new NetworkAccessManager({ clock });
  cleanup.add(() => patient.close());
  // Full jitter: the pause is longer than that, but for one time in thousands.
  const reply = patient.get({ url: `${server.origin}/busy`, retry, timeouts });
  reply.on('retrying', () => clock.advance(300));
  const { timeout } = await failure(reply.text());
  expect([timeout!.name, Object.keys(timeout!.phases)]).toEqual(['total', ['before']]);
  manager.schemes = { app: { open: () => new Promise(() => {}) } };
  expect((await failure(manager.get({ url: 'app:x', timeouts }).text())).timeout?.name).toBe('total');
});

test('fetch is bound by them, too, and so is a body that is read slowly', async () => {
  manager.timeouts = { total: 100 };
  await expect(manager.fetch(`${server.origin}/hang`)).rejects.toMatchObject({ cause: { code: 'timeout' } });
  manager.timeouts = { total: 2000 };
  const response = await manager.fetch(`${server.origin}/stall`);
  await expect(response.text()).rejects.toMatchObject({ cause: { timeout: { name: 'total' } } });
});

test('without any, a server that is silent for a minute is told once, and still waited for', async () => {
  const clock = new FakeClock();
  const quiet = new NetworkAccessManager({ clock, cache: new MemoryCache() });
  cleanup.add(() => quiet.close());
  const told: string[] = [];
  quiet.on('faultOccurred', ({ message }) => told.push(message));
  const replies = [quiet.get(`${server.origin}/hang`), quiet.get(`${server.origin}/hang?2`)];
  await Promise.all(replies.map((reply) => new Promise<void>((sent) => reply.on('requestSent', sent))));
  for (let minute = 0; minute < 5; minute++) clock.advance(60_000);
  expect(told).toEqual([expect.stringContaining('/hang was sent, and the server has not answered for 60 s')]);
  expect(replies.map((reply) => reply.isFinished)).toEqual([false, false]);
});
