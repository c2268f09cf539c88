/** HSTS through the whole list, over both transports of Node. Attacks and persistence have files of their own. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CookieJar, MemoryCache } from '../../platform/node/index.ts';
import type { Transport } from '../../src/call/transport.ts';
import { parseUrl } from '../../src/util/url.ts';
import { CertificateAuthority } from '../support/certificate.ts';
import { LIST_ROUTES, managerOver, NODE_TRANSPORTS, redirect } from '../support/list-bench.ts';
import type { Echo } from '../support/server/routes.ts';
import { startServer, type TestServer } from '../support/server.ts';

const authority = new CertificateAuthority();
const HOUR = 3_600_000;

let secure: TestServer;
let plain: TestServer;
beforeAll(async () => {
  const identity = authority.issue({ names: ['known.test', '*.known.test', 'other.test', '127.0.0.1'] });
  secure = await startServer({ routes: LIST_ROUTES, identity });
  plain = await startServer({ routes: LIST_ROUTES });
});
afterAll(() => Promise.all([secure.close(), plain.close()]));

/** The port speaks TLS alone: whoever comes without it learns nothing. */
const over = (scheme: 'http' | 'https', host = 'known.test'): string => `${scheme}://${host}:${secure.port}`;
const known = (host = 'known.test', includeSubDomains = false) => ({
  host,
  expiry: Date.now() + HOUR,
  includeSubDomains,
});

describe.each(NODE_TRANSPORTS)('over %s', (_name, makeTransport) => {
  const manager = managerOver(makeTransport, {
    tls: { ca: authority.certificate },
    strictTransportSecurityEnabled: true,
  });
  const hosts = (): string[] =>
    manager()
      .strictTransportSecurityHosts()
      .map(({ host }) => host);
  const notingUrl = (status: number, location = ''): string =>
    `${over('https')}/sts/${status}?value=max-age%3D60${location === '' ? '' : `&location=${encodeURIComponent(location)}`}`;

  describe('off, as by default', () => {
    test('nothing is upgraded or noted, and hosts can be added all the same', async () => {
      manager().strictTransportSecurityEnabled = false;
      manager().addStrictTransportSecurityHosts([known('sub.known.test')]);
      await manager().get(notingUrl(200)).completed;
      expect(hosts()).toEqual(['sub.known.test']);
      const url = `http://sub.known.test:${plain.port}/hello`;
      expect((await manager().get(url).completed).url).toMatch(/^http:/);
      manager().strictTransportSecurityEnabled = true;
      await expect(manager().get(url).completed).rejects.toMatchObject({
        code: 'ssl-handshake-failed',
      });
    });
  });

  describe('noting', () => {
    test('nothing for localhost and the names below it: other projects of a developer are there, too', async () => {
      for (const host of ['localhost', 'app.localhost', 'LOCALHOST.']) {
        const url = `https://${host}:${new URL(over('https')).port}/sts/200?value=max-age%3D60`;
        await manager()
          .get({ url })
          .completed.catch(() => {});
        manager().addStrictTransportSecurityHosts([known(host, true)]);
        expect(hosts()).toEqual([]);
        expect(await manager().get(`http://${host}:${plain.port}/hello`).text()).toBe('hello');
      }
    });

    test.each([
      ['a response', 200, ''],
      ['a 404', 404, ''],
      ['a 401', 401, ''],
      ['a redirect that is followed', 302, '/hello'],
      ['a redirect that is refused', 302, 'ftp://other.test/'],
    ])('on %s over TLS', async (_what, status, location) => {
      await manager()
        .get(notingUrl(status, location))
        .completed.catch(() => {});
      expect(hosts()).toEqual(['known.test']);
      const reply = manager().get(`${over('http')}/hello`);
      expect(await reply.text()).toBe('hello');
      expect(reply).toMatchObject({ connectionEncrypted: true, hops: [] });
    });

    test('max-age=0 forgets, an expired policy among added hosts removes', async () => {
      manager().addStrictTransportSecurityHosts([known(), known('b.test'), known('c.test')]);
      await manager().get(`${over('https')}/sts/200?value=max-age%3D0`).completed;
      manager().addStrictTransportSecurityHosts([{ ...known('b.test'), expiry: Date.now() - 1 }]);
      expect(hosts()).toEqual(['c.test']);
    });
  });

  describe('upgrading', () => {
    test.each([
      ['the host itself', 'known.test', false],
      ['a subdomain', 'a.known.test', true],
    ])('%s, on its own port', async (_what, host, includeSubDomains) => {
      manager().addStrictTransportSecurityHosts([known('known.test', includeSubDomains)]);
      const reply = manager().post(`${over('http', host)}/echo?a#b`, 'body');
      expect(await reply.json<Echo>()).toMatchObject({ method: 'POST', url: '/echo?a', body: 'body' });
      expect(reply.url).toBe(`${over('https', host)}/echo?a#b`);
    });

    test('every hop, before the less-safe check', async () => {
      const url = redirect(over('https', 'other.test'), redirect(over('http'), `${over('http')}/hello`));
      await expect(manager().get(url).completed).rejects.toMatchObject({ code: 'insecure-redirect' });
      manager().addStrictTransportSecurityHosts([known()]);
      const reply = manager().get(url);
      const targets: string[] = [];
      reply.on('redirected', (target) => targets.push(target));
      expect(await reply.text()).toBe('hello');
      expect(targets).toEqual([redirect(over('https'), `${over('http')}/hello`), `${over('https')}/hello`]);
    });

    test('what a hop says counts for the next one', async () => {
      const reply = manager().get(notingUrl(302, `${over('http')}/hello`));
      expect(await reply.text()).toBe('hello');
      expect(reply.url).toBe(`${over('https')}/hello`);
    });

    test('under same-origin, http of the same host counts as the https that it becomes', async () => {
      manager().addStrictTransportSecurityHosts([known()]);
      manager().redirectPolicy = 'same-origin';
      expect(
        await manager()
          .get(redirect(over('https'), `${over('http')}/hello`))
          .text(),
      ).toBe('hello');
    });

    test('whole top-level domains, on request', async () => {
      manager().preloadedTopLevelDomains = ['test'];
      expect(
        await manager()
          .get(`${over('http')}/hello`)
          .text(),
      ).toBe('hello');
      expect(
        await manager()
          .get(redirect(over('https'), `${over('http')}/hello`))
          .text(),
      ).toBe('hello');
      expect(hosts()).toEqual([]);
    });
  });

  describe('before everything else', () => {
    test('cookies: a Secure one goes along', async () => {
      const jar = new CookieJar();
      jar.insertCookie({ name: 'sid', value: 'x', domain: 'known.test', path: '/', secure: true });
      manager().cookieJar = jar;
      manager().addStrictTransportSecurityHosts([known()]);
      const { fields } = await manager()
        .get(`${over('http')}/echo`)
        .json<Echo>();
      expect(new Map(fields.map(([name, value]) => [name.toLowerCase(), value])).get('cookie')).toBe('sid=x');
    });

    test('cache: both spellings are one entry', async () => {
      const fresh = await startServer({
        identity: authority.issue({ names: ['known.test'] }),
        routes: {
          fresh: ({ response }) => response.writeHead(200, { 'cache-control': 'max-age=60' }).end('fresh'),
        },
      });
      manager().cache = new MemoryCache();
      manager().addStrictTransportSecurityHosts([known()]);
      await manager().get(`https://known.test:${fresh.port}/fresh`).completed;
      const reply = await manager().get(`http://known.test:${fresh.port}/fresh`).completed;
      expect(reply.source).toBe('cache');
      await fresh.close();
    });

    test('queue: both spellings share the slots of the host', async () => {
      manager().connectionsPerHost = 1;
      manager().addStrictTransportSecurityHosts([known()]);
      const id = crypto.randomUUID();
      const first = manager().get(`${over('https')}/black-hole?id=${id}`);
      await secure.journal.entry(id).reached('arrived');
      const second = manager().get(`${over('http')}/hello`);
      let isSent = false;
      second.on('requestSent', () => {
        isSent = true;
      });
      // As long a way to another host.
      await manager().get(`${over('https', 'other.test')}/hello`).completed;
      expect(isSent).toBe(false);
      first.abort();
      await second.completed;
    });
  });

  test('port 80, said or not, becomes 443; any other stays', async () => {
    const { seen, transport } = recording(makeTransport());
    manager().transport = transport;
    manager().addStrictTransportSecurityHosts([known()]);
    for (const port of ['', ':80', `:${secure.port}`]) {
      expect(await manager().get(`http://known.test${port}/hello`).text()).toBe('hello');
    }
    expect(seen).toEqual([
      'https://known.test/hello',
      'https://known.test/hello',
      `https://known.test:${secure.port}/hello`,
    ]);
    await transport.close();
  });
});

/** A transport that keeps the URLs that it is asked for, and finds port 443 where the test server is. */
function recording(inner: Transport): { seen: string[]; transport: Transport } {
  const seen: string[] = [];
  const transport: Transport = {
    capabilities: inner.capabilities,
    send: (request, exchange) => {
      seen.push(request.url.href);
      const url = parseUrl(request.url.href.replace('//known.test/', `//known.test:${secure.port}/`));
      return inner.send({ ...request, url }, exchange);
    },
    close: () => inner.close(),
  };
  return { seen, transport };
}
