import { describe, expect, test } from 'vitest';
import { NetworkError, NetworkReply } from '../../../src/index.ts';
import type { NetworkClient } from '../../../src/network-client.ts';
import type { ClientSetup } from '../client.ts';
import { isOfPage, lacks, scene, uniqueId } from './with-client.ts';

interface Echo {
  readonly method: string;
  readonly url: string;
  readonly fields: readonly (readonly [string, string])[];
  readonly body: string;
}

type Start = (client: NetworkClient, url: string) => NetworkReply;
type Verb = readonly [string, Start, string, Partial<Echo>];
const VERBS: readonly Verb[] = [
  ['get', (client, url) => client.get(url), 'get', { method: 'GET', body: '' }],
  ['post', (client, url) => client.post(url, 'x'), 'post', { method: 'POST', body: 'x' }],
  ['put', (client, url) => client.put(url, new Uint8Array([65])), 'put', { method: 'PUT', body: 'A' }],
  ['deleteResource', (client, url) => client.deleteResource(url), 'delete', { method: 'DELETE' }],
  ['delete', (client, url) => client.delete({ url }), 'delete', { method: 'DELETE' }],
  ['patch', (client, url) => client.patch(url, 'p'), 'custom', { method: 'PATCH', body: 'p' }],
  [
    'a custom verb',
    (client, url) => client.sendCustomRequest(url, 'REPORT', 'r'),
    'custom',
    { method: 'REPORT', body: 'r' },
  ],
  [
    'a custom verb that is really POST',
    (client, url) => client.sendCustomRequest(url, 'post', 'r'),
    'post',
    { method: 'POST', body: 'r' },
  ],
  ['request', (client, url) => client.request('PUT', url, 'r'), 'put', { method: 'PUT', body: 'r' }],
];

/** Which Fetch does not let a page send. */
const GET_WITH_BODY: Verb = [
  'get with a body',
  (client, url) => client.get(url, 'q'),
  'get',
  { method: 'GET', body: 'q' },
];

export function describeRequests(name: string, setup: ClientSetup): void {
  describe(`${name}: requests`, () => {
    test.each(isOfPage(setup) ? VERBS : [...VERBS, GET_WITH_BODY])(
      '%s',
      (_name, start, operation, expected) =>
        scene(setup, async ({ client, url }) => {
          const reply = start(client, url('/echo?a'));
          expect(reply).toBeInstanceOf(NetworkReply);
          expect(reply.operation).toBe(operation);
          expect(await reply.json<Echo>()).toMatchObject({ url: '/echo?a', ...expected });
          expect(reply.error).toBeNull();
        })(),
    );

    test(
      'head has fields and no body',
      scene(setup, async ({ client, url }) => {
        const reply = await client.head(url('/bytes/5')).completed;
        expect([reply.operation, reply.status, reply.bytesAvailable]).toEqual(['head', 200, 0]);
        expect(reply.headers.get('content-length')).toBe('5');
      }),
    );

    test(
      'fields go there and come back, in order and repeated',
      scene(setup, async ({ client, url }) => {
        const headers = [
          ['X-One', '1'],
          ['x-two', 'a'],
          ['X-Two', 'b'],
        ] as const;
        const { fields } = await client.get({ url: url('/echo'), headers }).json<Echo>();
        const sent = fields.filter(([field]) => /^x-/i.test(field)).map(([, value]) => value);
        expect(sent.join()).toMatch(/^1,a, ?b$/);
        const shown = 'field=Access-Control-Expose-Headers:*&field=X-A:1&field=X-B:2&field=X-A:3';
        const reply = await client.get(url(`/fields?${shown}`)).completed;
        expect(reply.headers.getAll('x-a')).toEqual(isOfPage(setup) ? ['1, 3'] : ['1', '3']);
        expect(await reply.text()).toBe('fields');
      }),
    );

    test.each<[string, (client: NetworkClient, url: string) => unknown]>([
      ['no URL', (client) => client.get('http://')],
      ['a request without a url', (client) => client.get({} as never)],
      ['CRLF in a field', (client, url) => client.get({ url, headers: { a: 'b\r\nc: d' } })],
      ['a verb that is no token', (client, url) => client.sendCustomRequest(url, 'GE T')],
      ['CONNECT', (client, url) => client.sendCustomRequest(url, 'CONNECT')],
      ['an unknown option', (client, url) => client.get({ url, timeOut: 5 } as never)],
      ['an ill-typed option', (client, url) => client.get({ url, redirectPolicy: 'none' as never })],
      ['a body of no kind', (client, url) => client.post(url, 5 as never)],
      [
        'an argument too many',
        (client, url) => (client.get as (...args: unknown[]) => unknown).call(client, url, null, {}),
      ],
      [
        'a signal that there is not',
        (client) => (client.on as (...args: unknown[]) => unknown).call(client, 'done', () => {}),
      ],
    ])('%s is a TypeError at once', (_name, start) =>
      scene(setup, async ({ client, url }) => {
        expect(() => start(client, url('/echo'))).toThrow(TypeError);
      })(),
    );

    test.each([400, 401, 404, 410, 500, 503])('status %i is an error with its code', (status) =>
      scene(setup, async ({ client, url }) => {
        const error = await client
          .get(url(`/status/${status}`))
          .text()
          .catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(NetworkError);
        const known = error as NetworkError;
        expect(known.status).toBe(status);
        expect(known.url).toBe(url(`/status/${status}`));
        expect(new TextDecoder().decode(known.body)).toBe(`status ${status}`);
        const kept = client.get({ url: url(`/status/${status}`), throwHttpErrors: false });
        expect(await kept.text()).toBe(`status ${status}`);
      })(),
    );

    test(
      'a refused connection, an unknown host and an unknown scheme have their codes',
      scene(setup, async ({ client, url }) => {
        const port = await client.get(url('/closed-port')).text();
        const code = async (target: string): Promise<string> => {
          const reply = client.get(target);
          await reply.completed.catch(() => {});
          expect(reply.error?.toJSON().name).toBe('NetworkError');
          return reply.error!.code;
        };
        const isTold = !lacks(setup, 'errorDetail');
        expect(await code(`http://127.0.0.1:${port}/`)).toBe(
          isTold ? 'connection-refused' : 'unknown-network',
        );
        expect(await code('http://no-such-host.invalid/')).toBe(
          isTold ? 'host-not-found' : 'unknown-network',
        );
        expect(['protocol-unknown', 'content-access-denied']).toContain(await code('nope://x/'));
      }),
    );

    test(
      'transferTimeout ends a silent request, and its connection',
      scene(setup, async ({ client, url, journal }) => {
        const id = uniqueId();
        // On a busy machine even the connection may take longer than that.
        for (let transferTimeout = 1000, requests = 0; requests === 0; transferTimeout *= 2) {
          const reply = client.get({ url: url(`/black-hole?id=${id}`), transferTimeout });
          await expect(reply.text()).rejects.toMatchObject({ code: 'timeout' });
          ({ requests } = await journal(id));
        }
        expect((await journal(id, 'ended')).ended).toBe('lost');
      }),
    );

    test(
      'abort before the start sends nothing; later it ends the connection',
      scene(setup, async ({ client, url, journal }) => {
        const early = client.get(url('/hello'));
        early.abort();
        expect([early.error?.code, early.isFinished]).toEqual(['operation-canceled', true]);
        const id = uniqueId();
        const late = client.get(url(`/black-hole?id=${id}`));
        await journal(id, 'arrived');
        late.abort(new Error('enough'));
        expect(late.error?.cause).toMatchObject({ message: 'enough' });
        expect((await journal(id, 'ended')).ended).toBe('lost');
      }),
    );

    test(
      'a signal aborts, and lets go of its listeners',
      scene(setup, async ({ client, url, journal }) => {
        const controller = new AbortController();
        const id = uniqueId();
        const reply = client.get({ url: url(`/stall?id=${id}`), signal: controller.signal });
        await journal(id, 'arrived');
        controller.abort(new Error('by signal'));
        expect(reply.error?.cause).toMatchObject({ message: 'by signal' });
        await journal(id, 'ended');
      }),
    );

    test(
      'priorities order what waits, and setPriority changes it',
      scene(setup, async ({ client, url, journal }) => {
        const id = uniqueId();
        const blocking = Array.from({ length: 6 }, (_, i) => client.get(url(`/black-hole?id=${id}-${i}`)));
        await Promise.all(blocking.map((_, i) => journal(`${id}-${i}`, 'arrived')));
        const order: string[] = [];
        const waiting = (['low', 'normal', 'high'] as const).map((priority) => {
          const reply = client.get({ url: url(`/echo?${priority}`), priority });
          reply.on('finished', () => order.push(priority));
          return reply;
        });
        const late = client.get(url('/echo?late'));
        late.on('finished', () => order.push('late'));
        // Until they wait where the queue is.
        await client.get(url('/echo').replace('127.0.0.1', 'localhost')).text();
        late.setPriority('high');
        await client.get(url('/echo?2').replace('127.0.0.1', 'localhost')).text();
        for (const reply of blocking.slice(1)) reply.close();
        blocking[0]!.abort();
        await Promise.all([...waiting, late].map((reply) => reply.completed));
        expect(order).toEqual(['high', 'late', 'normal', 'low']);
      }),
    );

    test(
      'close ends what is in flight and all that is asked later',
      scene(setup, async ({ client, url, journal }) => {
        const id = uniqueId();
        const reply = client.get(url(`/black-hole?id=${id}`));
        await journal(id, 'arrived');
        await client.close();
        expect(reply.error?.code).toBe('operation-canceled');
        await journal(id, 'ended');
        await expect(client.get(url('/hello')).text()).rejects.toMatchObject({ code: 'operation-canceled' });
      }),
    );

    test(
      'the short forms of a URL and a body',
      scene(setup, async ({ client, url }) => {
        const request = { url: 'echo', baseUrl: url('/'), searchParams: { a: 1 }, json: { b: 2 } };
        const { url: path, body } = await client.post(request).json<Echo>();
        expect([path, body]).toEqual(['/echo?a=1', '{"b":2}']);
      }),
    );

    test(
      'many at once are all answered, each with its own',
      scene(setup, async ({ client, url }) => {
        const all = Array.from({ length: 200 }, (_, i) => client.post(url(`/echo?${i}`), `body ${i}`));
        const answers = await Promise.all(all.map((reply) => reply.json<Echo>()));
        expect(answers.map(({ url: path, body }) => path + body)).toEqual(
          all.map((_, i) => `/echo?${i}body ${i}`),
        );
      }),
    );
  });
}
