import type { Socket } from 'node:net';
import { beforeEach, describe, expect, test } from 'vitest';
import { SocketTransport } from '../../platform/node/http/socket-transport.ts';
import { publicAddressesOnly } from '../../platform/node/index.ts';
import { NetworkAccessManager as PortableManager } from '../../platform/portable/index.ts';
import type { ManagerOptions } from '../../src/call/parts.ts';
import { ERROR_BODY_LIMIT, NetworkError } from '../../src/error.ts';
import { until } from '../suites/transport/harness.ts';
import { failureOf } from '../support/failure-of.ts';
import { FakeClock } from '../support/fixtures.ts';
import { freePort } from '../support/free-port.ts';
import { Cleanup } from '../support/listening.ts';
import { originsOf } from '../support/origins.ts';
import { say, startBadProxy, startHttpProxy, startSocksProxy } from '../support/proxies.ts';
import type { Route } from '../support/server/routes.ts';
import { startServer, type TestServer } from '../support/server.ts';

const cleanup = new Cleanup();
const { identity, startBoth, managerWith } = originsOf(cleanup);
let http: TestServer;
let https: TestServer;

beforeEach(async () => {
  [http, https] = await startBoth();
});

/** Timers of a manager that has nothing to do: its look at servers that are silent, which keeps nothing. */
const OF_THE_MANAGER = 1;

test('fields that a request keeps secret are on no error of its proxy, whoever else waited for that', async () => {
  const answer = 'HTTP/1.1 403 No\r\nContent-Length: 0\r\nX-Open: o\r\nX-Mine: m\r\n\r\n';
  const proxy = await startBadProxy(cleanup, say(answer));
  const manager = managerWith({ proxy: `http://127.0.0.1:${proxy.port}` });
  const url = `${https.origin}/hello`;
  const requests = [
    { url, secretHeaders: ['X-Mine'] },
    { url },
    { url, secretHeaders: ['X-Mine', 'x-open'] },
  ];
  const errors = await Promise.all(requests.map((request) => failureOf(manager.get(request).text())));
  const shown = errors.map((error) =>
    (error as NetworkError).headers!.map(([name]) => name).filter((name) => name.startsWith('x-')),
  );
  expect(shown).toEqual([['x-open'], ['x-open', 'x-mine'], []]);
});

describe('a proxy that misbehaves in CONNECT', () => {
  test.each<[string, (socket: Socket, first: string) => void, object]>([
    ['closes', (socket) => socket.end(), { code: 'proxy-connection-closed', qtCode: 102 }],
    ['resets', (socket) => socket.resetAndDestroy(), { code: 'proxy-connection-closed' }],
    ['closes in its head', (socket) => socket.end('HTTP/1.1 200 O'), { code: 'proxy-connection-closed' }],
    ['speaks something else', say('220 smtp.test ESMTP\r\n'), { code: 'unknown-proxy', qtCode: 199 }],
    [
      'has no end of head',
      (socket) => say(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(200_000)}`)(socket),
      { code: 'unknown-proxy' },
    ],
    [
      'has fields without end',
      say(`HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(1000)}`),
      { code: 'unknown-proxy' },
    ],
    ['informs without end', say('HTTP/1.1 103 Early\r\n\r\n'.repeat(100)), { code: 'unknown-proxy' }],
    ['switches protocols', say('HTTP/1.1 101 Switching\r\n\r\n'), { code: 'unknown-proxy' }],
    [
      'refuses',
      say('HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\nSet-Cookie: a=1\r\n\r\npolicy'),
      { code: 'unknown-proxy', status: 403 },
    ],
    [
      'redirects',
      say('HTTP/1.1 302 Found\r\nLocation: http://evil.test/\r\nContent-Length: 0\r\n\r\n'),
      { code: 'unknown-proxy', status: 302 },
    ],
    [
      'answers as if it were the origin',
      say('HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno'),
      { code: 'unknown-proxy', status: 404 },
    ],
    [
      'sends bytes with its 200',
      say('HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n'),
      { code: 'unknown-proxy', message: expect.stringContaining('before TLS') },
    ],
    [
      'sends a handshake of its own',
      say('HTTP/1.1 200 OK\r\n\r\n\x16\x03\x03\x00\x01\x00'),
      { code: 'unknown-proxy', message: expect.stringContaining('before TLS') },
    ],
  ])('%s', async (_, script, expected) => {
    const proxy = await startBadProxy(cleanup, script);
    const manager = managerWith({ proxy: proxy.url });
    const reply = manager.get(`${https.origin}/hello`);
    const error = await failureOf(reply.text());
    expect(error).toBeInstanceOf(NetworkError);
    expect(error).toMatchObject(expected);
    expect(reply.status).toBe(0);
    expect(error.headers ?? []).not.toContainEqual(['set-cookie', 'a=1']);
    expect(https.connections).toBe(0);
  });

  test('its words are on the error, so many of them, and no more than so long waited for', async () => {
    const long = await startBadProxy(cleanup, say(`HTTP/1.1 503 Busy\r\n\r\n${'y'.repeat(300_000)}`));
    const error = await failureOf(managerWith({ proxy: long.url }).get(`${https.origin}/hello`).text());
    expect(error).toMatchObject({ status: 503 });
    expect(error.body?.length).toBe(ERROR_BODY_LIMIT);

    const clock = new FakeClock();
    const stalling = await startBadProxy(cleanup, say('HTTP/1.1 403 No\r\nContent-Length: 100\r\n\r\nhalf'));
    const transport = new SocketTransport({ clock, connectTimeout: Number.POSITIVE_INFINITY });
    const manager = managerWith({ proxy: stalling.url, clock, transport });
    let failure: NetworkError | null = null;
    void failureOf(manager.get(`${https.origin}/hello`).text()).then((one) => {
      failure = one;
    });
    await until(() => stalling.connections === 1);
    await until(() => {
      clock.advance(10);
      return failure !== null;
    });
    expect(failure).toMatchObject({ code: 'unknown-proxy', status: 403 });
  });

  test('stalls: proxy-timeout after connectTimeout, and nothing stays open', async () => {
    const clock = new FakeClock();
    const closed: Promise<void>[] = [];
    const proxy = await startBadProxy(cleanup, (socket) => {
      closed.push(new Promise((resolve) => socket.once('close', () => resolve())));
    });
    const transport = new SocketTransport({ connectTimeout: 5000, clock });
    const manager = managerWith({ proxy: proxy.url, transport, clock });
    const failed = failureOf(manager.get(`${https.origin}/hello`).text());
    await until(() => closed.length === 1);
    clock.advance(5000);
    expect(await failed).toMatchObject({ code: 'proxy-timeout', qtCode: 104 });
    await closed[0];
    expect(clock.pendingTimers).toBeLessThanOrEqual(OF_THE_MANAGER);
  });

  test.each(['abort', 'clearConnectionCache', 'close'] as const)(
    'a %s ends what waits for it',
    async (how) => {
      const closed: Promise<void>[] = [];
      const proxy = await startBadProxy(cleanup, (socket) => {
        closed.push(new Promise((resolve) => socket.once('close', () => resolve())));
      });
      const manager = managerWith({ proxy: proxy.url });
      const reply = manager.get(`${https.origin}/hello`);
      const failed = failureOf(reply.text());
      await until(() => closed.length === 1);
      if (how === 'abort') reply.abort();
      else await manager[how]();
      expect(await failed).toMatchObject({ code: 'operation-canceled' });
      await closed[0];
    },
  );

  test('407 for ever is asked once', async () => {
    const proxy = await startBadProxy(cleanup, say('HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n'));
    const manager = managerWith({ proxy: proxy.url.replace('//', '//user:pw@') });
    expect(await failureOf(manager.get(`${https.origin}/hello`).text())).toMatchObject({ status: 407 });
    expect(proxy.connections).toBe(1);
  });

  test('the failure is told to all that wait for the same tunnel', async () => {
    const proxy = await startBadProxy(cleanup, say('HTTP/1.1 403 No\r\nContent-Length: 6\r\n\r\npolicy'));
    const manager = managerWith({ proxy: proxy.url });
    const replies = [1, 2, 3].map((i) => manager.get(`${https.origin}/hello?${i}`));
    for (const error of await Promise.all(replies.map((reply) => failureOf(reply.text()))))
      expect(error).toMatchObject({ code: 'unknown-proxy', status: 403 });
  });
});

describe('a SOCKS proxy that misbehaves', () => {
  test.each<[string, (socket: Socket) => void, object]>([
    ['closes', (socket) => socket.end(), { code: 'proxy-connection-closed' }],
    ['closes in its reply', (socket) => socket.end(Buffer.from([5])), { code: 'proxy-connection-closed' }],
    [
      'speaks HTTP',
      say('HTTP/1.1 400 Bad Request\r\n\r\n'),
      { code: 'unknown-proxy', message: expect.stringContaining('SOCKS5') },
    ],
    ['wants what was not offered', (socket) => socket.write(Buffer.from([5, 2])), { code: 'unknown-proxy' }],
    ['wants GSSAPI', (socket) => socket.write(Buffer.from([5, 1])), { code: 'unknown-proxy' }],
    [
      'wants a password',
      (socket) => socket.write(Buffer.from([5, 0xff])),
      { code: 'proxy-authentication-required' },
    ],
    [
      'names an address of no kind',
      (socket) => socket.write(Buffer.from([5, 0, 5, 0, 0, 9, 0, 0, 0, 0])),
      { code: 'unknown-proxy' },
    ],
    [
      'sends bytes before TLS',
      (socket) => socket.write(Buffer.from([5, 0, 5, 0, 0, 1, 0, 0, 0, 0, 0, 0, 22, 3])),
      { code: 'unknown-proxy', message: expect.stringContaining('before TLS') },
    ],
  ])('%s', async (_, script, expected) => {
    const proxy = await startBadProxy(cleanup, script);
    const manager = managerWith({ proxy: `socks5://127.0.0.1:${proxy.port}` });
    expect(await failureOf(manager.get(`${https.origin}/hello`).text())).toMatchObject(expected);
  });
});

describe.each<[string, string, readonly number[]]>([
  ['before it says anything', 'socks5', []],
  ['in its choice of a method', 'socks5', [5]],
  ['when it is asked to connect', 'socks5', [5, 0]],
  ['when it is told who asks', 'socks5', [5, 2]],
  ['in its reply', 'socks5', [5, 0, 5, 0, 0, 1, 127]],
  ['in the name of its reply', 'socks5', [5, 0, 5, 0, 0, 3, 9, 97]],
  ['in a reply of SOCKS4', 'socks4a', [0, 0x5a, 0]],
  ['in its own handshake', 'https', [22, 3, 3]],
  ['in its answer to CONNECT', 'http', [...Buffer.from('HTTP/1.1 200 OK\r\n')]],
  [
    'in the body of its refusal',
    'http',
    [...Buffer.from('HTTP/1.1 403 No\r\nContent-Length: 9\r\n\r\nhalf')],
  ],
])('a proxy that stalls %s', (_, scheme, bytes) => {
  async function stalled() {
    const clock = new FakeClock();
    const closed: Promise<void>[] = [];
    const proxy = await startBadProxy(cleanup, (socket) => {
      closed.push(new Promise((resolve) => socket.once('close', () => resolve())));
      socket.write(Buffer.from(bytes));
    });
    const transport = new SocketTransport({ connectTimeout: 5000, clock });
    const user = scheme === 'socks5' ? 'user:pw@' : '';
    const manager = managerWith({ proxy: `${scheme}://${user}127.0.0.1:${proxy.port}`, transport, clock });
    const reply = manager.get(`${https.origin}/hello`);
    const failed = failureOf(reply.text());
    await until(() => closed.length === 1);
    return { reply, failed, closed, clock };
  }

  test('is given up with the request, and keeps nothing', async () => {
    const { reply, failed, closed, clock } = await stalled();
    reply.abort();
    expect(await failed).toMatchObject({ code: 'operation-canceled' });
    await closed[0];
    expect(clock.pendingTimers).toBeLessThanOrEqual(OF_THE_MANAGER);
  });

  test('is given up in time, and keeps nothing', async () => {
    const { failed, closed, clock } = await stalled();
    let error: NetworkError | null = null;
    void failed.then((one) => {
      error = one;
    });
    await until(() => {
      clock.advance(100);
      return error !== null;
    });
    expect(error!.qtCode).toBeGreaterThan(100);
    expect(error!.qtCode).toBeLessThan(200);
    await closed[0];
    expect(clock.pendingTimers).toBeLessThanOrEqual(OF_THE_MANAGER);
  });
});

describe('several proxies', () => {
  const text = (port: number): string => `PROXY 127.0.0.1:${port}`;

  test('one that refuses, does not resolve, closes or fails its TLS is passed over', async () => {
    const good = await startHttpProxy(cleanup);
    const closing = await startBadProxy(cleanup, (socket) => socket.end());
    const list = [
      text(await freePort()),
      `HTTPS 127.0.0.1:${closing.port}`,
      'SOCKS5 nowhere.invalid:1080',
      text(closing.port),
      text(good.port),
    ];
    const manager = managerWith({ proxyFactory: () => list.join('; ') });
    expect(await manager.get(`${https.origin}/hello`).text()).toBe('hello');
    expect(good.seen.length).toBe(1);
  });

  test('the last one’s error is the reply’s, with all of them as its cause', async () => {
    const closing = await startBadProxy(cleanup, (socket) => socket.end());
    const manager = managerWith({
      proxyFactory: () => [`http://127.0.0.1:${closing.port}`, 'http://nowhere.invalid'],
    });
    const error = await failureOf(manager.get(`${https.origin}/hello`).text());
    expect(error).toMatchObject({ code: 'proxy-not-found', qtCode: 103 });
    const { errors } = error.cause as AggregateError;
    expect(errors.map(({ code }) => code)).toEqual(['proxy-connection-closed', 'proxy-not-found']);
  });

  test.each<[string, (socket: Socket) => void]>([
    ['a 407', say('HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n')],
    ['a rule', say('HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n')],
  ])('%s is not gone around', async (_, script) => {
    const proxy = await startBadProxy(cleanup, script);
    const manager = managerWith({ proxyFactory: () => `${text(proxy.port)}; DIRECT` });
    await failureOf(manager.get(`${https.origin}/hello`).text());
    expect(https.connections).toBe(0);
  });

  test.each([500, 502, 503, 504])(
    'one that says %i of an origin is gone around, and not avoided',
    async (status) => {
      const proxy = await startBadProxy(cleanup, say(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`));
      const manager = managerWith({ proxyFactory: () => `${text(proxy.port)}; DIRECT` });
      expect(await manager.get(`${https.origin}/hello`).text()).toBe('hello');
      expect((await manager.explainProxy(https.origin)).tried).toMatchObject([
        { port: proxy.port, isAvoided: false },
        { type: 'none' },
      ]);
    },
  );

  test('the origin’s own certificate is not the proxy’s fault', async () => {
    const [first, second] = [await startHttpProxy(cleanup), await startHttpProxy(cleanup)];
    const manager = managerWith({
      tls: null,
      proxyFactory: () => `${text(first.port)}; ${text(second.port)}`,
    });
    const error = await failureOf(manager.get(`${https.origin}/hello`).text());
    expect(error.code).toBe('ssl-handshake-failed');
    expect(second.connections).toBe(0);
  });

  test('behind one that is dead, what is wrong with the origin’s certificate is asked about all the same', async () => {
    const good = await startHttpProxy(cleanup);
    const list = `${text(await freePort())}; ${text(good.port)}`;
    const manager = managerWith({ tls: null, proxyFactory: () => list });
    const error = await failureOf(manager.get(`${https.origin}/hello`).text());
    expect(error.sslErrors).not.toHaveLength(0);
    const reply = manager.get(`${https.origin}/hello`);
    reply.ignoreSslErrors();
    expect(await reply.text()).toBe('hello');
  });

  test('the certificate of a proxy is no question about that of the origin', async () => {
    const proxy = await startHttpProxy(cleanup, { identity });
    const manager = managerWith({ tls: null, proxy: `https://127.0.0.1:${proxy.port}` });
    const asked: unknown[] = [];
    manager.on('sslErrors', (_, errors) => void asked.push(errors));
    for (const { origin } of [http, https]) {
      const reply = manager.get(`${origin}/hello`);
      reply.ignoreSslErrors();
      const error = await failureOf(reply.text());
      expect([error.code, error.sslErrors]).toEqual(['unknown-proxy', undefined]);
    }
    expect(asked).toEqual([]);
    expect(proxy.connections).toBe(2);
  });

  test.each<[string, () => Promise<ManagerOptions>, string, object]>([
    [
      'closes when it is asked for TLS, through a tunnel',
      async () => ({ proxy: (await startHttpProxy(cleanup)).url }),
      'https://127.0.0.1:PORT/',
      { code: 'remote-host-closed' },
    ],
    [
      'cannot be reached by SOCKS',
      async () => ({
        proxy: `socks5://127.0.0.1:${(await startSocksProxy(cleanup, { replies: [5, 5] })).port}`,
      }),
      'https://127.0.0.1:PORT/',
      { code: 'unknown-proxy', message: expect.stringContaining('connection refused') },
    ],
    [
      'has no address, where names are resolved here',
      async () => {
        const { port } = await startSocksProxy(cleanup);
        return { proxy: { type: 'socks5', host: '127.0.0.1', port, hostNameLookup: 'local' } };
      },
      'http://nowhere.invalid:PORT/',
      { code: 'host-not-found', message: expect.stringContaining('nowhere.invalid') },
    ],
    [
      'has an IPv6 address, which SOCKS4a knows nothing of',
      async () => ({ proxy: `socks4a://127.0.0.1:${(await startSocksProxy(cleanup)).port}` }),
      'http://[::1]:PORT/',
      { code: 'unknown-proxy', message: expect.stringContaining('IPv6') },
    ],
    [
      'has a name that SOCKS5 has no room for',
      async () => ({ proxy: `socks5://127.0.0.1:${(await startSocksProxy(cleanup)).port}` }),
      `http://${'a'.repeat(44)}.${'long.'.repeat(60)}test:PORT/`,
      { code: 'host-not-found', message: expect.stringContaining('255 bytes') },
    ],
  ])('an origin that %s says nothing against the proxy', async (_, optionsFor, url, expected) => {
    const origin = await startBadProxy(cleanup, (socket) => socket.destroy());
    const manager = managerWith(await optionsFor());
    const at = url.replace('PORT', String(origin.port));
    // Those that wait for the connection of the first get a copy of its failure.
    const errors = await Promise.all([1, 2].map((i) => failureOf(manager.get(`${at}?${i}`).text())));
    for (const error of errors) expect(error).toMatchObject(expected);
    expect((await manager.explainProxy(at)).chosen).toMatchObject({ isAvoided: false });
  });

  test('one that has failed is asked last: 30 s, and twice as long each time, up to 5 min', async () => {
    const clock = new FakeClock();
    const good = await startHttpProxy(cleanup);
    const bad = await startBadProxy(cleanup, (socket) => socket.end());
    const manager = managerWith({ clock, proxyFactory: () => `${text(bad.port)}; ${text(good.port)}` });
    const ask = async (): Promise<void> => {
      manager.clearConnectionCache();
      expect(await manager.get(`${https.origin}/hello`).text()).toBe('hello');
    };
    await ask();
    expect(bad.connections).toBe(1);
    expect(
      (await manager.explainProxy(https.origin)).tried.map(({ port, isAvoided }) => [port, isAvoided]),
    ).toEqual([
      [good.port, false],
      [bad.port, true],
    ]);
    let connections = 1;
    for (const pause of [30, 60, 120, 240, 300, 300]) {
      clock.advance(pause * 1000 - 1);
      await ask();
      expect(bad.connections).toBe(connections);
      clock.advance(1);
      await ask();
      expect(bad.connections).toBe(++connections);
    }
  });

  test('where all have failed, all are asked', async () => {
    const port = await freePort();
    const manager = managerWith({ proxy: `http://127.0.0.1:${port}` });
    for (let i = 0; i < 3; i++)
      expect(await failureOf(manager.get(`${http.origin}/hello`).text())).toMatchObject({
        code: 'proxy-connection-refused',
      });
  });
});

describe('six at a time', () => {
  const kinds: [string, 'http' | 'https', () => Promise<string>, number][] = [
    ['to a proxy that is asked by URLs', 'http', async () => (await startHttpProxy(cleanup)).url, 6],
    ['to each origin through tunnels', 'https', async () => (await startHttpProxy(cleanup)).url, 12],
    [
      'to each origin by SOCKS',
      'http',
      async () => `socks5://127.0.0.1:${(await startSocksProxy(cleanup)).port}`,
      12,
    ],
  ];
  test.each(kinds)('%s', async (_, scheme, proxyFor, most) => {
    let held = 0;
    let highest = 0;
    let areAllThere = (): void => {};
    const allThere = new Promise<void>((resolve) => {
      areAllThere = resolve;
    });
    const hold: Route = async ({ response }) => {
      highest = Math.max(highest, ++held);
      if (held === most) areAllThere();
      await allThere;
      // One too many would have time to come.
      for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
      held--;
      response.end('held');
    };
    const secure = scheme === 'https' ? { identity } : {};
    const start = () => startServer({ ...secure, routes: { hold } });
    const [one, two] = [await start(), await start()];
    for (const server of [one, two]) cleanup.add(() => server.close());
    const manager = managerWith({ proxy: await proxyFor() });
    const urls = Array.from({ length: 30 }, (_, i) => `${i % 2 === 0 ? one.origin : two.origin}/hold?${i}`);
    expect(await Promise.all(urls.map((url) => manager.get(url).text()))).toEqual(Array(30).fill('held'));
    expect(highest).toBe(most);
  });
});

describe('a filter of addresses', () => {
  const refused = { code: 'content-access-denied' };

  test('cannot see what a proxy resolves: refused, unless the proxy guards', async () => {
    const proxy = await startHttpProxy(cleanup, { to: '127.0.0.1' });
    const at = { type: 'http', host: '127.0.0.1', port: proxy.port } as const;
    const manager = managerWith({ proxy: at, addressFilter: publicAddressesOnly });
    const url = `http://name.test:${http.port}/hello`;
    expect(await failureOf(manager.get(url).text())).toMatchObject({
      ...refused,
      message: expect.stringContaining('guards'),
    });
    expect(proxy.connections).toBe(0);
    manager.proxy = { ...at, guards: true };
    expect(await manager.get(url).text()).toBe('hello');
    // An address is seen all the same.
    for (const host of ['127.0.0.1', '169.254.169.254', '[::1]', '[::ffff:10.0.0.1]'])
      expect(await failureOf(manager.get(`http://${host}:${http.port}/hello`).text())).toMatchObject(refused);
    expect(proxy.seen.length).toBe(1);
  });

  test('sees what is resolved here for SOCKS5', async () => {
    const proxy = await startSocksProxy(cleanup, { to: '127.0.0.1' });
    const lookups: Record<string, string> = { 'inside.test': '10.0.0.1', 'public.test': '8.8.8.8' };
    const transport = new SocketTransport({
      lookup: (host, _options, callback) => callback(null, [{ address: lookups[host]!, family: 4 }]),
    });
    const manager = managerWith({
      transport,
      addressFilter: publicAddressesOnly,
      proxy: { type: 'socks5', host: '127.0.0.1', port: proxy.port, hostNameLookup: 'local' },
    });
    expect(await manager.get(`http://public.test:${http.port}/hello`).text()).toBe('hello');
    expect(await failureOf(manager.get(`http://inside.test:${http.port}/hello`).text())).toMatchObject(
      refused,
    );
    expect(proxy.seen.map(({ line }) => line)).toEqual([`5 1 8.8.8.8:${http.port}`]);
  });
});

describe('where proxies are not ours to choose', () => {
  test('they are refused, with what to do instead', async () => {
    const manager = new PortableManager({ proxy: 'http://proxy.test:3128' });
    const missing = { code: 'protocol-invalid-operation', capability: 'proxy' };
    expect(await failureOf(manager.get(`${http.origin}/hello`).text())).toMatchObject({
      ...missing,
      message: expect.stringMatching(/proxy.*in the browser or system/),
    });
    manager.proxyFactory = () => 'none';
    expect(await failureOf(manager.get(`${http.origin}/hello`).text())).toMatchObject(missing);
    expect(await failureOf(manager.explainProxy(http.origin))).toMatchObject(missing);
    manager.proxy = 'none';
    expect(await manager.get(`${http.origin}/hello`).text()).toBe('hello');
    expect(http.connections).toBe(1);
  });
});
