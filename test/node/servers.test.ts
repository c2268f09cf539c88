import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Authentication } from '../../platform/node/authentication.ts';
import { SocketTransport } from '../../platform/node/http/socket-transport.ts';
import { type Interceptor, type ManagerOptions, NetworkAccessManager } from '../../platform/node/index.ts';
import type { HttpRequest } from '../../src/call/request.ts';
import {
  failureOf,
  GIVEN_UP,
  RecordingSink,
  readAll,
  textBody,
  texts,
  UploadSource,
} from '../suites/transport/harness.ts';
import { bindingContexts, hasGss, startBinding } from '../support/gss.ts';
import { kerberosOf } from '../support/kerberos.ts';
import { uploadOneGibibyte } from '../support/large-upload.ts';
import { Cleanup } from '../support/listening.ts';
import {
  hasKerberos,
  REAL_SERVERS,
  type RealServer,
  startableServers,
  startServers,
} from '../support/real-servers.ts';
import { type SentOver, sendOver } from '../support/wire.ts';

const available = await startableServers();
// HAProxy stands in front of nginx.
if (!available.has('nginx')) available.delete('haproxy');
const isKerberized = available.has('apache') && hasKerberos();
const running =
  available.size === 0 ? null : startServers(isKerberized ? [...available, 'krb5kdc'] : available);
afterAll(() => running?.stop());
const tls = { ca: running?.ca ?? '' };

let transport: SocketTransport;
beforeEach(() => {
  transport = new SocketTransport();
});
afterEach(() => transport.close());

type Init = Omit<Partial<HttpRequest>, 'url' | 'headers' | 'options'> & {
  readonly headers?: Record<string, string>;
  readonly options?: Partial<HttpRequest['options']>;
};

const send = (url: string, { options, ...init }: Init = {}): SentOver =>
  sendOver(transport, { url, options: { tls, ...options }, ...init });

const HELLO = 'hello from the loopback servers\n';

/** Runs jobs, so many at once. */
async function inParallel(jobs: number, atOnce: number, job: (i: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < jobs) await job(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

const WAYS = [
  ['http', '1.1', {}],
  ['https', '1.1', { http2Allowed: false }],
  ['https', '2', {}],
] as const;

describe.each(Object.keys(REAL_SERVERS) as RealServer[])('%s', (name) => {
  describe.runIf(available.has(name)).each(WAYS)('over %s, HTTP/%s', (scheme, version, options) => {
    const server = REAL_SERVERS[name];
    const port = scheme === 'http' ? server.http : server.https;
    // nghttpd speaks HTTP/2 only.
    const testHere = test.skipIf(port === null || (name === 'nghttpd' && version !== '2'));
    const origin = `${scheme}://localhost:${port}`;

    testHere('GET', async () => {
      const { response, exchange } = send(`${origin}/index.txt`, { options });
      const { status, httpVersion, security } = await response;
      expect([status, httpVersion, security !== null]).toEqual([200, version, scheme === 'https']);
      expect((await readAll(await response)).text).toBe(HELLO);
      expect(exchange.timings.connectEnd).toBeGreaterThan(0);
    });

    testHere('HEAD and a status without a body', async () => {
      const head = await send(`${origin}/index.txt`, { method: 'HEAD', options }).response;
      expect([head.status, (await readAll(head)).length]).toEqual([200, 0]);
      const etag = head.headers.get('etag');
      const headers = {
        'If-None-Match': etag ?? '*',
        'If-Modified-Since': head.headers.get('last-modified')!,
      };
      const conditional = await send(`${origin}/index.txt`, { headers, options }).response;
      expect([conditional.status, (await readAll(conditional)).length]).toEqual([304, 0]);
    });

    testHere('a status that says no', async () => {
      const response = await send(`${origin}/nowhere`, { options }).response;
      expect(response.status).toBe(404);
      expect((await readAll(response)).ends).toBe(1);
    });

    testHere('a megabyte, whole and in parts', async () => {
      const response = await send(`${origin}/big.txt`, { options }).response;
      const { bytes } = await readAll(response);
      expect(bytes.length).toBe(1_000_000);
      expect(createHash('sha1').update(bytes).digest('hex')).toBe(
        createHash('sha1').update('x'.repeat(1_000_000)).digest('hex'),
      );
    });

    testHere('a body that is dropped halfway, and the next request', async () => {
      const { body } = await send(`${origin}/big.txt`, { options }).response;
      const sink = new RecordingSink();
      const flowing = sink.nextData();
      body.start(sink);
      await flowing;
      body.cancel(GIVEN_UP);
      expect((await readAll(await send(`${origin}/index.txt`, { options }).response)).text).toBe(HELLO);
    });

    testHere('three thousand requests, across the peer’s limit for a connection', async () => {
      let dials = 0;
      await inParallel(3000, version === '2' ? 50 : 6, async () => {
        const { response, events } = send(`${origin}/index.txt`, { options });
        expect((await readAll(await response)).text).toBe(HELLO);
        dials += events.filter(({ type }) => type === 'socket-started-connecting').length;
      });
      expect(dials).toBeLessThan(200);
    });
  });
});

describe.runIf(available.has('nginx'))('nginx', () => {
  const { http, https } = REAL_SERVERS.nginx;
  const origins = [
    ['HTTP/1.1', `http://localhost:${http}`],
    ['HTTP/2', `https://localhost:${https}`],
  ] as const;

  test.each(origins)('takes uploads over %s', async (_version, origin) => {
    const url = `${origin}/put/${Date.now()}`;
    for (const body of [
      textBody('in memory'),
      new UploadSource(texts('in ', 'memory'), 9),
      new UploadSource(texts('in ', 'mem', 'ory')),
    ]) {
      const put = await readAll(await send(url, { method: 'PUT', body }).response);
      expect(put.failures).toEqual([]);
      expect((await readAll(await send(url).response)).text).toBe('in memory');
    }
    const headers = { Expect: '100-continue' };
    const asked = await send(url, { method: 'PUT', body: textBody('asked first'), headers }).response;
    expect(asked.status).toBe(204);
    expect((await send(url, { method: 'DELETE' }).response).status).toBe(204);
    expect((await send(url).response).status).toBe(404);
  });

  test.each(origins)('a reader that stops is waited for over %s', async (_version, origin) => {
    const { body } = await send(`${origin}/slow/big.txt`).response;
    const sink = new RecordingSink();
    const flowing = sink.nextData();
    body.start(sink);
    await flowing;
    body.pause();
    const paused = sink.length;
    for (let i = 0; i < 5; i++) await readAll(await send(`${origin}/index.txt`).response);
    expect(sink.length).toBe(paused);
    body.cancel(GIVEN_UP);
  });
});

describe.runIf(available.has('haproxy'))('HAProxy that wants a certificate', () => {
  const url = 'https://localhost:28447/index.txt';

  test('is shown the one that is set, on connections of its own', async () => {
    const { certificate, key } = running!;
    const own = { tls: { ...tls, cert: certificate, key }, http2Allowed: false };
    expect((await readAll(await send(url, { options: own }).response)).text).toBe(HELLO);
    // In TLS 1.3 the peer says so after the handshake, and its reset may overtake its words.
    const { code } = await failureOf(send(url, { options: { http2Allowed: false } }));
    expect(['ssl-handshake-failed', 'remote-host-closed']).toContain(code);
    expect((await readAll(await send(url, { options: own }).response)).text).toBe(HELLO);
  });
});

describe.each([
  ['nginx', 'put'],
  ['apache', 'dav'],
] as const)('%s', (name, place) => {
  test.runIf(available.has(name))(
    'takes a form of 1 GiB as it is, while memory stays flat',
    () => uploadOneGibibyte(`http://localhost:${REAL_SERVERS[name].http}/${place}/upload-${process.pid}`),
    300_000,
  );
});

/** NTLM is a mechanism of GSS-API, in a package of its own. */
const NTLM_MODULE = '/etc/gss/mech.d/mech.ntlmssp.conf';

describe.runIf(available.has('nginx') && available.has('apache'))(
  'servers that want to know who asks',
  () => {
    const managers: NetworkAccessManager[] = [];
    afterEach(async () => {
      for (const manager of managers.splice(0)) await manager.close();
    });
    const as = (origin: string, user: string, password: string, options: ManagerOptions = {}) => {
      const credentials = { [origin]: { user, password } };
      const manager = new NetworkAccessManager({ tls, credentials, ...options });
      manager.on('faultOccurred', () => {});
      managers.push(manager);
      return manager;
    };
    const APACHE = REAL_SERVERS.apache;
    const NGINX = REAL_SERVERS.nginx;

    test.each([
      ['nginx, Basic', `http://127.0.0.1:${NGINX.http}`, '/basic/s.txt'],
      ['nginx, Basic over HTTP/2', `https://localhost:${NGINX.https}`, '/basic/s.txt'],
      ['Apache, Basic', `http://127.0.0.1:${APACHE.http}`, '/basic/s.txt'],
      ['Apache, Digest', `http://127.0.0.1:${APACHE.http}`, '/digest/s.txt'],
      ['Apache, Digest over HTTP/2', `https://localhost:${APACHE.https}`, '/digest/s.txt'],
    ])('%s', async (_, origin, target) => {
      const manager = as(origin, 'user', 'pass');
      for (let i = 0; i < 3; i++)
        expect((await manager.get(origin + target).text()).length).toBeGreaterThan(0);
      const wrong = as(origin, 'user', 'wrong').get(origin + target);
      await expect(wrong.text()).rejects.toMatchObject({ code: 'authentication-required', status: 401 });
    });

    describe('Apache, Digest whose nonces do not last', () => {
      const origin = `http://127.0.0.1:${APACHE.http}`;
      /** A client, what it sends and is answered, and how often it asks who it is. */
      const watched = () => {
        const seen: { readonly status: number; readonly sent: string; readonly challenge: string }[] = [];
        let asked = 0;
        const credentials = () => {
          asked++;
          return { user: 'user', password: 'pass' };
        };
        const note: Interceptor = async (request, next) => {
          const response = await next(request);
          const { status, headers } = response;
          const sent = request.headers.get('authorization') ?? '';
          seen.push({ status, sent, challenge: headers.get('www-authenticate') ?? '' });
          return response;
        };
        const manager = as(origin, '', '', { credentials, networkInterceptors: [note] });
        const get = (place: string) => manager.get(`${origin}/${place}/s.txt`).text();
        return { get, seen, statuses: () => seen.map(({ status }) => status), asked: () => asked };
      };
      /** The same answer once more, by hand. */
      const repeat = async (place: string, authorization: string) => {
        const manager = new NetworkAccessManager({ authentication: null });
        managers.push(manager);
        const url = `${origin}/${place}/s.txt`;
        const reply = manager.get({ url, headers: { authorization }, throwHttpErrors: false });
        await reply.text();
        return { status: reply.status, challenge: reply.headers.get('www-authenticate') ?? '' };
      };

      test('for a second: one that is over costs a round, and no question', async () => {
        const client = watched();
        for (let i = 0; i < 3; i++) expect(await client.get('digest-second')).toBe('the secret\n');
        // Each answer came with the next nonce.
        expect(client.statuses()).toEqual([401, 200, 200, 200]);
        const later = watched();
        await later.get('digest-second');
        const { sent } = later.seen[1]!;
        // A repetition is taken while its nonce lasts. That of the first client was made before it.
        const isOver = async () => (await repeat('digest-second', sent)).challenge.includes('stale=true');
        await vi.waitUntil(isOver, { timeout: 20_000, interval: 100 });
        expect(await client.get('digest-second')).toBe('the secret\n');
        expect(client.statuses().slice(4)).toEqual([401, 200]);
        expect(client.seen[4]!.challenge).toContain('stale=true');
        expect(client.asked()).toBe(1);
      });

      test('for one request: the next nonce is used, and requests at once ask for more', async () => {
        const client = watched();
        for (let i = 0; i < 3; i++) expect(await client.get('digest-once')).toBe('the secret\n');
        expect(client.statuses()).toEqual([401, 200, 200, 200]);
        const texts = Array.from({ length: 6 }, () => client.get('digest-once'));
        expect(new Set(await Promise.all(texts))).toEqual(new Set(['the secret\n']));
        const refused = client.seen.slice(4).filter(({ status }) => status === 401);
        expect(refused.length).toBeGreaterThan(0);
        expect(refused.every(({ challenge }) => challenge.includes('stale=true'))).toBe(true);
        expect(client.asked()).toBe(1);
      });

      // Apache refuses a count that has been overtaken on its way, with a new nonce and without a word of stale. So few that
      // none is overtaken as often as a request may be challenged.
      test('whose count is looked at (AuthDigestNcCheck): an answer is taken once, and all requests at once get theirs', async () => {
        const client = watched();
        for (let i = 0; i < 3; i++) expect(await client.get('digest-count')).toBe('the secret\n');
        expect(client.statuses()).toEqual([401, 200, 200, 200]);
        const { status, challenge } = await repeat('digest-count', client.seen[3]!.sent);
        expect([status, challenge.includes('stale')]).toEqual([401, false]);
        const texts = Array.from({ length: 60 }, () => client.get('digest-count'));
        expect(new Set(await Promise.all(texts))).toEqual(new Set(['the secret\n']));
        expect(client.asked()).toBe(1);
      });
    });

    test.runIf(existsSync(NTLM_MODULE)).each([
      ['http', `http://127.0.0.1:${APACHE.http}`],
      ['https, with a channel binding, from HTTP/2 to HTTP/1.1', `https://localhost:${APACHE.https}`],
    ])('Apache, NTLMv2 over %s', async (_, origin) => {
      const integratedAuthenticationHosts = ['127.0.0.1', 'localhost'];
      const manager = as(origin, 'DOM\\user', 'pass', { integratedAuthenticationHosts });
      const one = () => manager.get(`${origin}/ntlm/s.txt`).text();
      expect((await one()).length).toBeGreaterThan(0);
      for (const text of await Promise.all([one(), one(), one()])) expect(text.length).toBeGreaterThan(0);
      const wrong = as(origin, 'DOM\\user', 'wrong', { integratedAuthenticationHosts });
      await expect(wrong.get(`${origin}/ntlm/s.txt`).text()).rejects.toMatchObject({ status: 401 });
    });

    describe.runIf(isKerberized)('Apache, Negotiate with a KDC', () => {
      const kerberos = kerberosOf(running);
      const origins = ['http', 'https'].map((scheme) => [
        `${scheme}://localhost:${APACHE[scheme as 'http']}`,
      ]);
      const integrated = (more: ManagerOptions = {}) => {
        const manager = new NetworkAccessManager({
          tls,
          integratedAuthenticationHosts: ['localhost'],
          authentication: new Authentication({ securityContext: kerberos.securityContext }),
          ...more,
        });
        managers.push(manager.on('faultOccurred', () => {}));
        return manager;
      };

      test.runIf(kerberos.isBuilt).each(origins)(
        'a ticket opens it, and proves it, at %s',
        async (origin) => {
          kerberos.logIn();
          const manager = integrated();
          const one = () => manager.get(`${origin}/negotiate/s.txt`).text();
          expect(await one()).toBe('the secret\n');
          expect(new Set(await Promise.all([one(), one(), one()]))).toEqual(new Set(['the secret\n']));
          expect(kerberos.isProven()).toBe(true);
        },
      );

      test.runIf(kerberos.isBuilt).each(origins)(
        'without a ticket it says what is missing, at %s',
        async (origin) => {
          kerberos.logOut();
          await expect(integrated().get(`${origin}/negotiate/s.txt`).text()).rejects.toMatchObject({
            code: 'authentication-required',
            message: expect.stringMatching(/Negotiate: .*credentials/i),
          });
        },
      );

      // No web server that can be had passes a binding to GSS-API: mod_auth_gssapi and lighttpd's module have none to give.
      describe.runIf(hasGss())('a server that demands a channel binding', () => {
        const cleanup = new Cleanup();
        const bound = (change?: (binding: Uint8Array | null) => Uint8Array | null) =>
          integrated({
            authentication: new Authentication({ securityContext: bindingContexts(cleanup, change) }),
          });

        test('gets that of its certificate, from Kerberos', async () => {
          kerberos.logIn();
          const origin = await startBinding(cleanup, running!);
          expect(await bound().get(`${origin}/negotiate`).text()).toBe('bound');
        });

        test.each<[string, (binding: Uint8Array | null) => Uint8Array | null]>([
          ['none', () => null],
          ['that of another certificate', (binding) => binding!.with(-1, binding!.at(-1)! ^ 1)],
        ])('refuses %s', async (_, change) => {
          kerberos.logIn();
          const origin = await startBinding(cleanup, running!);
          await expect(bound(change).get(`${origin}/negotiate`).text()).rejects.toMatchObject({
            status: 401,
          });
        });

        test.runIf(kerberos.isBuilt)('refuses the package kerberos, and why is told', async () => {
          kerberos.logIn();
          const faults: string[] = [];
          const manager = integrated().on('faultOccurred', ({ message }) => faults.push(message));
          const origin = await startBinding(cleanup, running!);
          await expect(manager.get(`${origin}/negotiate`).text()).rejects.toMatchObject({ status: 401 });
          expect(faults).toEqual([expect.stringContaining('Extended Protection')]);
        });

        test.runIf(existsSync(NTLM_MODULE))('gets the right one from NTLMv2', async () => {
          const origin = await startBinding(cleanup, running!);
          const integratedAuthenticationHosts = ['localhost'];
          const right = as(origin, 'DOM\\user', 'pass', { integratedAuthenticationHosts });
          expect(await right.get(`${origin}/ntlm`).text()).toBe('bound');
        });
      });

      test.runIf(kerberos.isBuilt)('nothing is sent to a host that is not listed', async () => {
        kerberos.logIn();
        const manager = integrated({ integratedAuthenticationHosts: ['intra.test'] });
        const [[origin]] = origins as [[string]];
        await expect(manager.get(`${origin}/negotiate/s.txt`).text()).rejects.toMatchObject({ status: 401 });
      });
    });
  },
);
