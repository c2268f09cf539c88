/** The channels of node:diagnostics_channel: what a tracing tool sees of requests. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DiagnosticsMessages } from '../../platform/node/diagnostics-messages.ts';
import { NetworkAccessManager } from '../../platform/node/index.ts';
import { MemoryCache } from '../../src/index.ts';
import { startServer, type TestServer } from '../support/server.ts';

const SECRET = 'geheim';
const NAMES = ['start', 'sent', 'redirect', 'retry', 'head', 'end', 'error'] as const;
type Name = keyof DiagnosticsMessages;
type Told = { [N in Name]: { readonly name: N; readonly message: DiagnosticsMessages[N] } }[Name];

let server: TestServer;
let manager: NetworkAccessManager;
let told: Told[] = [];
const storage = new AsyncLocalStorage<string>();
const listen = (message: unknown, name: string | symbol): void => {
  told.push({ name, message } as Told);
};
const of = <N extends Name>(name: N): DiagnosticsMessages[N][] =>
  told.flatMap((one) => (one.name === name ? [one.message as DiagnosticsMessages[N]] : []));
const names = (): string[] => told.map(({ name }) => name.slice('fairlead:request:'.length));

let failures = 0;
beforeEach(async () => {
  told = [];
  failures = 0;
  server = await startServer({
    routes: {
      ok: ({ request, response }) => {
        response.writeHead(200, { 'set-cookie': `sid=${SECRET}`, 'x-open': 'open' });
        response.end(request.headers.traceparent ?? 'none');
      },
      missing: ({ response }) => void response.writeHead(404).end('no'),
      moved: ({ response }) => void response.writeHead(302, { location: '/ok' }).end(),
      stall: ({ response }) => {
        response.writeHead(200, { 'content-length': 10 });
        response.write('half');
      },
      cut: ({ response }) => {
        response.writeHead(200, { 'content-length': 10 });
        response.write('x', () => response.destroy());
      },
      busy: ({ response }) => void response.writeHead(failures++ === 0 ? 503 : 200).end(),
      stale: ({ response }) => {
        response.writeHead(200, { 'cache-control': 'max-age=0, stale-while-revalidate=60' });
        response.end('x');
      },
    },
  });
  manager = new NetworkAccessManager();
  for (const name of NAMES) subscribe(`fairlead:request:${name}`, listen);
});
afterEach(async () => {
  for (const name of NAMES) unsubscribe(`fairlead:request:${name}`, listen);
  await manager.close();
  await server.close();
});

test('a request is told from its start to its end, without secrets', async () => {
  const url = `${server.origin.replace('//', `//user:${SECRET}@`)}/ok#part`;
  const headers = { authorization: `Bearer ${SECRET}`, 'x-mine': SECRET, 'x-open': '1' };
  await manager.get({ url, headers, secretHeaders: ['x-mine'] }).text();
  expect(names()).toEqual(['start', 'sent', 'head', 'end']);
  expect(new Set(told.map(({ message }) => message.request)).size).toBe(1);
  const [start] = of('fairlead:request:start');
  expect(start!.request).toEqual({
    method: 'GET',
    url: `${server.origin}/ok`,
    headers: { authorization: '(hidden)', 'x-mine': '(hidden)', 'x-open': '1' },
  });
  expect(of('fairlead:request:head')[0]).toMatchObject({
    url: `${server.origin}/ok`,
    status: 200,
    reason: 'OK',
    httpVersion: '1.1',
    source: 'network',
    headers: { 'set-cookie': '(hidden)', 'x-open': 'open' },
  });
  const [end] = of('fairlead:request:end');
  expect(end).toMatchObject({ status: 200, bytesReceived: 4 });
  expect(end!.timings!.responseEnd).toBeGreaterThanOrEqual(end!.timings!.created);
  expect(JSON.stringify(told)).not.toContain(SECRET);
});

test('a subscriber adds fields, until the request has left', async () => {
  let late: DiagnosticsMessages['fairlead:request:start'] | undefined;
  const trace = (message: unknown): void => {
    late = message as DiagnosticsMessages['fairlead:request:start'];
    late.setHeader('traceparent', '00-1-2-01');
  };
  subscribe('fairlead:request:start', trace);
  try {
    expect(await (await manager.fetch(`${server.origin}/ok`)).text()).toBe('00-1-2-01');
    expect(() => late!.setHeader('a', 'b')).toThrow(/^setHeader\(\): the request has left/);
  } finally {
    unsubscribe('fairlead:request:start', trace);
  }
  expect(await manager.get(`${server.origin}/ok`).text()).toBe('none');
});

test('redirects and retries are told, and one end', async () => {
  await manager.get(`${server.origin}/moved`).text();
  expect(names()).toEqual(['start', 'sent', 'redirect', 'sent', 'head', 'end']);
  expect(of('fairlead:request:redirect')[0]).toMatchObject({
    url: `${server.origin}/moved`,
    status: 302,
    headers: { location: '/ok' },
  });
  told = [];
  await manager.get({ url: `${server.origin}/busy`, retry: { attempts: 2, delay: 0 } }).text();
  expect(names()).toEqual(['start', 'sent', 'retry', 'sent', 'head', 'end']);
  expect(of('fairlead:request:retry')[0]).toMatchObject({ attempt: 2, error: { status: 503 } });
});

test('a status is an end, and what breaks is an error, once', async () => {
  await manager
    .get(`${server.origin}/missing`)
    .text()
    .catch(() => {});
  expect(of('fairlead:request:end')[0]).toMatchObject({ status: 404 });
  told = [];
  await manager
    .get(`${server.origin}/cut`)
    .text()
    .catch(() => {});
  expect(names()).toEqual(['start', 'sent', 'head', 'error']);
  expect(of('fairlead:request:error')[0]).toMatchObject({
    status: 200,
    error: { code: 'remote-host-closed', message: expect.stringMatching(/^GET http.*\/cut: /) },
  });
});

test('an abort is an error', async () => {
  const reply = manager.get(`${server.origin}/stall`);
  reply.on('metaDataChanged', () => reply.abort());
  await reply.completed.catch(() => {});
  expect(names()).toEqual(['start', 'sent', 'head', 'error']);
  expect(of('fairlead:request:error')[0]).toMatchObject({ error: { code: 'operation-canceled' } });
});

test('what a cache asks for in the background is told, and what it answers', async () => {
  manager.cache = new MemoryCache();
  await manager.get(`${server.origin}/stale`).text();
  told = [];
  await manager.get(`${server.origin}/stale`).text();
  expect(of('fairlead:request:head').map(({ source }) => source)).toContain('cache');
  await expect.poll(() => of('fairlead:request:end').length).toBe(2);
  expect(of('fairlead:request:start')).toHaveLength(2);
});

test('every scheme is told of', async () => {
  await manager.get('data:,hello').text();
  expect(names()).toEqual(['start', 'head', 'end']);
  expect(of('fairlead:request:end')[0]).toMatchObject({ bytesReceived: 5 });
});

test('messages come in the context of their request', async () => {
  const seen = new Set<string>();
  const look = (message: unknown): void => {
    const { request } = message as DiagnosticsMessages['fairlead:request:end'];
    seen.add(`${request.url.slice(-1)} ${storage.getStore()}`);
  };
  for (const name of NAMES) subscribe(`fairlead:request:${name}`, look);
  const ask = (id: string) =>
    storage.run(`user ${id}`, () => manager.get(`${server.origin}/ok?${id}`).text());
  await Promise.all(['1', '2', '3'].map(ask));
  for (const name of NAMES) unsubscribe(`fairlead:request:${name}`, look);
  expect([...seen].sort()).toEqual(['1 user 1', '2 user 2', '3 user 3']);
});

test('a request of which nobody hears is not watched', async () => {
  for (const name of NAMES) unsubscribe(`fairlead:request:${name}`, listen);
  expect(NAMES.some((name) => channel(`fairlead:request:${name}`).hasSubscribers)).toBe(false);
  const reply = manager.get(`${server.origin}/ok`);
  reply.on('requestSent', () => {
    for (const name of NAMES) subscribe(`fairlead:request:${name}`, listen);
  });
  await reply.text();
  expect(told).toEqual([]);
});
