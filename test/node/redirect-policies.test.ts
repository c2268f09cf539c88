/** Whether a redirect is followed, and what becomes of its connection, over both transports of Node. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { NetworkReply } from '../../platform/node/index.ts';
import type { Settable, SharedOptions } from '../../src/options/options.ts';
import { catching } from '../support/catching.ts';
import { FakeClock } from '../support/fixtures.ts';
import { LIST_ROUTES, managerOver, NODE_TRANSPORTS, redirect } from '../support/list-bench.ts';
import type { Echo } from '../support/server/routes.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let other: TestServer;
beforeAll(async () => {
  server = await startServer({ routes: LIST_ROUTES });
  other = await startServer({ routes: LIST_ROUTES });
});
afterAll(() => Promise.all([server.close(), other.close()]));

const codeOf = (reply: NetworkReply): Promise<string> =>
  reply.completed.then(
    () => 'none',
    (error) => error.code,
  );

describe.each(NODE_TRANSPORTS)('over %s', (_name, makeTransport) => {
  const manager = managerOver(makeTransport);

  describe('policies', () => {
    test('manual, of the manager or of the request: the 3xx is the answer', async () => {
      const url = redirect(server.origin, '/echo');
      manager().redirectPolicy = 'manual';
      for (const reply of [manager().get(url), manager().get({ url, redirectPolicy: 'manual' })]) {
        expect(await reply.text()).toBe('xxxxx');
        expect([reply.status, reply.redirectionTarget, reply.hops]).toEqual([302, '/echo', []]);
      }
      expect((await manager().get({ url, redirectPolicy: 'no-less-safe' }).json<Echo>()).url).toBe('/echo');
    });

    test('fetch: manual gives the real 3xx, error rejects, follow follows', async () => {
      const url = redirect(server.origin, '/hello', 307);
      const response = await manager().fetch(url, { redirect: 'manual' });
      expect([response.status, response.headers.get('location'), await response.text()]).toEqual([
        307,
        '/hello',
        'xxxxx',
      ]);
      await expect(manager().fetch(url, { redirect: 'error' })).rejects.toMatchObject({
        name: 'TypeError',
        cause: { code: 'too-many-redirects' },
      });
      manager().redirectPolicy = 'manual';
      await expect(manager().fetch(url, { redirect: 'error' })).rejects.toThrow(TypeError);
      expect((await manager().fetch(`${server.origin}/hello`, { redirect: 'error' })).status).toBe(200);
    });

    test.each<[Settable<SharedOptions>]>([
      [{ redirectPolicy: 'manual' }],
      [{ redirectPolicy: 'user-verified' }],
      [{ maximumRedirectsAllowed: 0 }],
    ])('fetch follows, although other requests of the manager do not: %j', async (options) => {
      Object.assign(manager(), options);
      const url = redirect(server.origin, '/hello');
      for (const init of [undefined, { redirect: 'follow' } as const])
        expect(await (await manager().fetch(url, init)).text()).toBe('hello');
    });

    test('fetch stays within the origin, too, where the manager does', async () => {
      manager().redirectPolicy = 'same-origin';
      expect((await manager().fetch(redirect(server.origin, '/hello'))).status).toBe(200);
      await expect(manager().fetch(redirect(server.origin, `${other.origin}/hello`))).rejects.toMatchObject({
        cause: { code: 'insecure-redirect' },
      });
    });

    test('same-origin', async () => {
      manager().redirectPolicy = 'same-origin';
      expect(await manager().get(redirect(server.origin, '/hello')).text()).toBe('hello');
      const away = manager().get(redirect(server.origin, `${other.origin}/hello`));
      await expect(away.completed).rejects.toMatchObject({
        code: 'insecure-redirect',
        qtCode: 11,
        status: 302,
      });
      expect(away.url).toBe(away.hops[0]!.url);
    });

    describe('user-verified', () => {
      const options: Settable<SharedOptions> = { redirectPolicy: 'user-verified' };

      test('the next hop waits for async listeners', async () => {
        const id = crypto.randomUUID();
        const reply = manager().get({
          url: redirect(server.origin, redirect('', `/echo?id=${id}`)),
          ...options,
        });
        const asked: string[] = [];
        reply.on('redirected', async (url) => {
          asked.push(url);
          await fetch(`${other.origin}/hello`);
          expect([reply.status, server.journal.entry(id).requests]).toEqual([302, 0]);
          reply.redirectAllowed();
        });
        await reply.completed;
        expect(asked).toEqual([redirect(server.origin, `/echo?id=${id}`), `${server.origin}/echo?id=${id}`]);
      });

      test.each<[string, (reply: NetworkReply) => void]>([
        ['nobody listens', () => {}],
        ['a listener does not allow it', (reply) => reply.on('redirected', async () => {})],
        [
          'a listener rejects',
          (reply) => reply.on('redirected', async () => Promise.reject(new Error('no'))),
        ],
        [
          'a listener throws, although another has allowed it',
          (reply) =>
            reply
              .on('redirected', () => reply.redirectAllowed())
              .on('redirected', () => {
                throw new Error('no');
              }),
        ],
      ])('ends operation-canceled with the status of the redirect when %s', async (_why, listen) => {
        const uncaught: unknown[] = [];
        vi.stubGlobal('queueMicrotask', catching(uncaught));
        try {
          const reply = manager().get({ url: redirect(server.origin, '/hello', 307), ...options });
          listen(reply);
          await expect(reply.completed).rejects.toMatchObject({ code: 'operation-canceled', status: 307 });
          expect([reply.status, reply.hops.length, reply.error?.qtCode]).toEqual([307, 1, 5]);
        } finally {
          vi.unstubAllGlobals();
        }
      });

      test('abort in the listener', async () => {
        const reply = manager().get({ url: redirect(server.origin, '/hello'), ...options });
        reply.on('redirected', () => reply.abort());
        expect(await codeOf(reply)).toBe('operation-canceled');
        expect(reply.status).toBe(302);
      });
    });
  });

  describe('errors', () => {
    test.each<[string, string, number, string]>([
      ['305', '/hello', 305, 'insecure-redirect'],
      ['no URL', 'http://', 302, 'protocol-unknown'],
      ['ftp', 'ftp://127.0.0.1/', 302, 'protocol-unknown'],
      ['a local socket', 'unix+http://%2Frun%2Fdocker.sock/', 302, 'protocol-unknown'],
    ])('%s', async (_name, location, status, code) => {
      const reply = manager().get(redirect(server.origin, location, status));
      await expect(reply.text()).rejects.toMatchObject({ code, status });
      expect([reply.status, reply.bytesAvailable]).toEqual([status, 0]);
    });

    test.each([301, 302, 303, 307, 308])(
      '%i without Location is an answer like any other',
      async (status) => {
        const reply = manager().get(redirect(server.origin, '', status));
        expect(await reply.text()).toBe('xxxxx');
        expect([reply.status, reply.error, reply.hops]).toEqual([status, null, []]);
      },
    );

    test.each([
      [0, 1, 'too-many-redirects'],
      [1, 1, 'none'],
      [2, 3, 'too-many-redirects'],
    ])('%i allowed, %i there: %s', async (maximumRedirectsAllowed, count, code) => {
      let url = `${server.origin}/hello`;
      for (let i = 0; i < count; i++) url = redirect(server.origin, url);
      const reply = manager().get({ url, maximumRedirectsAllowed });
      expect(await codeOf(reply)).toBe(code);
      expect(reply.hops).toHaveLength(Math.min(count, maximumRedirectsAllowed + 1));
    });
  });

  describe('connections', () => {
    // On its clock a body takes no time, of which it has half a second.
    const patient = managerOver(makeTransport, { clock: new FakeClock() });
    test.each([
      ['is read, and its connection used again', 64 * 1024, 1],
      ['is not read when it is longer, and its connection closed', 4 * 1024 * 1024, 2],
    ])('a hop’s body %s', async (_what, length, connections) => {
      const own = await startServer({ routes: LIST_ROUTES });
      const reply = patient().get({
        url: redirect(own.origin, '/hello'),
        headers: { 'x-length': length },
      });
      expect(await reply.text()).toBe('hello');
      expect(own.connections).toBe(connections);
      await own.close();
    });

    test('a redirect gives its slot back before the next hop', async () => {
      manager().connectionsPerHost = 1;
      manager().maximumConnections = 1;
      const url = redirect(server.origin, redirect(other.origin, `${server.origin}/hello`));
      const replies = Array.from({ length: 5 }, () => manager().get(url).text());
      expect(await Promise.all(replies)).toEqual(Array(5).fill('hello'));
    });

    test.each([
      ['303', 'a stream', () => new Blob([new Uint8Array(20_000_000)]).stream(), 'hello'],
      ['307', 'bytes', () => new Uint8Array(20_000_000), '20000000'],
    ])('a %s that comes before the body has been read: %s', async (status, _kind, body, expected) => {
      const own = await startServer({
        routes: {
          early: ({ response, argument }) =>
            response
              .writeHead(Number(argument), { location: argument === '303' ? '/hello' : '/count' })
              .end(),
        },
      });
      expect(await manager().post(`${own.origin}/early/${status}`, body()).text()).toBe(expected);
      await own.close();
    });

    test('an abort while a hop’s body stalls', async () => {
      const own = await startServer({
        routes: {
          half: ({ response }) => {
            response.writeHead(302, { location: '/hello', 'content-length': '100' }).write('half');
          },
        },
      });
      const reply = manager().get(`${own.origin}/half`);
      reply.on('metaDataChanged', () => setImmediate(() => reply.abort()));
      expect(await codeOf(reply)).toBe('operation-canceled');
      await own.close();
    });
  });
});
