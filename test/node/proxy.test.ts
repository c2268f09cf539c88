import { beforeEach, describe, expect, test } from 'vitest';
import { NetworkAccessManager } from '../../platform/node/index.ts';
import type { ManagerOptions } from '../../src/call/parts.ts';
import type { NetworkError } from '../../src/error.ts';
import type { NetworkProxy, ProxyInput, ProxyQuery } from '../../src/options/proxy.ts';
import { CertificateAuthority } from '../support/certificate.ts';
import { freePort } from '../support/free-port.ts';
import { Cleanup } from '../support/listening.ts';
import { originsOf } from '../support/origins.ts';
import { startHttpProxy, startSocksProxy } from '../support/proxies.ts';
import { startServer, type TestServer } from '../support/server.ts';

const cleanup = new Cleanup();
const { tls, identity, startBoth, managerWith } = originsOf(cleanup);
let http: TestServer;
let https: TestServer;

beforeEach(async () => {
  [http, https] = await startBoth();
});

describe('an HTTP proxy', () => {
  test('is asked for http by the absolute URL, over one connection for all origins', async () => {
    const other = await startServer();
    cleanup.add(() => other.close());
    const proxy = await startHttpProxy(cleanup);
    const manager = managerWith({ proxy: proxy.url });
    expect(await manager.get(`${http.origin}/echo?a=1#fragment`).json()).toMatchObject({ url: '/echo?a=1' });
    expect(await manager.get(`${other.origin}/hello`).text()).toBe('hello');
    expect(await manager.post(`${http.origin}/count`, 'four').text()).toBe('4');
    expect(proxy.seen.map(({ line }) => line)).toEqual([
      `GET ${http.origin}/echo?a=1`,
      `GET ${other.origin}/hello`,
      `POST ${http.origin}/count`,
    ]);
    expect(proxy.seen[0]!.fields.host).toBe(http.origin.slice('http://'.length));
    expect(http.connections).toBeGreaterThan(0);
  });

  test('opens a tunnel for https, and sees of the request its host and its User-Agent', async () => {
    const proxy = await startHttpProxy(cleanup);
    const manager = managerWith({ proxy: proxy.url, userAgent: 'agent/1' });
    const request = {
      url: `${https.origin}/echo`,
      headers: { authorization: 'Bearer secret', cookie: 'a=secret', 'x-api-key': 'secret' },
    };
    const reply = manager.get(request);
    const { fields } = await reply.json<{ fields: string[][] }>();
    expect(reply.http2WasUsed).toBe(true);
    expect(new Map(fields as [string, string][]).get('x-api-key')).toBe('secret');
    const authorityOf = https.origin.slice('https://'.length);
    expect(proxy.seen).toEqual([
      { line: `CONNECT ${authorityOf}`, fields: { host: authorityOf, 'user-agent': 'agent/1' } },
    ]);
    const { connectEnd, proxyConnectEnd, secureConnectEnd } = reply.timings!;
    expect(proxyConnectEnd).toBeGreaterThanOrEqual(connectEnd);
    expect(secureConnectEnd).toBeGreaterThanOrEqual(proxyConnectEnd);
    expect(connectEnd).toBeGreaterThan(0);
  });

  test('carries HTTP/1.1 over TLS, and one tunnel is used again', async () => {
    const proxy = await startHttpProxy(cleanup);
    const manager = managerWith({ proxy: proxy.url, http2Allowed: false });
    for (let i = 0; i < 3; i++) expect(await manager.get(`${https.origin}/hello`).text()).toBe('hello');
    expect(proxy.seen.length).toBe(1);
  });

  test('is not asked for another origin over a tunnel, nor with other credentials over any connection', async () => {
    const other = await startServer({ identity });
    cleanup.add(() => other.close());
    const proxy = await startHttpProxy(cleanup);
    const manager = managerWith({ proxy: proxy.url });
    await manager.get(`${https.origin}/hello`).text();
    await manager.get(`${other.origin}/hello`).text();
    const named = { proxy: proxy.url.replace('//', '//user:pw@') };
    await manager.get({ url: `${https.origin}/hello`, ...named }).text();
    await manager.get({ url: `${https.origin}/hello`, ...named }).text();
    const own = { 'proxy-authorization': 'Basic b3RoZXI=' };
    await manager.get({ url: `${https.origin}/hello`, ...named, headers: own }).text();
    expect(proxy.seen.map(({ fields }) => fields['proxy-authorization'])).toEqual([
      undefined,
      undefined,
      `Basic ${btoa('user:pw')}`,
      'Basic b3RoZXI=',
    ]);
  });

  test('takes the credentials of its URL, which reach no origin', async () => {
    const proxy = await startHttpProxy(cleanup, { credentials: 'user:pä ss' });
    const manager = managerWith({ proxy: `http://user:p%C3%A4%20ss@127.0.0.1:${proxy.port}` });
    for (const { origin } of [http, https]) {
      const { fields } = await manager.get(`${origin}/echo`).json<{ fields: string[][] }>();
      expect(fields.map(([name]) => name!.toLowerCase())).not.toContain('proxy-authorization');
    }
    expect(proxy.seen.length).toBe(2);
  });

  test('that wants others answers 407: the error has it, and no secret', async () => {
    const proxy = await startHttpProxy(cleanup, { credentials: 'user:right' });
    const manager = managerWith({ proxy: `http://user:wr0ng@127.0.0.1:${proxy.port}` });
    for (const { origin } of [http, https]) {
      const error = await manager
        .get(`${origin}/hello`)
        .text()
        .then(
          () => null,
          (thrown: NetworkError) => thrown,
        );
      expect(error).toMatchObject({ code: 'proxy-authentication-required', qtCode: 105, status: 407 });
      expect(error!.headers).toContainEqual(['proxy-authenticate', 'Basic realm="proxy"']);
      expect(new TextDecoder().decode(error!.body)).toMatch(/^who/);
      expect(JSON.stringify(error)).not.toContain('wr0ng');
    }
    expect(http.connections + https.connections).toBe(0);
  });

  test('over TLS is judged by its own material, and the origin by that of the request', async () => {
    const proxies = new CertificateAuthority();
    const proxy = await startHttpProxy(cleanup, { identity: proxies.issue() });
    const at = { type: 'http', host: '127.0.0.1', port: proxy.port } as const;
    const manager = managerWith({ proxy: { ...at, tls: { ca: proxies.certificate } } });
    expect(await manager.get(`${https.origin}/hello`).text()).toBe('hello');
    const reply = manager.get(`${http.origin}/hello`);
    expect(await reply.text()).toBe('hello');
    expect(reply.sslConfiguration).toBe(null);
    // Attack checklist 71: neither stands for the other.
    const swapped = managerWith({ proxy: { ...at, tls } });
    await expect(swapped.get(`${https.origin}/hello`).text()).rejects.toMatchObject({
      code: 'unknown-proxy',
    });
    const strict = managerWith({
      proxy: { ...at, tls: { ca: proxies.certificate } },
      tls: { ca: proxies.certificate },
    });
    await expect(strict.get(`${https.origin}/hello`).text()).rejects.toMatchObject({
      code: 'ssl-handshake-failed',
    });
    const url = managerWith({ proxy: `https://127.0.0.1:${proxy.port}` });
    await expect(url.get(`${http.origin}/hello`).text()).rejects.toMatchObject({
      code: 'unknown-proxy',
      message: expect.stringContaining(`https://127.0.0.1:${proxy.port}`),
    });
  });

  test('over TLS resumes a session with the same material, and with no other', async () => {
    const proxies = new CertificateAuthority();
    const proxy = await startHttpProxy(cleanup, { identity: proxies.issue() });
    const other = await startServer({ identity });
    cleanup.add(() => other.close());
    const at = { type: 'http', host: '127.0.0.1', port: proxy.port } as const;
    const manager = managerWith({ proxy: { ...at, tls: { ca: proxies.certificate } } });
    expect(await manager.get(`${https.origin}/hello`).text()).toBe('hello');
    expect(await manager.get(`${other.origin}/hello`).text()).toBe('hello');
    expect([proxy.connections, proxy.resumed]).toEqual([2, 1]);
    const material = { ca: [proxies.certificate, proxies.certificate] };
    await manager.get({ url: `${https.origin}/hello`, proxy: { ...at, tls: material } }).text();
    expect([proxy.connections, proxy.resumed]).toEqual([3, 1]);
  });

  test('over TLS is judged by the material that a factory gives each time, in the same object, too', async () => {
    const proxies = new CertificateAuthority();
    const { port } = await startHttpProxy(cleanup, { identity: proxies.issue() });
    const material = { ...tls };
    const manager = managerWith({
      proxyFactory: () => ({ type: 'http', host: '127.0.0.1', port, tls: material }),
    });
    const ask = () => manager.get(`${https.origin}/hello`).text();
    await expect(ask()).rejects.toMatchObject({ code: 'unknown-proxy' });
    material.ca = proxies.certificate;
    expect(await ask()).toBe('hello');
  });

  test('gets the fields that are set for it, and those of the request that are', async () => {
    const proxy = await startHttpProxy(cleanup);
    const headers = { 'x-proxy': 'mine' };
    const manager = managerWith({ proxy: { type: 'http', host: '127.0.0.1', port: proxy.port, headers } });
    const request = { url: `${https.origin}/echo`, headers: { 'Proxy-Trace': '1' } };
    const { fields } = await manager.get(request).json<{ fields: string[][] }>();
    expect(proxy.seen[0]!.fields).toMatchObject({ 'x-proxy': 'mine', 'proxy-trace': '1' });
    expect(fields.flat().join().toLowerCase()).not.toContain('proxy');
  });

  test('without tunneling does not carry https; without caching carries http through a tunnel', async () => {
    const proxy = await startHttpProxy(cleanup);
    const at = { host: '127.0.0.1', port: proxy.port };
    const caching = managerWith({ proxy: { type: 'http-caching', ...at } });
    expect(await caching.get(`${http.origin}/hello`).text()).toBe('hello');
    await expect(caching.get(`${https.origin}/hello`).text()).rejects.toMatchObject({
      code: 'proxy-not-found',
      qtCode: 103,
    });
    const tunneling = managerWith({ proxy: { type: 'http', ...at, capabilities: ['tunneling'] } });
    expect(await tunneling.get(`${http.origin}/hello`).text()).toBe('hello');
    expect(proxy.seen.at(-1)!.line).toMatch(/^CONNECT/);
  });

  test('is used by connections ahead', async () => {
    const proxy = await startHttpProxy(cleanup);
    const manager = managerWith({ proxy: proxy.url });
    await manager.connectToHostEncrypted('127.0.0.1', https.port, { tls }).completed;
    expect(proxy.seen.map(({ line }) => line)).toEqual([`CONNECT 127.0.0.1:${https.port}`]);
  });
});

describe('a SOCKS proxy', () => {
  test.each([
    ['5, which resolves names', 'socks5', 'name.test', '5 3 name.test'],
    ['5h', 'socks5h', 'name.test', '5 3 name.test'],
    ['4a', 'socks4a', 'name.test', '4  name.test'],
    ['5 with an address', 'socks5', '127.0.0.1', '5 1 127.0.0.1'],
    ['4a with an address', 'socks4a', '127.0.0.1', '4  127.0.0.1'],
    ['5 with IPv6', 'socks5', '[::1]', `5 4 ${'0'.repeat(31)}1`],
  ])('version %s', async (_, scheme, host, line) => {
    const proxy = await startSocksProxy(cleanup, { to: '127.0.0.1' });
    const manager = managerWith({ proxy: `${scheme}://127.0.0.1:${proxy.port}` });
    expect(await manager.get(`http://${host}:${http.port}/hello`).text()).toBe('hello');
    expect(proxy.seen.map((one) => one.line)).toEqual([`${line}:${http.port}`]);
  });

  test('carries TLS and HTTP/2', async () => {
    const proxy = await startSocksProxy(cleanup);
    const manager = managerWith({ proxy: `socks5://127.0.0.1:${proxy.port}` });
    const reply = manager.get(`${https.origin}/hello`);
    expect(await reply.text()).toBe('hello');
    expect(reply.http2WasUsed).toBe(true);
    expect(reply.timings!.proxyConnectEnd).toBeGreaterThan(0);
  });

  test('gets addresses where names are resolved here, and the next one where one is not reached', async () => {
    const proxy = await startSocksProxy(cleanup, { replies: [4] });
    const at = { type: 'socks5', host: '127.0.0.1', port: proxy.port, hostNameLookup: 'local' } as const;
    const { SocketTransport } = await import('../../platform/node/http/socket-transport.ts');
    const transport = new SocketTransport({
      lookup: (_host, _options, callback) =>
        callback(null, [
          { address: '127.0.0.2', family: 4 },
          { address: '127.0.0.1', family: 4 },
        ]),
    });
    const manager = managerWith({ proxy: at, transport });
    expect(await manager.get(`http://name.test:${http.port}/hello`).text()).toBe('hello');
    expect(proxy.seen.map(({ line }) => line)).toEqual([
      `5 1 127.0.0.2:${http.port}`,
      `5 1 127.0.0.1:${http.port}`,
    ]);
  });

  test('takes user and password', async () => {
    const proxy = await startSocksProxy(cleanup, { credentials: 'user:p:w' });
    const right = managerWith({ proxy: `socks5://user:p%3Aw@127.0.0.1:${proxy.port}` });
    expect(await right.get(`${http.origin}/hello`).text()).toBe('hello');
    for (const proxyUrl of [
      `socks5://user:wr0ng@127.0.0.1:${proxy.port}`,
      `socks5://127.0.0.1:${proxy.port}`,
    ]) {
      const error = await managerWith({ proxy: proxyUrl })
        .get(`${http.origin}/hello`)
        .text()
        .catch((thrown) => thrown);
      expect(error).toMatchObject({ code: 'proxy-authentication-required' });
      expect(error.message).not.toContain('wr0ng');
    }
  });

  test.each([
    [1, 'unknown-proxy', 'general failure'],
    [2, 'content-access-denied', 'not allowed by its rules'],
    [4, 'unknown-proxy', 'host unreachable'],
    [5, 'unknown-proxy', 'connection refused'],
    [99, 'unknown-proxy', 'reply 99'],
  ])('that replies %i', async (reply, code, words) => {
    const proxy = await startSocksProxy(cleanup, { replies: [reply] });
    const manager = managerWith({ proxy: `socks5://127.0.0.1:${proxy.port}` });
    await expect(manager.get(`${http.origin}/hello`).text()).rejects.toMatchObject({
      code,
      message: expect.stringContaining(words),
    });
  });
});

describe('who chooses', () => {
  const noProxy = { type: 'none', host: null, port: null, isEncrypted: false, isAvoided: false };

  test('a factory, for each redirect anew, by the query that Qt gives', async () => {
    const proxy = await startHttpProxy(cleanup);
    const away = await startServer({
      routes: {
        away: ({ response }) => void response.writeHead(302, { location: `${https.origin}/echo` }).end(),
      },
    });
    cleanup.add(() => away.close());
    const queries: ProxyQuery[] = [];
    const manager = managerWith({
      proxyFactory: async (query) => {
        queries.push(query);
        return query.scheme === 'http' ? proxy.url.replace('//', '//user:pw@') : 'none';
      },
    });
    const attributes = new Map([['mine', 1]]);
    const headers = { 'proxy-authorization': 'Basic mine' };
    const reply = manager.get({
      url: `${away.origin}/away?x#y`,
      attributes,
      headers,
      trustedRedirectOrigins: [https.origin],
    });
    const { fields } = await reply.json<{ fields: string[][] }>();
    expect(queries).toEqual([
      {
        url: `${away.origin}/away?x`,
        peerHost: '127.0.0.1',
        peerPort: away.port,
        scheme: 'http',
        protocolTag: 'http',
        attributes,
      },
      expect.objectContaining({ url: `${https.origin}/echo`, scheme: 'https' }),
    ]);
    // Attack checklist 4: what is for the proxy of the first hop does not reach the origin of the second.
    expect(fields.flat().join().toLowerCase()).not.toContain('proxy');
    expect(proxy.seen.length).toBe(1);
  });

  test.each<[string, () => unknown]>([
    ['an empty list', () => []],
    ['undefined', () => undefined],
    ['null', () => null],
    ['what is no proxy', () => 'ftp://proxy.test'],
    [
      'an error',
      () => {
        throw new Error('no idea');
      },
    ],
    ['a rejection', () => Promise.reject(new Error('no idea'))],
    ['a number', () => 3128],
  ])(
    'a factory that gives %s ends with proxy-not-found, and nothing goes out directly',
    async (_, factory) => {
      const manager = managerWith({ proxyFactory: factory as never });
      await expect(manager.get(`${http.origin}/hello`).text()).rejects.toMatchObject({
        code: 'proxy-not-found',
      });
      expect(http.connections).toBe(0);
    },
  );

  test('setting the one resets the other; a request wins over both', async () => {
    const proxy = await startHttpProxy(cleanup);
    const manager = managerWith({ proxyFactory: () => 'http://127.0.0.1:1' });
    expect(await manager.get({ url: `${http.origin}/hello`, proxy: 'none' }).text()).toBe('hello');
    manager.proxy = proxy.url;
    expect(manager.proxyFactory).toBe(null);
    await manager.get(`${http.origin}/hello`).text();
    expect(proxy.seen.length).toBe(1);
    manager.proxyFactory = () => 'none';
    expect(manager.proxy).toBe('default');
    await manager.get(`${http.origin}/hello`).text();
    expect(proxy.seen.length).toBe(1);
    expect(() => managerWith({ proxy: 'none', proxyFactory: () => 'none' })).toThrow('set one of them');
  });

  test('the application, for all but this machine', async () => {
    const proxy = await startHttpProxy(cleanup, { to: '127.0.0.1' });
    cleanup.add(() => {
      NetworkAccessManager.applicationProxy = 'none';
    });
    NetworkAccessManager.applicationProxy = proxy.url;
    expect(NetworkAccessManager.applicationProxy).toBe(proxy.url);
    const manager = managerWith({});
    expect(await manager.get(`${http.origin}/hello`).text()).toBe('hello');
    expect(proxy.seen.length).toBe(0);
    expect(await manager.get(`http://name.test:${http.port}/hello`).text()).toBe('hello');
    expect(proxy.seen.length).toBe(1);
    expect(() => {
      NetworkAccessManager.applicationProxy = 'ftp://user:s3cret@proxy.test';
    }).toThrow(/^proxy: expected a proxy URL(?!.*s3cret)/);
    expect(NetworkAccessManager.applicationProxy).toBe(proxy.url);
  });

  test('the environment', async () => {
    const proxy = await startHttpProxy(cleanup, { to: '127.0.0.1' });
    const set = (name: string, value: string | undefined): void => {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    };
    for (const name of [
      'http_proxy',
      'https_proxy',
      'all_proxy',
      'no_proxy',
      'HTTP_PROXY',
      'HTTPS_PROXY',
      'ALL_PROXY',
      'NO_PROXY',
    ]) {
      const before = process.env[name];
      cleanup.add(() => set(name, before));
      set(name, undefined);
    }
    const manager = managerWith({ proxy: 'environment' });
    const via = async (host: string): Promise<boolean> => {
      const before = proxy.seen.length;
      await manager.get(`http://${host}:${http.port}/hello`).text();
      return proxy.seen.length > before;
    };
    expect(await via('127.0.0.1')).toBe(false);
    set('http_proxy', proxy.url);
    expect(await via('127.0.0.1')).toBe(true);
    expect(await via('name.corp.test')).toBe(true);
    set('no_proxy', '.corp.test, localhost');
    expect(await via('127.0.0.1')).toBe(false);
    expect(await manager.explainProxy('http://name.corp.test/')).toEqual({
      chosen: noProxy,
      tried: [noProxy],
      rule: 'no_proxy: .corp.test matches',
    });
    set('http_proxy', 'ftp://user:s3cret@proxy.test');
    const error = await manager
      .get('http://name.test/')
      .text()
      .catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'proxy-not-found', message: expect.stringContaining('http_proxy') });
    expect(error.message).not.toContain('s3cret');
  });

  test('local sockets are never asked of a proxy', async () => {
    const manager = managerWith({ proxy: 'http://127.0.0.1:1' });
    await expect(manager.get('unix+http://%2Fnowhere.sock/').text()).rejects.toMatchObject({
      code: 'host-not-found',
    });
  });

  test('is told by explainProxy, without credentials', async () => {
    const shown = (port: number, isEncrypted = false) => ({
      type: 'http',
      host: 'a.test',
      port,
      isEncrypted,
      isAvoided: false,
    });
    const query: [ManagerOptions, unknown][] = [
      [{}, { chosen: noProxy, tried: [noProxy], rule: 'application proxy: none is set' }],
      [
        { proxy: 'http://u:p@a.test:1' },
        { chosen: shown(1), tried: [shown(1)], rule: 'proxy of the manager' },
      ],
      [
        { proxyFactory: () => ['http://u:p@a.test:1', 'https://u:p@a.test:1', 'none'] },
        { chosen: shown(1), tried: [shown(1), shown(1, true), noProxy], rule: 'factory' },
      ],
    ];
    for (const [options, expected] of query)
      expect(await managerWith(options).explainProxy('https://origin.test/')).toEqual(expected);
  });

  test.each([
    ['unix+http://%2Fnowhere.sock/', 'unix+http: never through a proxy'],
    ['data:,text', 'data: never through a proxy'],
    ['app://x/', 'app: never through a proxy'],
  ])('is no proxy for %s', async (url, rule) => {
    const manager = managerWith({
      proxy: 'http://a.test:1',
      schemes: { app: { open: () => new Response('app') } },
    });
    expect(await manager.explainProxy(url)).toEqual({ chosen: noProxy, tried: [noProxy], rule });
  });

  test('a factory whose answer has TLS material that is none has failed', async () => {
    const proxy = { type: 'http', host: 'a.test', tls: { rejectUnauthorized: false } } as NetworkProxy;
    const manager = managerWith({ proxyFactory: () => proxy });
    await expect(manager.explainProxy('http://origin.test/')).rejects.toMatchObject({
      code: 'proxy-not-found',
      message: expect.stringContaining('proxy.tls.rejectUnauthorized'),
    });
  });

  test('is told by explainProxy for the URL that HSTS makes of it', async () => {
    const manager = managerWith({
      strictTransportSecurityEnabled: true,
      proxyFactory: ({ url, peerPort }) =>
        url === 'https://known.test/' && peerPort === 443 ? 'http://a.test:1' : 'none',
    });
    expect((await manager.explainProxy('http://known.test/')).chosen).toEqual(noProxy);
    manager.addStrictTransportSecurityHosts([
      { host: 'known.test', expiry: Date.now() + 1e6, includeSubDomains: false },
    ]);
    expect((await manager.explainProxy('http://known.test/')).chosen).toMatchObject({ host: 'a.test' });
    expect((await manager.explainProxy('http://other.test/')).chosen).toEqual(noProxy);
    manager.strictTransportSecurityEnabled = false;
    expect((await manager.explainProxy('http://known.test/')).chosen).toEqual(noProxy);
  });

  test('an extension knows which proxies have failed', async () => {
    const port = await freePort();
    const manager = managerWith({ proxy: `PROXY 127.0.0.1:${port}; DIRECT` });
    expect(await manager.extend({}).get(`${http.origin}/hello`).text()).toBe('hello');
    for (const one of [manager, manager.extend({ headers: { 'x-a': '1' } })])
      expect((await one.explainProxy(http.origin)).tried).toMatchObject([noProxy, { port, isAvoided: true }]);
  });

  test.each<[string, ProxyInput]>([
    ['a text', 'http://user:s3cret@proxy.test:3128'],
    [
      'an object',
      { type: 'http', host: 'proxy.test', user: 'user', password: 's3cret', headers: { 'x-a': 's3cret' } },
    ],
  ])('%s shows no credentials in logs', async (_, proxy) => {
    const { inspect } = await import('node:util');
    const manager = managerWith({ proxy });
    expect(JSON.stringify(manager) + inspect(manager, { depth: 5 })).not.toContain('s3cret');
    expect(JSON.stringify(manager)).toContain('proxy.test');
    const reply = manager.get({
      url: `${http.origin}/hello`,
      proxy: {
        type: 'socks5',
        host: '127.0.0.1',
        port: await freePort(),
        user: 'u',
        password: 's3cret',
      } satisfies NetworkProxy,
    });
    const error = await reply.text().catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'proxy-connection-refused', qtCode: 101 });
    expect(JSON.stringify(error) + inspect(error, { depth: 9 }) + inspect(reply, { depth: 9 })).not.toContain(
      's3cret',
    );
  });
});
