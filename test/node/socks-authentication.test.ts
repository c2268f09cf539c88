import { createServer, type Socket } from 'node:net';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Authenticator } from '../../platform/node/index.ts';
import { Cleanup, portOf } from '../support/listening.ts';
import { originsOf } from '../support/origins.ts';
import { startSocksProxy } from '../support/proxies.ts';
import { startServer, type TestServer } from '../support/server.ts';

const cleanup = new Cleanup();
const { managerWith } = originsOf(cleanup);
let server: TestServer;
beforeEach(async () => {
  server = await startServer();
  cleanup.add(() => server.close());
});

/** Fills in, one pair after another, and keeps what it was asked. */
function filling(...pairs: readonly (readonly [string, string])[]) {
  const asked: string[] = [];
  const listener = async (proxy: string, authenticator: Authenticator) => {
    const pair = pairs[asked.length];
    const { scheme, isProxy, attempt, realm } = authenticator;
    asked.push(`${proxy} ${scheme} ${isProxy} ${attempt} ${realm}`);
    await Promise.resolve();
    if (pair !== undefined) [authenticator.user, authenticator.password] = pair;
  };
  return { asked, listener };
}

describe('a SOCKS5 proxy that wants a user and a password', () => {
  const start = () => startSocksProxy(cleanup, { credentials: 'user:pass' });

  test('asks once for all requests, and is told from then on', async () => {
    const proxy = await start();
    const url = `socks5://127.0.0.1:${proxy.port}`;
    const { asked, listener } = filling(['user', 'pass']);
    const manager = managerWith({ proxy: url }).on('proxyAuthenticationRequired', listener);
    const texts = [1, 2, 3].map(() => manager.get(`${server.origin}/hello`).text());
    expect(await Promise.all(texts)).toEqual(['hello', 'hello', 'hello']);
    expect(asked).toEqual([`${url} socks5 true 1 `]);
    manager.clearConnectionCache();
    const { connections } = proxy;
    expect(await manager.get(`${server.origin}/hello`).text()).toBe('hello');
    expect([asked.length, proxy.connections]).toEqual([1, connections + 1]);
  });

  test('is told what is given for its origin, without an event', async () => {
    const proxy = await start();
    const url = `socks5://127.0.0.1:${proxy.port}`;
    const manager = managerWith({ proxy: url, credentials: { [url]: { user: 'user', password: 'pass' } } });
    manager.on('proxyAuthenticationRequired', () => expect.unreachable());
    expect(await manager.get(`${server.origin}/hello`).text()).toBe('hello');
  });

  test('refuses three times at most; what its URL says comes first', async () => {
    const proxy = await start();
    const { asked, listener } = filling(['a', '1'], ['a', '2'], ['a', '3'], ['user', 'pass']);
    const manager = managerWith({ proxy: `socks5://ur1:wr0ng@127.0.0.1:${proxy.port}` });
    const failed = manager.on('proxyAuthenticationRequired', listener).get(`${server.origin}/hello`).text();
    await expect(failed).rejects.toMatchObject({ code: 'proxy-authentication-required' });
    expect(asked.map((one) => one.split(' ')[3])).toEqual(['1', '2', '3']);
  });

  test('is answered as often as the application allows', async () => {
    const proxy = await start();
    const pairs = Array.from({ length: 9 }, (_, i) => ['user', `${i}`] as const);
    const { asked, listener } = filling(...pairs, ['user', 'pass']);
    const manager = managerWith({
      proxy: `socks5://127.0.0.1:${proxy.port}`,
      maximumAuthenticationAttempts: 12,
    }).on('proxyAuthenticationRequired', listener);
    expect(await manager.get(`${server.origin}/hello`).text()).toBe('hello');
    expect(asked.length).toBe(10);
  });

  test.each([
    ['nobody says', {}],
    ['the schemes of the application leave it out', { authenticationSchemes: ['digest' as const] }],
  ])('is an error where %s who asks', async (_, options) => {
    const proxy = await start();
    const manager = managerWith({ proxy: `socks5://127.0.0.1:${proxy.port}`, ...options });
    await expect(manager.get(`${server.origin}/hello`).text()).rejects.toMatchObject({
      code: 'proxy-authentication-required',
      message: expect.stringContaining('asks for a user and a password'),
    });
  });

  test('gets no name that is too long, and the error does not show it', async () => {
    const proxy = await start();
    const { listener } = filling(['u'.repeat(256), 'S3CRET']);
    const manager = managerWith({ proxy: `socks5://127.0.0.1:${proxy.port}` });
    const failed = manager.on('proxyAuthenticationRequired', listener).get(`${server.origin}/hello`).text();
    const error = await failed.then(
      () => expect.unreachable(),
      (thrown) => thrown,
    );
    expect(error).toMatchObject({ code: 'proxy-authentication-required' });
    expect(error.message).toContain('255 bytes');
    expect(JSON.stringify(error)).not.toMatch(/S3CRET|uuu/);
  });
});

test('one that takes everybody is offered no password, although there is one for its origin', async () => {
  const offered: string[] = [];
  const proxy = createServer((socket: Socket) => {
    socket.on('error', () => {});
    socket.once('data', (bytes) => {
      offered.push(bytes.toString('hex'));
      socket.end();
    });
  });
  await cleanup.listen(proxy);
  const url = `socks5://127.0.0.1:${portOf(proxy)}`;
  const manager = managerWith({ proxy: url, credentials: { [url]: { user: 'user', password: 'pass' } } });
  await expect(manager.get(server.origin).text()).rejects.toMatchObject({ code: 'proxy-connection-closed' });
  expect(new Set(offered)).toEqual(new Set(['050100']));
});

test('a proxy that grows tired while somebody types is told over another connection', async () => {
  let asked = (): void => {};
  const isAsked = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const said: string[] = [];
  let number = 0;
  const proxy = createServer((socket) => {
    const isSecond = ++number === 2;
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      said.push(bytes.toString('hex'));
      if (said.at(-1) === '050100') socket.end(Buffer.from([5, 255]));
      else if (said.at(-1) === '05020002') socket.write(Buffer.from([5, 2]));
      else socket.end(Buffer.from([1, 1]));
      if (isSecond) void isAsked.then(() => socket.destroy());
    });
  });
  await cleanup.listen(proxy);
  const manager = managerWith({ proxy: `socks5://127.0.0.1:${portOf(proxy)}` });
  let times = 0;
  manager.on('proxyAuthenticationRequired', async (_, authenticator) => {
    if (++times > 1) return;
    asked();
    await new Promise((resolve) => setImmediate(resolve));
    authenticator.user = 'u';
    authenticator.password = 'p';
  });
  await expect(manager.get(server.origin).text()).rejects.toMatchObject({
    code: 'proxy-authentication-required',
  });
  expect(said.at(-1)).toBe('0101750170');
  expect(times).toBe(2);
});

test('no server of HTTP is told what is for a SOCKS proxy', async () => {
  const { createServer: createHttp } = await import('node:http');
  const seen: unknown[] = [];
  const http = createHttp((request, response) => {
    seen.push(request.headers.authorization);
    response.writeHead(401, { 'www-authenticate': 'socks5, SOCKS5 realm="x"' }).end();
  });
  await cleanup.listen(http);
  const origin = `http://127.0.0.1:${portOf(http)}`;
  const manager = managerWith({ credentials: { [origin]: { user: 'user', password: 'pass' } } });
  manager.on('authenticationRequired', () => expect.unreachable());
  await expect(manager.get(origin).text()).rejects.toMatchObject({ status: 401 });
  expect(seen).toEqual([undefined]);
});
