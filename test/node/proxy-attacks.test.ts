import type { LookupFunction, Socket } from 'node:net';
import { beforeEach, describe, expect, test } from 'vitest';
import { SocketTransport } from '../../platform/node/http/socket-transport.ts';
import { type NetworkAccessManager, publicAddressesOnly } from '../../platform/node/index.ts';
import type { ManagerOptions } from '../../src/call/parts.ts';
import { NetworkError } from '../../src/error.ts';
import { until } from '../suites/transport/harness.ts';
import { CertificateAuthority } from '../support/certificate.ts';
import { failureOf } from '../support/failure-of.ts';
import { FakeClock } from '../support/fixtures.ts';
import { Cleanup } from '../support/listening.ts';
import { originsOf } from '../support/origins.ts';
import { say, startBadProxy, startHttpProxy, startSocksProxy } from '../support/proxies.ts';
import type { Route } from '../support/server/routes.ts';
import { startServer, type TestServer } from '../support/server.ts';

/* The attack checklist, by its numbers: proxies, and the ways around them. */

const cleanup = new Cleanup();
const { tls, identity, startBoth, managerWith } = originsOf(cleanup);
let http: TestServer;
let https: TestServer;

beforeEach(async () => {
  [http, https] = await startBoth();
});

const as = (url: string, user: string): string => url.replace('//', `//${user}:pw@`);
const redirectTo = async (location: string, options: object = {}): Promise<TestServer> => {
  const away: Route = ({ response }) => void response.writeHead(302, { location }).end();
  const server = await startServer({ routes: { away }, ...options });
  cleanup.add(() => server.close());
  return server;
};

describe('4: the proxy is chosen anew on each hop, and told nothing that is for another one', () => {
  test.each(['to an origin that is reached directly', 'to one behind another proxy'])('%s', async (how) => {
    const isDirect = how.includes('directly');
    const [first, second] = [await startHttpProxy(cleanup), await startHttpProxy(cleanup)];
    const away = await redirectTo(`${https.origin}/echo`);
    const manager = managerWith({
      proxyFactory: ({ scheme }) =>
        scheme === 'http' ? as(first.url, 'one') : isDirect ? 'none' : as(second.url, 'two'),
    });
    const reply = manager.get({
      url: `${away.origin}/away`,
      headers: { 'proxy-authorization': 'Basic b3du', 'proxy-trace': 'own' },
      trustedRedirectOrigins: [https.origin],
    });
    const { fields } = await reply.json<{ fields: string[][] }>();
    expect(fields.flat().join().toLowerCase()).not.toMatch(/proxy|b3du/);
    expect(first.seen.map(({ fields }) => fields['proxy-authorization'])).toEqual(['Basic b3du']);
    expect(second.seen.map(({ fields }) => fields['proxy-authorization'])).toEqual(
      isDirect ? [] : [`Basic ${btoa('two:pw')}`],
    );
  });

  test('after HSTS has made https of it', async () => {
    const queries: string[] = [];
    const manager = managerWith({
      strictTransportSecurityEnabled: true,
      proxyFactory: ({ url }) => {
        queries.push(url);
        return [];
      },
    });
    manager.addStrictTransportSecurityHosts([
      { host: 'known.test', expiry: Date.now() + 1e6, includeSubDomains: false },
    ]);
    await failureOf(manager.get('http://known.test/').text());
    expect(queries).toEqual(['https://known.test/']);
  });
});

describe('5: nothing of the request but Host, User-Agent and Proxy-* is in CONNECT', () => {
  const headers = {
    authorization: 'Bearer secret',
    cookie: 'a=secret',
    referer: 'https://secret.test/',
    'x-api-key': 'secret',
    'accept-language': 'secret',
    'proxy-mine': 'ours',
  };
  const ways: [string, (manager: NetworkAccessManager, url: string) => Promise<unknown>][] = [
    ['post', (manager, url) => manager.post({ url, headers }, 'secret').text()],
    ['fetch', (manager, url) => manager.fetch(url, { headers })],
    ['fetch of HTTP/1.1', (manager, url) => manager.get({ url, headers, http2Allowed: false }).text()],
  ];
  test.each(ways)('by %s', async (_, send) => {
    const heads: string[] = [];
    const proxy = await startBadProxy(cleanup, (socket, first) => {
      heads.push(first);
      socket.end('HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n');
    });
    const manager = managerWith({ proxy: as(proxy.url, 'user'), userAgent: 'agent/1' });
    manager.cookieJar?.setCookiesFromUrl([{ name: 'jar', value: 'secret' }], `${https.origin}/`);
    await failureOf(send(manager, `${https.origin}/secret?secret`));
    const authority = https.origin.slice('https://'.length);
    const [line, ...fields] = heads[0]!.trimEnd().split('\r\n');
    expect(line).toBe(`CONNECT ${authority} HTTP/1.1`);
    expect(new Set(fields.map((field) => field.split(':')[0]!.toLowerCase()))).toEqual(
      new Set(['host', 'user-agent', 'proxy-mine', 'proxy-authorization']),
    );
    expect(heads.join()).not.toContain('secret');
  });

  test('nor in that of a connection ahead', async () => {
    const proxy = await startHttpProxy(cleanup);
    const manager = managerWith({ proxy: proxy.url, headers: { 'x-api-key': 'secret' } });
    await manager.connectToHostEncrypted('127.0.0.1', https.port, { tls }).completed;
    expect(JSON.stringify(proxy.seen)).not.toContain('secret');
  });
});

describe('65: no_proxy is compared by bytes', () => {
  const managerUnder = (exceptions: string): NetworkAccessManager => {
    const environment = { http_proxy: 'http://proxy.test:3128', no_proxy: exceptions };
    for (const [name, value] of Object.entries(environment)) {
      const before = process.env[name];
      cleanup.add(() => {
        if (before === undefined) delete process.env[name];
        else process.env[name] = before;
      });
      process.env[name] = value;
    }
    return managerWith({ proxy: 'environment' });
  };
  const isDirect = async (manager: NetworkAccessManager, host: string): Promise<boolean> =>
    (await manager.explainProxy(`http://${host}/`)).chosen?.type === 'none';
  const OWN = ['localhost', 'LOCALHOST', 'localhost.', 'a.localhost', '[::1]', '127.0.0.1', '127.0.0.2'];
  const SPELT = ['2130706433', '0x7f.1', '0177.0.0.1', '127.1', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]'];

  test.each(['localhost', '127.0.0.1', '[::1]', '127.0.0.0/8, ::1, localhost'])('%s', async (exceptions) => {
    const manager = managerUnder(exceptions);
    for (const host of [...OWN, ...SPELT])
      expect([host, await isDirect(manager, host)]).toEqual([host, true]);
    for (const host of ['localhost.evil.test', '127.0.0.1.evil.test', 'notlocalhost', '128.0.0.1', '[::2]'])
      expect([host, await isDirect(manager, host)]).toEqual([host, false]);
  });

  test.each([
    ['.corp.test', 'a.CORP.test.', true],
    ['corp.test', 'evilcorp.test', false],
    ['corp.test', 'corp.test.evil.test', false],
    ['bücher.test', 'xn--bcher-kva.test', true],
    ['origin.test:8080', 'origin.test:8080', true],
    ['origin.test:8080', 'origin.test', false],
    ['10.0.0.0/8', '[::ffff:a00:1]', true],
    ['::ffff:10.0.0.0/104', '10.9.9.9', true],
  ])('%s and %s', async (exceptions, host, expected) => {
    expect(await isDirect(managerUnder(exceptions), host)).toBe(expected);
  });
});

const lookupOf = (answers: readonly (readonly string[])[]): LookupFunction => {
  let asked = 0;
  return (_host, _options, callback) => {
    const addresses = answers[Math.min(asked++, answers.length - 1)]!;
    const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    (callback as (error: null, found: object[]) => void)(null, found);
  };
};
const REFUSED = { code: 'content-access-denied' };

describe('66: the address that is connected to is the one that was judged', () => {
  test('of a name that leads elsewhere the next time', async () => {
    const close: Route = ({ response }) =>
      void response.writeHead(200, { connection: 'close' }).end('closed');
    const server = await startServer({ routes: { close } });
    cleanup.add(() => server.close());
    const transport = new SocketTransport({ lookup: lookupOf([['127.0.0.1'], ['127.0.0.2', '::1']]) });
    const manager = managerWith({ transport, addressFilter: (address) => address === '127.0.0.1' });
    cleanup.add(() => transport.close());
    const url = `http://rebound.test:${server.port}/close`;
    expect(await manager.get(url).text()).toBe('closed');
    expect(await failureOf(manager.get(url).text())).toMatchObject(REFUSED);
    expect(server.connections).toBe(1);
  });

  test('of a name that has both', async () => {
    const transport = new SocketTransport({ lookup: lookupOf([['10.0.0.1', '127.0.0.1', '::1']]) });
    cleanup.add(() => transport.close());
    const manager = managerWith({ transport, addressFilter: (address) => address === '127.0.0.1' });
    const reply = manager.get(`http://both.test:${http.port}/hello`);
    expect(await reply.text()).toBe('hello');
  });
});

test.each([
  '127.0.0.1',
  '2130706433',
  '0177.0.0.1',
  '0x7f.1',
  '[::1]',
  '[::ffff:127.0.0.1]',
  '[::]',
  '0.0.0.0',
])(
  '67 and 68: an address in the place of a name is judged, too, at first and behind a redirect: %s',
  async (host) => {
    const away = await redirectTo(`http://${host}:${http.port}/hello`);
    const manager = managerWith({
      addressFilter: (address, use) => use.port === away.port || publicAddressesOnly(address, use),
    });
    for (const url of [`http://${host}:${http.port}/hello`, `${away.origin}/away`])
      expect(await failureOf(manager.get(url).text())).toMatchObject(REFUSED);
    expect(http.connections).toBe(0);
  },
);

test.each(['https://evil.test/', '//evil.test/', '\\\\evil.test/', '/../..//evil.test', '/\\evil.test'])(
  '69: %s does not leave the base',
  async (url) => {
    const asked: string[] = [];
    const manager = managerWith({
      baseUrl: `${http.origin}/api/`,
      proxyFactory: ({ peerHost }) => {
        asked.push(peerHost);
        return 'none';
      },
    });
    const sending = async () => manager.get(url).text();
    await sending().catch((error: Error) => error);
    expect(asked).not.toContain('evil.test');
  },
);

describe('70: what is open is for the same origin, proxy, identity and TLS alone', () => {
  test.each(['socks5', 'socks4a', 'tunnel'])('a way by %s', async (type) => {
    const other = await startServer();
    cleanup.add(() => other.close());
    const isTunnel = type === 'tunnel';
    const proxy = await (isTunnel ? startHttpProxy(cleanup) : startSocksProxy(cleanup));
    const at = { host: '127.0.0.1', port: proxy.port };
    const manager = managerWith({
      proxy: isTunnel
        ? { type: 'http', capabilities: ['tunneling'], ...at }
        : { type: type as 'socks5', ...at },
    });
    for (const { origin } of [http, other, http, other])
      expect((await manager.get(`${origin}/echo`).json<{ fields: string[][] }>()).fields).toContainEqual([
        expect.stringMatching(/^host$/i),
        origin.slice('http://'.length),
      ]);
    expect([proxy.connections, http.connections, other.connections]).toEqual([2, 1, 1]);
  });

  test('a session of HTTP/2, though the certificate is good for both', async () => {
    const other = await startServer({ identity, http2: true });
    cleanup.add(() => other.close());
    const proxy = await startHttpProxy(cleanup);
    const manager = managerWith({ proxy: proxy.url });
    for (const { origin } of [https, other, https])
      expect(await manager.get(`${origin}/hello`).text()).toBe('hello');
    expect(proxy.seen.map(({ line }) => line)).toEqual([
      `CONNECT 127.0.0.1:${https.port}`,
      `CONNECT 127.0.0.1:${other.port}`,
    ]);
  });

  test.each<[string, (url: string) => ManagerOptions]>([
    ['another user', (url) => ({ proxy: as(url, 'other') })],
    ['another material', (url) => ({ proxy: as(url, 'user'), tls: { ca: [tls.ca, tls.ca] } })],
    ['no proxy', () => ({ proxy: 'none' })],
  ])('with %s', async (_, options) => {
    const proxy = await startHttpProxy(cleanup);
    const manager = managerWith({ proxy: as(proxy.url, 'user') });
    expect(await manager.get(`${https.origin}/hello`).text()).toBe('hello');
    const own = options(proxy.url);
    const request = { url: `${https.origin}/hello`, tls, ...own };
    for (let i = 0; i < 2; i++) expect(await manager.get(request as never).text()).toBe('hello');
    expect(https.connections).toBe(2);
  });

  test('a connection to a proxy that is asked by URLs, by another user', async () => {
    const proxy = await startHttpProxy(cleanup);
    const manager = managerWith({});
    const ask = (user: string) =>
      manager.get({ url: `${http.origin}/hello`, proxy: as(proxy.url, user) }).text();
    for (const user of ['one', 'two', 'one', 'two']) expect(await ask(user)).toBe('hello');
    expect(proxy.connections).toBe(2);
    expect(proxy.seen.map(({ fields }) => fields['proxy-authorization'])).toEqual(
      ['one', 'two', 'one', 'two'].map((user) => `Basic ${btoa(`${user}:pw`)}`),
    );
  });

  test('and users of such a proxy have six connections together', async () => {
    let [held, highest] = [0, 0];
    let areThere = (): void => {};
    const allThere = new Promise<void>((resolve) => {
      areThere = resolve;
    });
    const hold: Route = async ({ response }) => {
      highest = Math.max(highest, ++held);
      if (held === 6) areThere();
      await allThere;
      for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
      held--;
      response.end('held');
    };
    const server = await startServer({ routes: { hold } });
    cleanup.add(() => server.close());
    const proxy = await startHttpProxy(cleanup);
    const manager = managerWith({});
    const all = Array.from({ length: 16 }, (_, i) =>
      manager.get({ url: `${server.origin}/hold?${i}`, proxy: as(proxy.url, `user${i % 2}`) }).text(),
    );
    expect(await Promise.all(all)).toEqual(Array(16).fill('held'));
    expect(highest).toBe(6);
  });
});

describe('71: on every way TLS with the origin is what the request says', () => {
  const stranger = new CertificateAuthority('Stranger');
  const known = new CertificateAuthority('Client');
  const ways: [string, () => Promise<ManagerOptions['proxy']>][] = [
    ['directly', async () => 'none'],
    ['CONNECT', async () => (await startHttpProxy(cleanup)).url],
    [
      'CONNECT over TLS',
      async () => {
        const proxies = new CertificateAuthority();
        const { port } = await startHttpProxy(cleanup, { identity: proxies.issue() });
        return { type: 'http', host: '127.0.0.1', port, tls: { ca: proxies.certificate } };
      },
    ],
    ['SOCKS5', async () => `socks5://127.0.0.1:${(await startSocksProxy(cleanup)).port}`],
    ['SOCKS4a', async () => `socks4a://127.0.0.1:${(await startSocksProxy(cleanup)).port}`],
  ];
  test.each(ways)('%s', async (_, wayOf) => {
    const demand = { requestCert: true, rejectUnauthorized: true, ca: known.certificate };
    const server = await startServer({ identity: { ...identity, ...demand } as never });
    cleanup.add(() => server.close());
    const proxy = await wayOf();
    const url = `${server.origin}/hello`;
    const { cert, key } = known.issue({ purpose: 'clients' });
    const mutual = { ...tls, cert, key };
    expect(await managerWith({ proxy, tls: mutual }).get(url).text()).toBe('hello');
    const wrong: ManagerOptions[] = [
      { tls: { cert, key } },
      { tls: { ...mutual, ca: stranger.certificate } },
      { tls },
      { tls: { ...mutual, servername: 'other.test' } },
      {
        tls: mutual,
        certificatePins: { '127.0.0.1': [`sha256/${'A'.repeat(43)}=`, `sha256/${'B'.repeat(43)}=`] },
      },
    ];
    for (const options of wrong) {
      const { code } = await failureOf(
        managerWith({ proxy, ...options })
          .get(url)
          .text(),
      );
      // Both machines have one address here, so the pins are those of the proxy, too.
      expect(code).toMatch(/^(ssl-handshake-failed|unknown-proxy)$/);
    }
  });
});

describe('73: bytes of the proxy’s own behind its 200', () => {
  test.each<[string, (socket: Socket) => void]>([
    ['in the same packet', say('HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil')],
    [
      'in the next one',
      (socket) => socket.write('HTTP/1.1 200 OK\r\n\r\n', () => socket.write('HTTP/1.1 200 OK\r\n\r\n')),
    ],
    ['as an alert of TLS', say('HTTP/1.1 200 OK\r\n\r\n\x15\x03\x03\x00\x02\x01\x00')],
    ['as the body that a 200 of CONNECT has not', say('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil')],
  ])('%s: the connection fails, and they are nobody’s answer', async (_, script) => {
    const proxy = await startBadProxy(cleanup, script);
    const reply = managerWith({ proxy: proxy.url }).get(`${https.origin}/hello`);
    const error = await failureOf(reply.text());
    expect(error.code).toMatch(/^(unknown-proxy|ssl-handshake-failed|remote-host-closed)$/);
    expect([reply.status, https.connections]).toEqual([0, 0]);
  });
});

describe('proxies that lie', () => {
  test.each(['Content-Length: 4', 'Transfer-Encoding: chunked', 'Connection: close'])(
    'of a 200 that says %s the way is open all the same (RFC 9110 §9.3.6)',
    async (field) => {
      const good = await startHttpProxy(cleanup);
      const { connect } = await import('node:net');
      const proxy = await startBadProxy(cleanup, (near, first) => {
        const far = connect(good.port, '127.0.0.1', () => far.write(first, 'latin1'));
        far.on('error', () => near.destroy());
        far.once('data', () => {
          near.write(`HTTP/1.1 200 OK\r\n${field}\r\n\r\n`);
          near.pipe(far).pipe(near);
        });
      });
      expect(await managerWith({ proxy: proxy.url }).get(`${https.origin}/hello`).text()).toBe('hello');
    },
  );

  test('a head that drips without end is given up in time', async () => {
    const clock = new FakeClock();
    const closed: Promise<void>[] = [];
    const proxy = await startBadProxy(cleanup, (socket) => {
      closed.push(new Promise((resolve) => socket.once('close', () => resolve())));
      socket.write('HTTP/1.1 200 OK\r\n');
      const drip = (): void => {
        if (!socket.destroyed) socket.write('a', () => setImmediate(drip));
      };
      drip();
    });
    const transport = new SocketTransport({ connectTimeout: 5000, clock });
    cleanup.add(() => transport.close());
    const manager = managerWith({ proxy: proxy.url, transport, clock });
    const failed = failureOf(manager.get(`${https.origin}/hello`).text());
    await until(() => closed.length === 1);
    clock.advance(5000);
    expect(await failed).toMatchObject({ code: 'proxy-timeout' });
    await closed[0];
  });

  test('74: one that asks for ever who we are is answered three times at most', async () => {
    let asked = 0;
    const proxy = await startBadProxy(
      cleanup,
      say(
        'HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm="r"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
      ),
    );
    const manager = managerWith({ proxy: proxy.url }).on(
      'proxyAuthenticationRequired',
      (_, authenticator) => {
        authenticator.user = `user${asked++}`;
        authenticator.password = 'pw';
      },
    );
    expect(await failureOf(manager.get(`${https.origin}/hello`).text())).toMatchObject({
      code: 'proxy-authentication-required',
    });
    expect(asked).toBe(3);
  });

  test('one that answers in place of the origin is not taken for it: no cookie, no cache, no redirect', async () => {
    const proxy = await startBadProxy(
      cleanup,
      say(
        'HTTP/1.1 302 Found\r\nLocation: http://evil.test/\r\nSet-Cookie: a=1\r\nStrict-Transport-Security: max-age=9\r\nContent-Length: 0\r\n\r\n',
      ),
    );
    const manager = managerWith({ proxy: proxy.url });
    const reply = manager.get(`${https.origin}/hello`);
    expect(await failureOf(reply.text())).toBeInstanceOf(NetworkError);
    expect([reply.status, reply.hops?.length ?? 0]).toEqual([0, 0]);
    expect(proxy.connections).toBe(1);
  });
});
