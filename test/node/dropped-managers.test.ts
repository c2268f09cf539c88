import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import v8 from 'node:v8';
import vm from 'node:vm';
import { expect, test } from 'vitest';
import { NodeHttpTransport } from '../../platform/node/http-module-transport/node-http-transport.ts';
import { NetworkAccessManager } from '../../platform/node/index.ts';
import type { ProxyInput } from '../../src/options/proxy.ts';
import { until } from '../suites/transport/harness.ts';
import { CertificateAuthority } from '../support/certificate.ts';
import { startHttp2Server } from '../support/h2-server.ts';
import { hello } from '../support/http2-bench.ts';
import { Cleanup, portOf } from '../support/listening.ts';
import { startHttpProxy, startSocksProxy } from '../support/proxies.ts';
import { roundTrips } from '../support/round-trips.ts';

v8.setFlagsFromString('--expose-gc');
const collect = vm.runInNewContext('gc') as () => void;
const cleanup = new Cleanup();

const authority = new CertificateAuthority();
const tls = { ca: authority.certificate };

/** Ends `/slow`. */
let endSlow: (() => void) | null = null;

async function start(isSecure = false): Promise<{ origin: string; open: number }> {
  const state = { origin: '', open: 0 };
  const answer: RequestListener = (request, response) => {
    if (request.url !== '/slow') response.end('hello');
    else endSlow = () => response.end('late');
  };
  const server = isSecure ? createSecureServer(authority.issue(), answer) : createServer(answer);
  server.keepAliveTimeout = 0;
  server.on('connection', (socket) => {
    state.open++;
    socket.on('close', () => state.open--);
  });
  await cleanup.listen(server);
  state.origin = `${isSecure ? 'https' : 'http'}://127.0.0.1:${portOf(server)}`;
  return state;
}

/** Collects until what is waited for has happened. */
async function collectUntil(condition: () => boolean): Promise<void> {
  await until(() => {
    collect();
    return condition();
  });
}

// From 22 on, the https agent of Node lets a kept socket hold its first request: that goes when it has been idle for two
// minutes.
const agentHolds = Number.parseInt(process.versions.node, 10) >= 22;

test.each([
  ['SocketTransport', true, () => new NetworkAccessManager({ tls })],
  [
    'NodeHttpTransport',
    !agentHolds,
    () => new NetworkAccessManager({ tls, transport: new NodeHttpTransport() }),
  ],
])(
  'managers over %s that are dropped without close() let go of their sockets',
  async (_name, isSecure, make) => {
    const [plain, secure] = await Promise.all([start(), start(isSecure)]);
    const use = async (): Promise<void> => {
      const manager = make();
      const both = [manager.get(plain.origin).text(), manager.get(secure.origin).text()];
      expect(await Promise.all(both)).toEqual(['hello', 'hello']);
    };
    for (let i = 0; i < 10; i++) await use();
    expect(plain.open + secure.open).toBeGreaterThan(0);
    await collectUntil(() => plain.open + secure.open === 0);
  },
);

test('so do those over HTTP/2', async () => {
  const server = await startHttp2Server(hello);
  cleanup.add(() => server.close());
  const use = async (): Promise<void> => {
    const manager = new NetworkAccessManager({ http2Direct: true });
    expect(await manager.get(server.origin).text()).toBe('hello');
  };
  for (let i = 0; i < 3; i++) await use();
  await collectUntil(() => server.sessions.every(({ destroyed }) => destroyed));
});

test.each<[string, () => Promise<ProxyInput>]>([
  ['a tunnel', async () => (await startHttpProxy(cleanup)).url],
  [
    'a tunnel of a proxy over TLS',
    async () => {
      const { port } = await startHttpProxy(cleanup, { identity: authority.issue() });
      return { type: 'http', host: '127.0.0.1', port, tls };
    },
  ],
  ['SOCKS', async () => `socks5://127.0.0.1:${(await startSocksProxy(cleanup)).port}`],
])('so do those through %s', async (_name, proxyFor) => {
  const [plain, secure, proxy] = await Promise.all([start(), start(true), proxyFor()]);
  const use = async (): Promise<void> => {
    const manager = new NetworkAccessManager({ tls, proxy });
    const both = [manager.get(plain.origin).text(), manager.get(secure.origin).text()];
    expect(await Promise.all(both)).toEqual(['hello', 'hello']);
  };
  for (let i = 0; i < 5; i++) await use();
  expect(secure.open).toBeGreaterThan(0);
  await collectUntil(() => secure.open === 0);
});

test('a request of a dropped manager is answered first', async () => {
  const server = await start();
  const late = (() => new NetworkAccessManager().get(`${server.origin}/slow`).text())();
  await until(() => endSlow !== null);
  for (let i = 0; i < 5; i++) {
    collect();
    await roundTrips();
  }
  endSlow!();
  expect(await late).toBe('late');
  await collectUntil(() => server.open === 0);
});
