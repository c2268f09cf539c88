import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, serve } from '../../platform/node/bridge.ts';
import { DiskCache } from '../../platform/node/files/disk-cache.ts';
import { NetworkAccessManager } from '../../platform/node/index.ts';
import { CookieJar, MemoryCache, type NetworkError } from '../../src/index.ts';
import { CertificateAuthority } from '../support/certificate.ts';
import { LIST_ROUTES } from '../support/list-bench.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** Attack checklist 87: what is logged or exported carries no secrets. */
const SECRET = 'geheim';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({
    routes: {
      ...LIST_ROUTES,
      secrets: ({ response }) => {
        response.writeHead(404, 'Not Found', {
          'set-cookie': `sid=${SECRET}`,
          'authentication-info': `nextnonce="${SECRET}"`,
          'x-mine': SECRET,
          location: `http://u:${SECRET}@h.test/`,
          'x-open': 'open',
        });
        response.end('nothing here');
      },
    },
  });
});
afterAll(() => server.close());

const authority = new CertificateAuthority();
const own = authority.issue();

/** Also without the material itself, which is in the text as `SECRET` then. */
const shown = (value: unknown): string =>
  `${inspect(value, { depth: 6 })}\n${JSON.stringify(value)}`.replace(/-----BEGIN [A-Z ]*-----/g, SECRET);

function make() {
  const cookieJar = new CookieJar();
  cookieJar.setCookiesFromUrl([{ name: 'sid', value: SECRET }], 'https://h.test/');
  const cache = new MemoryCache();
  const manager = new NetworkAccessManager({
    cookieJar,
    cache,
    headers: { authorization: `Bearer ${SECRET}`, 'x-open': 'open', 'x-mine': SECRET },
    secretHeaders: ['x-mine'],
    tls: { ...own, ca: authority.certificate, passphrase: SECRET, servername: 'h.test' },
    transferTimeout: 1234,
  });
  return { manager, cookieJar, cache };
}

describe('without secrets', () => {
  test('a reply, running, finished and failed', async () => {
    const { manager } = make();
    const url = `${server.origin.replace('//', `//user:${SECRET}@`)}/secrets`;
    const reply = manager.get(url);
    expect(shown(reply)).not.toContain(SECRET);
    const error = await reply.text().catch((failure: unknown) => failure);
    for (const text of [
      shown(reply),
      shown(reply.request.url),
      shown(reply.request.options.tls),
      shown({ headers: (error as NetworkError).headers }),
    ])
      expect(text).not.toContain(SECRET);
    expect(shown((error as Error).message)).not.toContain(SECRET);
    expect(inspect(reply)).toMatch(/^NetworkReply \{/);
    expect(JSON.parse(JSON.stringify(reply))).toMatchObject({
      method: 'GET',
      url: `${server.origin}/secrets`,
      state: 'finished',
      status: 404,
      reason: 'Not Found',
      headers: { 'x-open': 'open', 'set-cookie': '(hidden)', location: 'http://h.test/' },
      error: {
        code: 'content-not-found',
        message: `GET ${server.origin}/secrets was answered 404 Not Found`,
      },
    });
    await manager.close();
  });

  test('a manager', async () => {
    const { manager } = make();
    expect(shown(manager)).not.toContain(SECRET);
    expect(inspect(manager)).toMatch(/^NetworkAccessManager \{/);
    expect(JSON.parse(JSON.stringify(manager))).toMatchObject({
      transferTimeout: 1234,
      cookieJar: 'CookieJar',
      cache: 'MemoryCache',
      headers: { authorization: '(hidden)', 'x-open': 'open', 'x-mine': '(hidden)' },
      tls: { key: '(hidden)', servername: 'h.test' },
    });
    await manager.close();
  });

  test('parts: HSTS hosts, authentication, a client of a bridge', async () => {
    const { manager } = make();
    const { strictTransportSecurity: hosts, authentication } = manager;
    manager.addStrictTransportSecurityHosts([
      { host: `${SECRET}.test`, expiry: Date.now() + 1e9, includeSubDomains: true },
    ]);
    expect(inspect(hosts)).toBe('StrictTransportSecurity { hosts: 1, storeEnabled: false }');
    expect(inspect(authentication)).toMatch(/^Authentication \{\s+schemes: \[.*'basic'.*\]\s+\}$/s);
    const { port1, port2 } = new MessageChannel();
    const served = serve(manager, port1);
    const client = connect(port2);
    await client.ready;
    expect(inspect(client)).toMatch(
      /^ConnectedClient \{ schemes: \[ 'http', 'https' \], requestsUnderWay: 0, failure: null \}$/,
    );
    for (const one of [hosts, authentication, client, served]) expect(shown(one)).not.toContain(SECRET);
    await client.close();
    await manager.close();
  });

  test('jars and caches', async () => {
    const { cookieJar, cache } = make();
    expect(shown(cookieJar)).not.toContain(SECRET);
    expect(inspect(cookieJar)).toMatch(/^CookieJar \{ cookies: \[ 'sid \(h\.test\/\)' \] \}$/);
    expect(inspect(cache)).toMatch(/^MemoryCache \{ maximumSize: 52428800, size: 0, entries: 0 \}$/);
    const disk = new DiskCache({ directory: '/nowhere' });
    expect(inspect(disk)).toMatch(/^DiskCache \{ maximumSize: 52428800/);
    await disk.close();
  });
});
