import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NetworkAccessManager } from '../../platform/node/index.ts';
import type { ManagerOptions } from '../../src/call/parts.ts';
import { failureOf } from '../support/failure-of.ts';
import { freePort } from '../support/free-port.ts';
import { Cleanup } from '../support/listening.ts';
import { originsOf } from '../support/origins.ts';
import {
  hasSocksUser,
  hasWinbind,
  isStartable,
  SOCKS_USER,
  startDante,
  startSquid,
  startTinyproxy,
  startTlsFront,
} from '../support/real-proxies.ts';
import type { TestServer } from '../support/server.ts';

const cleanup = new Cleanup(afterAll);
const isWinbindFree = await hasWinbind();
const { tls, identity, startBoth, managerWith } = originsOf(cleanup);
let http: TestServer;
let https: TestServer;
beforeAll(async () => {
  [http, https] = await startBoth();
});

const portIn = (origin: string): number => Number(new URL(origin).port);
const upload = 'x'.repeat(200_000);

/** What every proxy has to carry: http and https, bodies both ways, six at a time, one after the other. */
async function carriesAll(manager: NetworkAccessManager): Promise<void> {
  for (const { origin } of [http, https]) {
    expect(await manager.get(`${origin}/hello`).text()).toBe('hello');
    expect(await manager.post(`${origin}/count`, upload).text()).toBe(String(upload.length));
    const many = Array.from({ length: 20 }, () => manager.get(`${origin}/hello`).text());
    expect(new Set(await Promise.all(many))).toEqual(new Set(['hello']));
  }
  const older = manager.get({ url: `${https.origin}/hello`, http2Allowed: false });
  expect(await older.text()).toBe('hello');
  expect(older.http2WasUsed).toBe(false);
}

describe.runIf(isStartable('squid'))('Squid', () => {
  let ports: { open: number; basic: number };
  beforeAll(async () => {
    ports = await startSquid(cleanup, portIn(https.origin));
  }, 60_000);
  const through = (port: number, more: object = {}, options: ManagerOptions = {}) =>
    managerWith({ proxy: { type: 'http', host: '127.0.0.1', port, ...more }, ...options });

  test('that is open carries all', () => carriesAll(through(ports.open)));

  test('that asks for a password carries all', () =>
    carriesAll(through(ports.basic, { user: 'user', password: 'pass' })));

  test.each([
    ['no', {}],
    ['another', { user: 'user', password: 'wrong' }],
  ])('that is given %s password says so', async (_, credentials) => {
    const manager = through(ports.basic, credentials);
    const tunnel = await failureOf(manager.get(`${https.origin}/hello`).text());
    expect(tunnel).toMatchObject({ code: 'proxy-authentication-required', status: 407 });
    const forwarded = await failureOf(manager.get(`${http.origin}/hello`).text());
    expect(forwarded).toMatchObject({ code: 'proxy-authentication-required', status: 407 });
    expect(JSON.stringify([tunnel, forwarded])).not.toContain('wrong');
  });

  describe('that wants Digest', () => {
    let port: number;
    beforeAll(async () => {
      port = (await startSquid(cleanup, portIn(https.origin), 'digest')).basic;
    }, 60_000);

    test('gets it, and carries all', async () => {
      let asked = 0;
      const manager = through(port).on('proxyAuthenticationRequired', (_, authenticator) => {
        asked++;
        expect(authenticator.scheme).toBe('digest');
        authenticator.user = 'user';
        authenticator.password = 'pass';
      });
      await carriesAll(manager);
      expect(asked).toBe(1);
    });

    test('and refuses another password', async () => {
      const manager = through(port, { user: 'user', password: 'wrong' });
      for (const { origin } of [http, https])
        expect(await failureOf(manager.get(`${origin}/hello`).text())).toMatchObject({ status: 407 });
    });
  });

  describe.runIf(isWinbindFree)('that wants NTLM, which Samba judges', () => {
    let port: number;
    beforeAll(async () => {
      port = (await startSquid(cleanup, portIn(https.origin), 'ntlm')).basic;
    }, 60_000);
    const account = (password: string) => ({
      credentials: { [`http://127.0.0.1:${port}`]: { user: 'SQUIDBOX\\nobody', password } },
    });

    test('gets it, and carries all', () => carriesAll(through(port, {}, account('pass'))));

    test('gets what a body can be sent of once', async () => {
      const manager = through(port, {}, account('pass'));
      for (const { origin } of [http, https]) {
        await manager.get(`${origin}/hello`).text();
        const stream = new Blob(['once']).stream();
        expect(await manager.post(`${origin}/count`, stream).text()).toBe('4');
      }
    });

    test('and refuses another password', async () => {
      const manager = through(port, {}, account('wrong'));
      for (const { origin } of [http, https])
        expect(await failureOf(manager.get(`${origin}/hello`).text())).toMatchObject({
          code: 'proxy-authentication-required',
          status: 407,
        });
    });
  });

  test('that opens no tunnel to a port says so, and its words are not those of the origin', async () => {
    const failure = await failureOf(through(ports.open).get('https://127.0.0.1:9/').text());
    expect(failure).toMatchObject({ code: 'unknown-proxy', status: 403 });
  });

  test('stands in for one that is dead', async () => {
    const dead = await freePort();
    const manager = managerWith({ proxy: `PROXY 127.0.0.1:${dead}; PROXY 127.0.0.1:${ports.open}` });
    expect(await manager.get(`${https.origin}/hello`).text()).toBe('hello');
    const { chosen, tried } = await manager.explainProxy(https.origin);
    expect([chosen?.port, tried.length]).toEqual([ports.open, 2]);
  });

  describe.runIf(isStartable('haproxy'))('behind HAProxy, which speaks TLS', () => {
    let port: number;
    beforeAll(async () => {
      port = await startTlsFront(cleanup, identity, ports.open);
    }, 60_000);

    test('carries all', () => carriesAll(through(port, { tls })));

    test('has to show a certificate that is trusted for the proxy', async () => {
      const failure = await failureOf(through(port, { tls: {} }).get(`${https.origin}/hello`).text());
      expect(failure.qtCode).toBeGreaterThan(100);
      expect(failure.qtCode).toBeLessThan(200);
    });
  });
});

describe.runIf(isStartable('tinyproxy'))('tinyproxy', () => {
  let port: number;
  beforeAll(async () => {
    port = await startTinyproxy(cleanup);
  }, 60_000);

  test('carries all', () => carriesAll(managerWith({ proxy: `http://user:pass@127.0.0.1:${port}` })));

  test('says that it wants a password', async () => {
    const manager = managerWith({ proxy: `http://127.0.0.1:${port}` });
    for (const { origin } of [http, https])
      expect(await failureOf(manager.get(`${origin}/hello`).text())).toMatchObject({
        code: 'proxy-authentication-required',
        status: 407,
      });
  });
});

describe.runIf(isStartable('dante'))('Dante', () => {
  describe('for everybody', () => {
    let port: number;
    beforeAll(async () => {
      port = await startDante(cleanup, 'none');
    }, 60_000);

    test.each(['socks5', 'socks5h', 'socks4a'])('carries all by %s', (scheme) =>
      carriesAll(managerWith({ proxy: `${scheme}://127.0.0.1:${port}` })),
    );

    test('says that nothing listens there', async () => {
      const manager = managerWith({ proxy: `socks5://127.0.0.1:${port}` });
      const failure = await failureOf(manager.get(`http://127.0.0.1:${await freePort()}/`).text());
      expect(failure.code).toBe('unknown-proxy');
      expect(failure.message).toContain('connection refused');
    });
  });

  describe.runIf(hasSocksUser())('with a password', () => {
    let port: number;
    beforeAll(async () => {
      port = await startDante(cleanup, 'username');
    }, 60_000);
    const through = (more: object) =>
      managerWith({ proxy: { type: 'socks5', host: '127.0.0.1', port, ...more } });

    test('carries all', () => carriesAll(through(SOCKS_USER)));

    test('asks, once', async () => {
      let asked = 0;
      const manager = through({}).on('proxyAuthenticationRequired', (_, authenticator) => {
        asked++;
        Object.assign(authenticator, SOCKS_USER);
      });
      for (const { origin } of [http, https])
        expect(await manager.get(`${origin}/hello`).text()).toBe('hello');
      expect(asked).toBe(1);
    });

    test.each([
      ['no', {}],
      ['another', { ...SOCKS_USER, password: 'wrong' }],
    ])('is given %s', async (_, credentials) => {
      const failure = await failureOf(through(credentials).get(`${http.origin}/hello`).text());
      expect(failure.code).toBe('proxy-authentication-required');
    });
  });
});
