/** Attack checklist A, end to end over both transports of Node; by number. 11 and 12 are tested with cookies and credentials. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NetworkReply } from '../../platform/node/index.ts';
import type { NetworkRequest } from '../../src/options/options.ts';
import type { TlsOptions } from '../../src/options/tls-options.ts';
import { CertificateAuthority } from '../support/certificate.ts';
import { fieldsOf, LIST_ROUTES, managerOver, NODE_TRANSPORTS, redirect } from '../support/list-bench.ts';
import { startRawServer } from '../support/raw-server.ts';
import type { Echo } from '../support/server/routes.ts';
import { startServer, type TestServer } from '../support/server.ts';

const authority = new CertificateAuthority();
const NAMES = ['first.test', 'second.test', 'localhost', '127.0.0.1'];
const SECRETS = {
  authorization: 'Bearer secret',
  cookie: 'sid=secret',
  'proxy-authorization': 'Basic secret',
  'x-api-key': 'secret',
  'x-auth-token': 'secret',
  token: 'secret',
};

let plain: TestServer;
let victim: TestServer;
let secure: TestServer;
let otherSecure: TestServer;
beforeAll(async () => {
  const tls = { requestCert: true, rejectUnauthorized: false, ca: authority.certificate };
  const secureServer = () =>
    startServer({ routes: LIST_ROUTES, identity: { ...authority.issue({ names: NAMES }), ...tls } });
  plain = await startServer({ routes: LIST_ROUTES });
  victim = await startServer({ routes: LIST_ROUTES });
  secure = await secureServer();
  otherSecure = await secureServer();
});
afterAll(() => Promise.all([plain, victim, secure, otherSecure].map((server) => server.close())));

const secretsOf = (echo: Echo): string[] =>
  Object.entries(fieldsOf(echo)).flatMap(([name, value]) => (value.includes('secret') ? [name] : []));

describe.each(NODE_TRANSPORTS)('over %s', (_name, makeTransport) => {
  const manager = managerOver(makeTransport, { tls: { ca: authority.certificate } });
  // Where proxies are ours to choose, what is for one reaches no origin.
  const ownSecrets = Object.keys(SECRETS).filter(
    (name) => name !== 'proxy-authorization' || makeTransport().capabilities.proxy !== true,
  );
  const get = (url: string, request: Omit<NetworkRequest, 'url'> = {}): NetworkReply =>
    manager().get({ ...request, url });
  const echoOf = (url: string, request?: Omit<NetworkRequest, 'url'>): Promise<Echo> =>
    get(url, request).json<Echo>();

  describe('1, 2, 13: what was set for one origin', () => {
    const elsewhere: readonly (readonly [string, () => string, () => string])[] = [
      ['host', () => plain.origin, () => `http://localhost:${plain.port}`],
      ['port', () => plain.origin, () => victim.origin],
      ['scheme', () => plain.origin, () => secure.origin],
      [
        'host that looks like the first',
        () => `http://first.test:${plain.port}`,
        () => `http://first.test.evil.test:${victim.port}`,
      ],
      [
        'host behind userinfo that looks like the first',
        () => `http://first.test:${plain.port}`,
        () => `http://first.test:80@second.test:${victim.port}`,
      ],
    ];
    test.each(elsewhere)('does not go to another %s', async (_what, from, to) => {
      expect(secretsOf(await echoOf(redirect(from(), `${to()}/echo`), { headers: SECRETS }))).toEqual([]);
    });

    test('stays within it', async () => {
      const echo = await echoOf(redirect(plain.origin, '/echo'), { headers: SECRETS });
      expect(secretsOf(echo)).toEqual(ownSecrets);
    });

    test('does not come back by a detour', async () => {
      const url = redirect(plain.origin, redirect(victim.origin, `${plain.origin}/echo`));
      expect(secretsOf(await echoOf(url, { headers: SECRETS }))).toEqual([]);
    });

    test('is not added again from the manager’s own fields', async () => {
      manager().headers = SECRETS;
      expect(secretsOf(await echoOf(redirect(plain.origin, `${victim.origin}/echo`)))).toEqual([]);
    });

    test('goes to an origin that is trusted on purpose, and to no other', async () => {
      const request = { headers: SECRETS, trustedRedirectOrigins: [victim.origin] };
      const trusted = await echoOf(redirect(plain.origin, `${victim.origin}/echo`), request);
      expect(secretsOf(trusted)).toEqual(ownSecrets);
      const other = await echoOf(redirect(plain.origin, `${secure.origin}/echo`), request);
      expect(secretsOf(other)).toEqual([]);
    });

    test('harmless fields travel, unless they are marked secret', async () => {
      const url = redirect(plain.origin, `${victim.origin}/echo`);
      const headers = { accept: 'a/b', range: 'bytes=0-1', 'if-none-match': '"x"', 'user-agent': 'me' };
      expect(fieldsOf(await echoOf(url, { headers }))).toMatchObject(headers);
      const { accept, ...rest } = headers;
      const fields = fieldsOf(await echoOf(url, { headers, secretHeaders: ['Accept'] }));
      expect(fields).toMatchObject(rest);
      expect(fields.accept).not.toBe(accept);
    });

    describe('TLS', () => {
      const identity = authority.issue({ names: ['client'] });
      const tls: TlsOptions = { ca: authority.certificate, ...identity, servername: 'first.test' };
      const peerOf = (url: string, request: Omit<NetworkRequest, 'url'> = { tls }): Promise<unknown> =>
        get(url, request).json();

      test('a client certificate and an expected name stay within the origin', async () => {
        const seen = { client: 'client', servername: 'first.test' };
        expect(await peerOf(`${secure.origin}/peer`)).toEqual(seen);
        expect(await peerOf(redirect(secure.origin, '/peer'))).toEqual(seen);
      });

      test.each([
        ['by address', () => otherSecure.origin, null],
        ['by name', () => `https://second.test:${otherSecure.port}`, 'second.test'],
      ])('neither is shown to another, %s', async (_how, to, servername) => {
        expect(await peerOf(redirect(secure.origin, `${to()}/peer`))).toEqual({ client: null, servername });
      });

      test('a trusted origin is shown both', async () => {
        const request = { tls, trustedRedirectOrigins: [otherSecure.origin] };
        expect(await peerOf(redirect(secure.origin, `${otherSecure.origin}/peer`), request)).toEqual({
          client: 'client',
          servername: 'first.test',
        });
      });
    });
  });

  test('3: https to http is refused by default, on the same host, too; nothing is sent there', async () => {
    const id = crypto.randomUUID();
    const reply = get(redirect(secure.origin, `${plain.origin}/echo?id=${id}`), { headers: SECRETS });
    await expect(reply.completed).rejects.toMatchObject({ code: 'insecure-redirect', status: 302 });
    expect(plain.journal.entry(id).requests).toBe(0);
    expect(JSON.stringify(reply.error)).not.toContain('secret');
  });

  // 4 and 5 are of proxies: proxy-attacks.test.ts.

  test.each([
    'unix:/run/x.sock',
    'unix+http://%2Frun%2Fx.sock/',
    'file:///etc/passwd',
    'data:,x',
    'ftp://x/',
  ])('6: only http and https are reachable by a redirect: %s', async (location) => {
    await expect(get(redirect(plain.origin, location)).text()).rejects.toMatchObject({
      code: 'protocol-unknown',
    });
  });

  describe('7: limits belong to the request, not to the hop', () => {
    test('the transfer timeout holds on the second hop', async () => {
      const url = redirect(plain.origin, `${victim.origin}/black-hole`);
      const reply = get(url, { transferTimeout: 2500 });
      await expect(reply.completed).rejects.toMatchObject({ code: 'timeout' });
      expect(reply.hops).toHaveLength(1);
    });

    test('the limit of redirects is not reset by an origin or a method', async () => {
      let url = `${plain.origin}/hello`;
      for (let i = 0; i < 6; i++) {
        const { origin } = i % 2 === 0 ? victim : plain;
        url = redirect(origin, url, i % 3 === 0 ? 307 : 303);
      }
      const reply = manager().post({ url, maximumRedirectsAllowed: 5 }, 'body');
      await expect(reply.completed).rejects.toMatchObject({ code: 'too-many-redirects' });
      expect(reply.hops).toHaveLength(6);
    });

    test('the reader’s limit holds for the body at the end', async () => {
      const id = crypto.randomUUID();
      const size = 64 * 1024 * 1024;
      const url = redirect(plain.origin, `${victim.origin}/flood/${size}?id=${id}`);
      const reply = get(url, { readBufferSize: 1000 });
      const { written } = await victim.journal.entry(id).reached('stalled');
      expect(written).toBeLessThan(size / 2);
      reply.abort();
    });
  });

  describe('8: loops, endless chains, long Locations', () => {
    test.each([
      ['to itself', () => '/loop'],
      ['between two', (i: number) => (i % 2 === 0 ? '/a' : '/b')],
      ['endless', (i: number) => `/${i}`],
    ])('%s: fifty are followed', async (_what, location) => {
      let requests = 0;
      const raw = await startRawServer((socket) => {
        socket.write(`HTTP/1.1 302 Found\r\nLocation: ${location(requests++)}\r\nContent-Length: 0\r\n\r\n`);
      });
      await expect(get(`${raw.origin}/`).completed).rejects.toMatchObject({ code: 'too-many-redirects' });
      expect(requests).toBe(51);
      expect(raw.connections).toBe(1);
      await raw.close();
    });

    test.each([
      ['40 kB', 40_000, 'protocol-unknown'],
      ['1 MB', 1_000_000, 'protocol-failure'],
    ])('a Location of %s', async (_what, length, code) => {
      const raw = await startRawServer((socket) => {
        socket.write(`HTTP/1.1 302 Found\r\nLocation: /${'a'.repeat(length)}\r\nContent-Length: 0\r\n\r\n`);
      });
      await expect(get(`${raw.origin}/`).completed).rejects.toMatchObject({ code });
      await raw.close();
    });
  });

  describe('9: a body goes where RFC 9110 §15.4 lets it, or nowhere', () => {
    test.each([
      [301, 'GET', ''],
      [302, 'GET', ''],
      [303, 'GET', ''],
      [307, 'POST', 'body'],
      [308, 'POST', 'body'],
    ])('%i to another origin: %s "%s"', async (status, method, body) => {
      const url = redirect(plain.origin, `${victim.origin}/echo`, status);
      expect(await manager().post(url, 'body').json<Echo>()).toMatchObject({ method, body });
    });

    test('a stream is not sent twice: an error, and nothing reaches the other origin', async () => {
      const id = crypto.randomUUID();
      const stream = new Blob(['body']).stream();
      const url = redirect(plain.origin, `${victim.origin}/echo?id=${id}`, 307);
      await expect(manager().post(url, stream).completed).rejects.toMatchObject({ code: 'content-resend' });
      expect(victim.journal.entry(id).requests).toBe(0);
    });
  });

  describe('10: what a Location may hide', () => {
    /** The reply to a request that is redirected to exactly these bytes, and what arrived there. */
    async function chase(location: string): Promise<{ reply: NetworkReply; echo: Echo | null }> {
      const raw = await startRawServer((socket) => {
        socket.write(`HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`, 'latin1');
      });
      const reply = get(`${raw.origin}/secret`, { headers: SECRETS });
      const echo = await reply.json<Echo>().catch(() => null);
      await raw.close();
      return { reply, echo };
    }

    test.each([
      ['userinfo', () => `http://user:pass@127.0.0.1:${victim.port}/echo`, '/echo'],
      ['no scheme', () => `//127.0.0.1:${victim.port}/echo`, '/echo'],
      ['backslashes', () => `\\\\127.0.0.1:${victim.port}\\echo`, '/echo'],
      ['a raw UTF-8 path', () => `${victim.origin}/echo/\xc3\xa9`, '/echo/%C3%A9'],
      ['IDN in raw UTF-8', () => `http://b\xc3\xbccher.test:${victim.port}/echo`, '/echo'],
      ['CR LF, escaped', () => `${victim.origin}/echo/%0d%0aX-Injected:%201`, '/echo/%0d%0aX-Injected:%201'],
      ['dot segments', () => `${victim.origin}/../%2e%2e/echo`, '/echo'],
    ])('%s', async (_what, location, target) => {
      const { reply, echo } = await chase(location());
      expect(echo?.url).toBe(target);
      const fields = fieldsOf(echo!);
      expect(secretsOf(echo!)).toEqual([]);
      expect(fields).not.toHaveProperty('authorization');
      expect(fields).not.toHaveProperty('x-injected');
      expect(fields).not.toHaveProperty('referer');
      expect(fields.host).toMatch(/^(127\.0\.0\.1|xn--bcher-kva\.test):/);
      expect(reply.url).not.toMatch(/user|pass/);
    });

    test.each([
      ['a control character', () => `${victim.origin}/echo\x01`],
      ['a bare CR', () => `${victim.origin}/echo\rX-Injected: 1`],
    ])('%s is refused', async (_what, location) => {
      const { reply, echo } = await chase(location());
      expect(echo).toBeNull();
      expect(['protocol-failure', 'protocol-unknown']).toContain(reply.error?.code);
    });
  });
});
