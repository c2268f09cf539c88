import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { NodeHttpTransport } from '../../platform/node/http-module-transport/node-http-transport.ts';
import { MemoryCache, NetworkAccessManager } from '../../platform/node/index.ts';
import { NetworkAccessManager as PortableManager } from '../../platform/portable/index.ts';
import type { Interceptor } from '../../src/options/interceptor.ts';
import { Cleanup, portOf } from '../support/listening.ts';

const cleanup = new Cleanup();
let manager: NetworkAccessManager;
let directory: string;
/** `unix+http://…` of a server that answers as {@link answer} does. */
let origin: string;
let requests: IncomingMessage[];

const originOf = (name: string): string => `unix+http://${encodeURIComponent(path.join(directory, name))}`;

/** `/to/URL` redirects, `/cached` may be kept; anything else echoes method, target, Host, Cookie and body. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  requests.push(request);
  const { method, url, headers } = request;
  const body = (await request.setEncoding('latin1').toArray()).join('');
  response.setHeader('set-cookie', 'a=1');
  response.setHeader('strict-transport-security', 'max-age=1000');
  if (url!.startsWith('/to/')) {
    response.writeHead(302, { location: decodeURIComponent(url!.slice('/to/'.length)) }).end();
    return;
  }
  response.setHeader('cache-control', url === '/cached' ? 'max-age=60' : 'no-store');
  response.end([method, url, headers.host, headers.cookie ?? '', body].join(' '));
}

// The name of a pipe is no path: dialer-sockets.test.ts has those.
describe.skipIf(process.platform === 'win32')('unix+http', () => {
  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'fairlead-'));
    cleanup.add(() => rm(directory, { recursive: true }));
    requests = [];
    origin = originOf('a.sock');
    await cleanup.listen(createServer(answer), path.join(directory, 'a.sock'));
    manager = new NetworkAccessManager();
    cleanup.add(() => manager.close());
  });

  const hostOf = (url: string): string => url.slice('unix+http://'.length);

  test.each<[string, () => Promise<string>, string]>([
    ['get', () => manager.get(`${origin}/x?y#z`).text(), 'GET /x?y HOST  '],
    ['get without a path', () => manager.get(origin).text(), 'GET / HOST  '],
    ['get of a query alone', () => manager.get(`${origin}?y`).text(), 'GET /?y HOST  '],
    ['post', () => manager.post(`${origin}/x`, 'body').text(), 'POST /x HOST  body'],
    [
      'get that interceptors have changed',
      () => {
        const interceptors: Interceptor[] = [
          (request, next) => next(request.withUrl('/y').withHeader('cookie', 'c')),
        ];
        return manager.get({ url: `${origin}/x`, interceptors, networkInterceptors: interceptors }).text();
      },
      'GET /y HOST c ',
    ],
    [
      'get with a Host and a Cookie of one’s own',
      () => manager.get({ url: `${origin}/x`, headers: { host: 'app.test', cookie: 'b=2' } }).text(),
      'GET /x app.test b=2 ',
    ],
    [
      'fetch, where the manager lets it,',
      async () => {
        manager.fetchSchemes = ['unix+http'];
        return (await manager.fetch(`${origin}/x`)).text();
      },
      'GET /x HOST  ',
    ],
  ])('%s reaches a local socket', async (_name, send, echo) => {
    expect(await send()).toBe(echo.replace('HOST', hostOf(origin)));
  });

  test('is the same as local+http: one origin, one connection', async () => {
    const local = manager.get(`${origin.replace('unix', 'local')}/x`);
    await local.text();
    expect(local.url).toBe(`${origin}/x`);
    await manager.get(`${origin}/y`).text();
    expect(requests[0]!.socket).toBe(requests[1]!.socket);
  });

  test('has six slots a socket', async () => {
    const six = Array.from({ length: 8 }, () => manager.get(`${origin}/x`).text());
    await Promise.all(six);
    expect(new Set(requests.map(({ socket }) => socket)).size).toBe(6);
  });

  test('is cached by its URL, and has neither cookies nor HSTS', async () => {
    manager.cache = new MemoryCache();
    manager.strictTransportSecurityEnabled = true;
    const first = await manager.get(`${origin}/cached`).text();
    const second = manager.get(`${origin}/cached`);
    expect(await second.text()).toBe(first);
    expect(second.sourceIsFromCache).toBe(true);
    expect(await manager.get(`${origin}/x`).text()).toBe(`GET /x ${hostOf(origin)}  `);
    expect(manager.strictTransportSecurityHosts()).toEqual([]);
  });

  test.each(['no-less-safe', 'same-origin'] as const)(
    'redirects within itself, %s',
    async (redirectPolicy) => {
      const reply = manager.get({ url: `${origin}/to/%2Fthere`, redirectPolicy });
      expect(await reply.text()).toBe(`GET /there ${hostOf(origin)}  `);
      expect(reply.url).toBe(`${origin}/there`);
    },
  );

  test.each<[string, () => string, string]>([
    ['the network', () => 'http://127.0.0.1:9/', 'insecure-redirect'],
    ['another socket', () => `${originOf('b.sock')}/`, 'protocol-unknown'],
  ])('does not redirect to %s', async (_name, target, code) => {
    const reply = manager.get(`${origin}/to/${encodeURIComponent(target())}`);
    await expect(reply.text()).rejects.toMatchObject({ code, status: 302 });
    expect(requests.length).toBe(1);
  });

  test('is no target of a redirect on the network, whatever the policy', async () => {
    const server = await cleanup.listen(createServer(answer));
    const url = `http://127.0.0.1:${portOf(server)}/to/${encodeURIComponent(`${origin}/secret`)}`;
    for (const redirectPolicy of ['no-less-safe', 'same-origin', 'user-verified'] as const) {
      const reply = manager.get({ url, redirectPolicy });
      reply.on('redirected', () => reply.redirectAllowed());
      await expect(reply.text()).rejects.toMatchObject({ code: 'protocol-unknown', status: 302 });
    }
    expect(requests.map((request) => request.url!.slice(0, 4))).toEqual(['/to/', '/to/', '/to/']);
  });

  test.each<[string, () => string, string]>([
    ['that is not there', () => originOf('none.sock'), 'host-not-found'],
    ['without a name', () => 'unix+http:///path', 'host-not-found'],
  ])('a socket %s is an error', async (_name, url, code) => {
    await expect(manager.get(url()).text()).rejects.toMatchObject({ code });
  });

  test('is among the supported schemes', () => {
    expect(manager.supportedSchemes()).toEqual(expect.arrayContaining(['unix+http', 'local+http']));
  });
});

describe.each<[string, () => NetworkAccessManager | PortableManager, string]>([
  ['node:http', () => new NetworkAccessManager({ transport: new NodeHttpTransport() }), 'node:http'],
  ['a fetch', () => new PortableManager(), 'fetch (portable)'],
])('over %s', (_name, create, transportName) => {
  test.each(['unix', 'local'])('%s+http is refused by capability', async (kind) => {
    await using refusing = create();
    expect(refusing.supportedSchemes()).not.toContain(`${kind}+http`);
    await expect(refusing.get(`${kind}+http://a.sock/`).text()).rejects.toMatchObject({
      code: 'protocol-invalid-operation',
      capability: 'localSockets',
      message: expect.stringContaining(`${transportName} has no capability 'localSockets'`),
    });
  });
});
