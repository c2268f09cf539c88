import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DiskCache } from '../../platform/node/files/disk-cache.ts';
import { type CookieJar, NetworkAccessManager } from '../../platform/node/index.ts';
import { NetworkAccessManager as PortableManager } from '../../platform/portable/index.ts';
import type { AbstractNetworkCache } from '../../src/cache/storage/abstract-network-cache.ts';
import { MemoryCache } from '../../src/cache/storage/memory-cache.ts';
import { eventually } from '../support/eventually.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** What passes through the whole list: the cache among its neighbours. */
const FRESH = { 'cache-control': 'max-age=60', etag: '"e"' };
const LARGE = 8_000_000;
const TEXT = 'fairlead '.repeat(1000);

let server: TestServer;
let manager: NetworkAccessManager;
/** How often each path was asked for. */
const asked = new Map<string, number>();

beforeEach(async () => {
  asked.clear();
  const count = (path: string): void => {
    asked.set(path, (asked.get(path) ?? 0) + 1);
  };
  server = await startServer({
    routes: {
      text: ({ response, url }) => {
        count(url.pathname);
        response.writeHead(200, FRESH).end(TEXT);
      },
      zipped: ({ response, url }) => {
        count(url.pathname);
        response
          .writeHead(200, { ...FRESH, 'content-encoding': 'gzip', vary: 'accept-encoding' })
          .end(gzipSync(TEXT));
      },
      moved: ({ response, url }) => {
        count(url.pathname);
        response.writeHead(301, { ...FRESH, location: '/text' }).end();
      },
      cookie: ({ response, url }) => {
        count(url.pathname);
        response.writeHead(200, { ...FRESH, 'set-cookie': 'a=1' }).end();
      },
      large: ({ request, response, url }) => {
        count(url.pathname);
        const from = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
        const range = from === 0 ? {} : { 'content-range': `bytes ${from}-${LARGE - 1}/${LARGE}` };
        response.writeHead(from === 0 ? 200 : 206, { ...FRESH, ...range }).end(new Uint8Array(LARGE - from));
      },
      // Stale at once; sets another cookie each time.
      stale: ({ request, response, url }) => {
        count(url.pathname);
        const times = asked.get(url.pathname)!;
        const status = times === 1 ? 200 : Number(url.searchParams.get('then') ?? 200);
        const control = `max-age=1, ${url.searchParams.get('control')}`;
        const etag = times === 1 ? 'e' : (url.searchParams.get('etag') ?? 'e');
        const headers = { 'cache-control': control, age: '2', etag: `"${etag}"` };
        const isSet = url.searchParams.has('sets') || times === 1;
        response.writeHead(status, { ...headers, ...(isSet ? { 'set-cookie': `a=${times}` } : {}) }).end();
        request.resume();
      },
    },
  });
  manager = new NetworkAccessManager({ cache: new MemoryCache(), connectionsPerHost: 1 });
});

afterEach(async () => {
  await manager.close();
  await server.close();
});

const get = (path: string, headers = {}) => manager.get({ url: server.origin + path, headers });

test('no cache by default, as in Qt', () => {
  expect(new NetworkAccessManager().cache).toBeNull();
});

test('a hit tells that it is one', async () => {
  const first = get('/text');
  expect(await first.text()).toBe(TEXT);
  expect([first.source, first.sourceIsFromCache]).toEqual(['network', false]);
  expect(first.cacheStatus).toBe('fairlead; fwd=uri-miss; stored');
  const second = get('/text');
  expect(await second.text()).toBe(TEXT);
  expect([second.source, second.sourceIsFromCache]).toEqual(['cache', true]);
  expect(second.cacheStatus).toMatch(/^fairlead; hit; ttl=\d+$/);
  expect(asked.get('/text')).toBe(1);
});

test('a hit does not wait for a slot', async () => {
  await get('/text').text();
  const busy = get('/black-hole');
  expect(await get('/text').text()).toBe(TEXT);
  busy.abort();
});

test.each<[string, (directory: string) => AbstractNetworkCache]>([
  ['memory', () => new MemoryCache()],
  ['disk', (directory) => new DiskCache({ directory })],
])('what a hit from %s gives may be changed, and is no part of anything larger', async (_name, create) => {
  const directory = mkdtempSync(path.join(tmpdir(), 'fairlead-hit-'));
  const cache = create(directory);
  manager.cache = cache;
  await get('/text').text();
  const bytes = await get('/text').bytes();
  expect(bytes.buffer.byteLength).toBe(bytes.length);
  bytes.fill(0);
  expect(await get('/text').text()).toBe(TEXT);
  expect(asked.get('/text')).toBe(1);
  await cache.close();
  rmSync(directory, { recursive: true });
});

test('a cached redirect is followed without the network, in both its hops', async () => {
  await get('/moved').text();
  const again = get('/moved');
  expect(await again.text()).toBe(TEXT);
  expect([again.url, asked.get('/moved'), asked.get('/text')]).toEqual([`${server.origin}/text`, 1, 1]);
});

test('a coded body is stored as it came, and decoded each time', async () => {
  await get('/zipped').text();
  const again = get('/zipped');
  expect(await again.text()).toBe(TEXT);
  expect([again.source, asked.get('/zipped')]).toEqual(['cache', 1]);
  const [stored] = await (manager.cache as MemoryCache).match(`GET ${server.origin}/zipped`);
  expect(stored!.length).toBe(gzipSync(TEXT).length);
});

test('the Set-Cookie of a cached reply is not taken again', async () => {
  await get('/cookie').bytes();
  const jar = manager.cookieJar as CookieJar;
  const [cookie] = jar.cookiesForUrl(server.origin);
  jar.deleteCookie(cookie!);
  await get('/cookie').bytes();
  expect(asked.get('/cookie')).toBe(1);
  expect(jar.cookiesForUrl(server.origin)).toEqual([]);
});

describe('the cookies of', () => {
  const jar = () => manager.cookieJar as CookieJar;
  const header = () => jar().cookieHeader(server.origin);

  test.each([
    ['a validation behind a stale reply', 'control=stale-while-revalidate%3D60&sets', 'cache'],
    ['a response that gives way to a stale one', 'control=stale-if-error%3D60&then=503&sets', 'cache'],
    ['a 304 that does not fit', 'control=x&then=304&etag=other&sets', 'network'],
  ])('%s are kept', async (_what, query, source) => {
    await get(`/stale?${query}`).bytes();
    expect(header()).toBe('a=1');
    const reply = get(`/stale?${query}`);
    await reply.completed;
    expect(reply.source).toBe(source);
    await eventually(() => expect(header()).not.toBe('a=1'));
  });

  test('a stored response are not kept again when it is validated', async () => {
    await get('/stale?control=x&then=304').bytes();
    jar().clear();
    const again = get('/stale?control=x&then=304');
    await again.bytes();
    expect([again.source, header()]).toEqual(['revalidated', '']);
  });
});

test('equal requests at once are one for the server, each with its own abort', async () => {
  const replies = Array.from({ length: 5 }, () => get('/text'));
  replies[0]!.abort();
  const texts = await Promise.allSettled(replies.map((reply) => reply.text()));
  expect(texts.map(({ status }) => status)).toEqual(['rejected', ...Array(4).fill('fulfilled')]);
  expect(asked.get('/text')).toBeLessThanOrEqual(2);
});

test('of two that share what no cache can keep, the one that is read does not wait for the other', async () => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'fairlead-')), 'file');
  writeFileSync(file, '');
  const cache = new DiskCache({ directory: path.join(file, 'in the way') });
  await using broken = new NetworkAccessManager({ cache });
  const [first, second] = await Promise.all([1, 2].map(() => broken.fetch(`${server.origin}/large`)));
  expect((await second!.arrayBuffer()).byteLength).toBe(LARGE);
  expect((await first!.arrayBuffer()).byteLength).toBe(LARGE);
  rmSync(path.dirname(file), { recursive: true });
});

test('content-not-found in always-cache, by the code and the number of Qt', async () => {
  const reply = manager.get({ url: `${server.origin}/text`, cacheLoadControl: 'always-cache' });
  await expect(reply.text()).rejects.toMatchObject({ code: 'content-not-found', qtCode: 203 });
  expect(asked.size).toBe(0);
});

test('always-cache where no cache is set asks nobody, either', async () => {
  const url = `${server.origin}/text`;
  for (const without of [new NetworkAccessManager(), new PortableManager()]) {
    const get = without.get({ url, cacheLoadControl: 'always-cache' });
    await expect(get.text()).rejects.toMatchObject({ code: 'content-not-found' });
    await expect(without.fetch(url, { cache: 'only-if-cached' })).rejects.toThrow(TypeError);
    await without.close();
  }
  expect(asked.size).toBe(0);
});

test('two managers share a cache', async () => {
  await get('/text').text();
  const other = new NetworkAccessManager({ cache: manager.cache! });
  expect(await other.get(`${server.origin}/text`).text()).toBe(TEXT);
  expect(asked.get('/text')).toBe(1);
  await other.close();
});

test('fetch has its modes', async () => {
  const text = async (cache: RequestCache) =>
    (await manager.fetch(`${server.origin}/text`, { cache })).text();
  await text('default');
  await text('force-cache');
  await (
    await manager.fetch(`${server.origin}/text`, { cache: 'only-if-cached', mode: 'same-origin' })
  ).text();
  expect(asked.get('/text')).toBe(1);
  await text('no-cache');
  await text('reload');
  await text('no-store');
  expect(asked.get('/text')).toBe(4);
});

test('bodies that are not read give way, with a cache as without one', async () => {
  const faults: Error[] = [];
  manager.on('faultOccurred', (fault) => faults.push(fault));
  manager.connectionsPerHost = 2;
  // Two that share an exchange, and one by itself.
  const unread = [1, 1, 2].map((n) => manager.fetch(`${server.origin}/large?${n}`));
  await Promise.all(unread);
  expect(await manager.get(`${server.origin}/text`).text()).toBe(TEXT);
});
