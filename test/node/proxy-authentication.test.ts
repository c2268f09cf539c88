import { connect, createServer, type LookupFunction } from 'node:net';
import { beforeEach, describe, expect, test } from 'vitest';
import { SocketTransport } from '../../platform/node/http/socket-transport.ts';
import type { Authenticator } from '../../platform/node/index.ts';
import { DigestVerifier } from '../support/digest-server.ts';
import { failureOf } from '../support/failure-of.ts';
import { Cleanup, portOf } from '../support/listening.ts';
import { originsOf } from '../support/origins.ts';
import { startHttpProxy } from '../support/proxies.ts';
import type { TestServer } from '../support/server.ts';

const cleanup = new Cleanup();
const { startBoth, managerWith } = originsOf(cleanup);
let http: TestServer;
let https: TestServer;

beforeEach(async () => {
  [http, https] = await startBoth();
});

/** Fills in, one pair after another, and keeps what it was asked. */
function filling(...pairs: readonly (readonly [string, string])[]) {
  const asked: { proxy: unknown; realm: string; scheme: string; isProxy: boolean; attempt: number }[] = [];
  const listener = async (proxy: unknown, authenticator: Authenticator) => {
    const { realm, scheme, isProxy, attempt } = authenticator;
    const pair = pairs[asked.length];
    asked.push({ proxy, realm, scheme, isProxy, attempt });
    await Promise.resolve();
    if (pair !== undefined) [authenticator.user, authenticator.password] = pair;
  };
  return { asked, listener };
}

describe.each(['by absolute URLs', 'by a tunnel'])('a proxy that is asked %s', (how) => {
  const target = () => (how === 'by a tunnel' ? https : http).origin;

  test('asks once, and is told from then on; the origin sees nothing of it', async () => {
    const proxy = await startHttpProxy(cleanup, { credentials: 'user:pass' });
    const { asked, listener } = filling(['user', 'pass']);
    const manager = managerWith({ proxy: proxy.url, http2Allowed: false }).on(
      'proxyAuthenticationRequired',
      listener,
    );
    for (let i = 0; i < 3; i++) {
      const { fields } = await manager.get(`${target()}/echo`).json<{ fields: string[][] }>();
      expect(fields.map(([name]) => name!.toLowerCase())).not.toContain('proxy-authorization');
    }
    expect(asked).toEqual([{ proxy: proxy.url, realm: 'proxy', scheme: 'basic', isProxy: true, attempt: 1 }]);
    manager.clearConnectionCache();
    expect(await manager.get(`${target()}/hello`).text()).toBe('hello');
    expect(asked.length).toBe(1);
    expect(proxy.seen.filter(({ fields }) => fields['proxy-authorization'] === undefined).length).toBe(1);
  });

  test('that is given nothing is an error with its status, fields and body', async () => {
    const proxy = await startHttpProxy(cleanup, { credentials: 'user:pass' });
    const { asked, listener } = filling();
    const manager = managerWith({ proxy: proxy.url }).on('proxyAuthenticationRequired', listener);
    const error = await failureOf(manager.get(`${target()}/hello`).text());
    expect(error).toMatchObject({ code: 'proxy-authentication-required', status: 407 });
    expect(error.headers).toContainEqual(['proxy-authenticate', 'Basic realm="proxy"']);
    expect(new TextDecoder().decode(error.body)).toMatch(/^who/);
    expect(asked.length).toBe(1);
  });

  test('refuses three times at most', async () => {
    const proxy = await startHttpProxy(cleanup, { credentials: 'user:pass' });
    const { asked, listener } = filling(['a', '1'], ['a', '2'], ['a', '3'], ['user', 'pass']);
    const manager = managerWith({ proxy: proxy.url }).on('proxyAuthenticationRequired', listener);
    const error = await failureOf(manager.get(`${target()}/hello`).text());
    expect(error).toMatchObject({ code: 'proxy-authentication-required', status: 407 });
    expect(asked.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
  });

  test('is told what its URL says first, and what is given for its origin then', async () => {
    const proxy = await startHttpProxy(cleanup, { credentials: 'user:pass' });
    const named = proxy.url.replace('//', '//user:wr0ng@');
    const manager = managerWith({
      proxy: named,
      credentials: { [proxy.url]: { user: 'user', password: 'pass' } },
    });
    expect(await manager.get(`${target()}/hello`).text()).toBe('hello');
    expect(proxy.seen.map(({ fields }) => fields['proxy-authorization'])).toEqual([
      `Basic ${btoa('user:wr0ng')}`,
      `Basic ${btoa('user:pass')}`,
    ]);
  });

  test('gets no Basic where that is not allowed over http', async () => {
    const proxy = await startHttpProxy(cleanup, { credentials: 'user:pass' });
    const manager = managerWith({
      proxy: proxy.url.replace('//', '//user:pass@'),
      allowBasicOverHttp: false,
    });
    expect(await failureOf(manager.get(`${target()}/hello`).text())).toMatchObject({ status: 407 });
    expect(proxy.seen.map(({ fields }) => fields['proxy-authorization'])).toEqual([undefined]);
  });

  test('that wants Digest is answered for the target that it was sent', async () => {
    const proxy = await startDigestProxy();
    const manager = managerWith({ proxy: proxy.url.replace('//', '//user:pass@') });
    for (let i = 0; i < 2; i++)
      expect(await manager.get({ url: `${target()}/hello?a=%20b`, http2Allowed: false }).text()).toBe(
        'hello',
      );
    expect(proxy.lines.at(-1)).toMatch(/^(GET http:\/\/127.*\?a=%20b|CONNECT [^ ]*) Digest username="user"/);
    expect(proxy.connections).toBe(1);
  });
});

test('a 407 of an origin through a tunnel is no challenge of the proxy', async () => {
  const proxy = await startHttpProxy(cleanup);
  const { asked, listener } = filling(['user', 'pass']);
  const manager = managerWith({ proxy: proxy.url }).on('proxyAuthenticationRequired', listener);
  const answer = await manager.fetch(`${https.origin}/status/407`).catch((error) => error);
  expect(answer.status).toBe(407);
  expect(asked).toEqual([]);
});

/** Keeps its connections through a 407, and answers for the origin itself where it is asked by absolute URLs. */
async function startDigestProxy() {
  const verifier = new DigestVerifier({ user: 'user', password: 'pass', qop: 'auth' });
  const state = { url: '', lines: [] as string[], connections: 0 };
  const server = createServer((near) => {
    state.connections++;
    let text = '';
    const read = (chunk: Buffer): void => {
      text += chunk.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      if (end < 0) return;
      const head = text.slice(0, end);
      text = text.slice(end + 4);
      const [, method, url] = /^(\S+) (\S+)/.exec(head)!;
      const field = /^proxy-authorization: (.*)$/im.exec(head)?.[1];
      state.lines.push(`${method} ${url} ${field ?? '-'}`);
      if (verifier.refusal(field, method!, url!) !== null) {
        const challenge = `Proxy-Authenticate: ${verifier.challenge()}`;
        near.write(`HTTP/1.1 407 Who\r\n${challenge}\r\nContent-Length: 4\r\n\r\nwho?`);
      } else if (method === 'CONNECT') {
        near.off('data', read);
        near.write('HTTP/1.1 200 OK\r\n\r\n');
        const far = connect(Number(url!.split(':')[1]), '127.0.0.1');
        far.on('error', () => near.destroy()).on('close', () => near.destroy());
        near.on('close', () => far.destroy());
        near.pipe(far).pipe(near);
      } else near.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello');
    };
    near.on('data', read).on('error', () => {});
  });
  await cleanup.listen(server);
  state.url = `http://127.0.0.1:${portOf(server)}`;
  return state;
}

test('a tunnel that was opened as one user carries no requests of another one', async () => {
  const proxy = await startHttpProxy(cleanup, { credentials: 'user:pass' });
  const as = (user: string, password: string) => ({ credentials: { [proxy.url]: { user, password } } });
  const manager = managerWith({ proxy: proxy.url, http2Allowed: false, ...as('user', 'pass') });
  expect(await manager.get(`${https.origin}/hello`).text()).toBe('hello');
  const other = manager.extend(as('other', 'wrong'));
  expect(await failureOf(other.get(`${https.origin}/hello`).text())).toMatchObject({ status: 407 });
  expect(await manager.get(`${https.origin}/hello`).text()).toBe('hello');
  expect(proxy.seen.map(({ fields }) => fields['proxy-authorization'])).toEqual([
    undefined,
    `Basic ${btoa('user:pass')}`,
    undefined,
    `Basic ${btoa('other:wrong')}`,
  ]);
});

test('a proxy that is back, and reached over a connection that is there, is answered itself', async () => {
  const [a, b] = [
    await startHttpProxy(cleanup, { credentials: 'user:a' }),
    await startHttpProxy(cleanup, { credentials: 'user:b' }),
  ];
  let isBack = false;
  const lookup: LookupFunction = (_, __, callback) =>
    isBack
      ? callback(null, [{ address: '127.0.0.1', family: 4 }])
      : callback(Object.assign(new Error('not there'), { code: 'ENOTFOUND' }), []);
  const back = `http://back.test:${a.port}`;
  const asked: string[] = [];
  const manager = managerWith({
    transport: new SocketTransport({ lookup }),
    proxyFactory: () => [back, b.url],
    credentials: async ({ origin }) => {
      asked.push(origin);
      if (origin === back) return { user: 'user', password: 'a' };
      isBack = true;
      expect(await manager.get({ url: `${http.origin}/hello`, proxy: back }).text()).toBe('hello');
      return { user: 'user', password: 'b' };
    },
  });
  expect(await manager.get(`${http.origin}/hello`).text()).toBe('hello');
  expect(asked).toEqual([b.url, back]);
  const told = [...a.seen, ...b.seen].map(({ fields }) => fields['proxy-authorization']);
  expect(told).toEqual([
    undefined,
    `Basic ${btoa('user:a')}`,
    undefined,
    `Basic ${btoa('user:a')}`,
    undefined,
  ]);
});
