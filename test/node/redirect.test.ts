/** What becomes of a request that is redirected, and what its reply tells, over both transports of Node. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HttpMultiPart } from '../../platform/node/index.ts';
import type { BodyInput } from '../../src/message/request-body.ts';
import { fieldsOf, LIST_ROUTES, managerOver, NODE_TRANSPORTS, redirect } from '../support/list-bench.ts';
import type { Echo } from '../support/server/routes.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let other: TestServer;
beforeAll(async () => {
  server = await startServer({ routes: LIST_ROUTES });
  other = await startServer({ routes: LIST_ROUTES });
});
afterAll(() => Promise.all([server.close(), other.close()]));

describe.each(NODE_TRANSPORTS)('over %s', (_name, makeTransport) => {
  const manager = managerOver(makeTransport);

  describe('method and body', () => {
    test.each([
      [301, 'POST', 'GET', ''],
      [302, 'POST', 'GET', ''],
      [303, 'PUT', 'GET', ''],
      [303, 'GET', 'GET', ''],
      [301, 'GET', 'GET', 'body'],
      [307, 'POST', 'POST', 'body'],
      [308, 'PUT', 'PUT', 'body'],
      [307, 'GET', 'GET', 'body'],
      [308, 'GET', 'GET', 'body'],
      [307, 'REPORT', 'REPORT', 'body'],
      [301, 'PUT', 'PUT', 'body'],
      [302, 'PATCH', 'PATCH', 'body'],
      [302, 'DELETE', 'DELETE', 'body'],
      [302, 'REPORT', 'REPORT', 'body'],
      [303, 'REPORT', 'GET', ''],
      [307, 'DELETE', 'DELETE', 'body'],
    ])('%i of %s with a body is %s with "%s"', async (status, method, expected, body) => {
      const url = redirect(server.origin, '/echo', status);
      const echo = await manager().request(method, url, 'body').json<Echo>();
      expect([echo.method, echo.body]).toEqual([expected, body]);
      const fields = fieldsOf(echo);
      expect(fields['content-type']).toBe(body === '' ? undefined : 'text/plain;charset=UTF-8');
      expect(fields['content-length']).toBe(body === '' ? undefined : '4');
    });

    test('a hop whose body does not end holds the next one up for a moment only', async () => {
      const stalling = await startServer({
        routes: {
          hop: ({ response }) => {
            response.writeHead(302, { location: '/end', 'content-length': 50 });
            response.write('0123456789');
          },
          end: ({ response }) => void response.end('arrived'),
        },
      });
      expect(await manager().get(`${stalling.origin}/hop`).text()).toBe('arrived');
      await stalling.close();
    });

    test('HEAD stays HEAD', async () => {
      const reply = await manager().head(redirect(server.origin, '/echo', 303)).completed;
      expect([reply.status, reply.bytesAvailable]).toEqual([200, 0]);
    });

    test('a chain drops the body for good', async () => {
      const url = redirect(server.origin, redirect('', redirect('', '/echo', 308), 301), 307);
      expect(await manager().post(url, 'body').json<Echo>()).toMatchObject({ method: 'GET', body: '' });
    });

    const form = new FormData();
    form.append('field', 'value');
    form.append('file', new Blob(['content'], { type: 'a/b' }), 'a.txt');
    const multi = new HttpMultiPart('mixed');
    multi.append({ body: 'part' });
    test.each<[string, BodyInput, RegExp]>([
      ['bytes', Uint8Array.from([98, 121]), /^by$/],
      ['chunks', [Uint8Array.of(98), Uint8Array.of(121)], /^by$/],
      ['a Blob', new Blob(['blob']), /^blob$/],
      ['URLSearchParams', new URLSearchParams({ a: 'b c' }), /^a=b\+c$/],
      ['FormData', form, /name="file"; filename="a\.txt"[\s\S]*content/],
      ['HttpMultiPart', multi, /part/],
    ])('%s is sent again', async (_kind, body, expected) => {
      const url = redirect(server.origin, redirect(other.origin, `${server.origin}/echo`, 308), 307);
      expect((await manager().post(url, body).json<Echo>()).body).toMatch(expected);
    });

    test.each([307, 308])('a stream cannot be: %i is content-resend, never a hang', async (status) => {
      const chunks = async function* () {
        yield 'once';
      };
      const reply = manager().post(redirect(server.origin, '/echo', status), chunks());
      await expect(reply.completed).rejects.toMatchObject({ code: 'content-resend', qtCode: 205, status });
      const dropped = manager().post(redirect(server.origin, '/echo', 303), chunks());
      expect(await dropped.json()).toMatchObject({ method: 'GET' });
    });
  });

  describe('what the reply tells', () => {
    test('signals and hops, in order', async () => {
      const first = redirect(server.origin, redirect('', '/hello', 308), 301);
      const reply = manager().get(first);
      const log: string[] = [];
      reply.on('requestSent', () => log.push('requestSent'));
      reply.on('metaDataChanged', () => log.push(`metaDataChanged ${reply.status}`));
      reply.on('redirected', (url) => log.push(`redirected ${url} = ${reply.url}`));
      reply.on('readyRead', () => log.push('readyRead'));
      reply.on('finished', () => log.push('finished'));
      expect(await reply.text()).toBe('hello');
      const second = `${server.origin}/to/308?${encodeURIComponent('/hello')}`;
      const last = `${server.origin}/hello`;
      expect(log).toEqual([
        'requestSent',
        'metaDataChanged 301',
        `redirected ${second} = ${second}`,
        'requestSent',
        'metaDataChanged 308',
        `redirected ${last} = ${last}`,
        'requestSent',
        'metaDataChanged 200',
        'readyRead',
        'finished',
      ]);
      expect(reply.url).toBe(last);
      expect(reply.request.url.href).toBe(first);
      expect(
        reply.hops.map(({ url, status, reason, headers }) => [url, status, reason, headers.get('x-hop')]),
      ).toEqual([
        [first, 301, 'Moved Permanently', first.slice(server.origin.length)],
        [second, 308, 'Permanent Redirect', second.slice(server.origin.length)],
      ]);
    });

    test.each([
      ['relative to the path', 'x/../../echo?a', '/echo?a'],
      ['an absolute path', '/echo/b', '/echo/b'],
      ['without a scheme', '//', '/echo/c'],
      ['only a query', '?%2Fecho%2Fd', '/echo/d'],
    ])('a target %s', async (_kind, location, target) => {
      const whole = location === '//' ? `//127.0.0.1:${server.port}/echo/c` : location;
      const reply = manager().get(redirect(server.origin, whole));
      expect((await reply.json<Echo>()).url).toBe(target);
      expect(reply.url).toBe(server.origin + target);
    });

    test.each([
      ['is inherited', '/echo', '#old'],
      ['gives way to that of the target', '/echo#new', '#new'],
    ])('the fragment %s, and is never sent', async (_what, location, fragment) => {
      const reply = manager().get(`${redirect(server.origin, location)}#old`);
      expect((await reply.json<Echo>()).url).toBe('/echo');
      expect(reply.url).toBe(`${server.origin}/echo${fragment}`);
    });
  });
});
