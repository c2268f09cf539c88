import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { SocketTransport } from '../../platform/node/http/socket-transport.ts';
import { NodeHttpTransport } from '../../platform/node/http-module-transport/node-http-transport.ts';
import { type CookieJar, NetworkAccessManager } from '../../platform/node/index.ts';
import type { Transport } from '../../src/call/transport.ts';

const servers: Server[] = [];
const managers: NetworkAccessManager[] = [];
afterEach(async () => {
  await Promise.all(managers.splice(0).map((manager) => manager.close()));
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

interface Seen {
  readonly path: string;
  readonly cookie: string | undefined;
}

/** A site on a loopback address of its own: cookies do not know ports, so another port would be the same host. */
async function site(
  address: string,
  respond: (path: string) => Record<string, string | string[]>,
  seen: Seen[],
): Promise<string> {
  const server = createServer((request, response) => {
    seen.push({ path: request.url!, cookie: request.headers.cookie });
    const fields = respond(request.url!);
    response.writeHead(fields.location === undefined ? 200 : 302, fields).end('ok');
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  return `http://${address}:${(server.address() as AddressInfo).port}`;
}

function client(transport: Transport, options = {}): NetworkAccessManager {
  const manager = new NetworkAccessManager({ transport, ...options });
  managers.push(manager);
  return manager;
}

const TRANSPORTS: [string, () => Transport][] = [
  ['sockets', () => new SocketTransport()],
  ['node:http', () => new NodeHttpTransport()],
];

describe.each(TRANSPORTS)('a login over %s', (_name, transport) => {
  test('keeps the session cookie of the 302, sends it on the next hop, and not to a foreign host', async () => {
    const foreignSeen: Seen[] = [];
    const foreign = await site('127.0.0.2', () => ({ 'set-cookie': 'theirs=1' }), foreignSeen);
    const seen: Seen[] = [];
    const home = await site(
      '127.0.0.1',
      (path): Record<string, string | string[]> => {
        if (path === '/login')
          return {
            location: '/home',
            'set-cookie': ['session=s3cret; HttpOnly; SameSite=Lax', 'theme=dark'],
          };
        if (path === '/away') return { location: `${foreign}/` };
        return {};
      },
      seen,
    );
    const manager = client(transport());
    const reply = await manager.post(`${home}/login`, new URLSearchParams({ user: 'u' })).completed;
    expect(reply.url).toBe(`${home}/home`);
    expect(seen).toEqual([
      { path: '/login', cookie: undefined },
      { path: '/home', cookie: 'session=s3cret; theme=dark' },
    ]);
    await manager.get(`${home}/away`).completed;
    expect(foreignSeen).toEqual([{ path: '/', cookie: undefined }]);
    const jar = manager.cookieJar as CookieJar;
    expect(jar.cookieHeader(`${foreign}/`)).toBe('theirs=1');
    expect(jar.cookieHeader(home)).toBe('session=s3cret; theme=dark');
  });

  test('a hand-set Cookie goes to the first origin only, behind those of the jar and without doubles', async () => {
    const foreignSeen: Seen[] = [];
    const foreign = await site('127.0.0.2', () => ({}), foreignSeen);
    const seen: Seen[] = [];
    const home = await site(
      '127.0.0.1',
      (path): Record<string, string> => (path === '/away' ? { location: foreign } : {}),
      seen,
    );
    const manager = client(transport());
    (manager.cookieJar as CookieJar).setCookie('a=jar', home);
    await manager.get({ url: `${home}/away`, headers: { cookie: 'a=hand; b=hand' } }).completed;
    expect(seen[0]?.cookie).toBe('a=jar; b=hand');
    expect(foreignSeen[0]?.cookie).toBeUndefined();
  });

  test('load and save control, and no jar', async () => {
    const seen: Seen[] = [];
    const home = await site('127.0.0.1', () => ({ 'set-cookie': 'fresh=1' }), seen);
    const manager = client(transport());
    const jar = manager.cookieJar as CookieJar;
    await manager.get({ url: home, cookieSaveControl: 'manual' }).completed;
    expect(jar.allCookies()).toHaveLength(0);
    await manager.get(home).completed;
    await manager.get({ url: home, cookieLoadControl: 'manual' }).completed;
    await manager.get(home).completed;
    manager.cookieJar = null;
    await manager.get(home).completed;
    expect(seen.map(({ cookie }) => cookie)).toEqual([undefined, undefined, undefined, 'fresh=1', undefined]);
  });

  test('a jar of the application’s own may answer with promises', async () => {
    const seen: Seen[] = [];
    const home = await site('127.0.0.1', () => ({ 'set-cookie': 'x=1' }), seen);
    const stored: unknown[] = [];
    const cookieJar = {
      cookiesForUrl: async () => [{ name: 'own', value: 'jar' }],
      setCookiesFromUrl: async (cookies: readonly { name: string }[], url: string) => {
        stored.push(
          cookies.map(({ name }) => name),
          url,
        );
      },
    };
    await client(transport(), { cookieJar }).get(home).completed;
    expect(seen[0]?.cookie).toBe('own=jar');
    expect(stored).toEqual([['x'], `${home}/`]);
  });
});
