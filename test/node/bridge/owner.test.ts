import { MessageChannel } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { policyFor, resolvePolicy } from '../../../platform/bridge/policy/policy.ts';
import { shareManager } from '../../../platform/electron/main.ts';
import { type BridgePolicyInput, connect } from '../../../platform/node/bridge.ts';
import { NetworkAccessManager, NetworkError, type NetworkReply } from '../../../platform/node/index.ts';
import type { BodyInput, NetworkRequest, Operation } from '../../../src/index.ts';
import type { Call } from '../../support/server/routes.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { journal } from './journal.ts';
import {
  eventsOf,
  HELLO,
  pair as makePair,
  rawPort as makeRawPort,
  type Pair,
  requestMessage as request,
  rulesOf,
} from './pair.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const LOOPBACK = { addresses: ['127.0.0.1'] };
/** What a client says at once of the bytes that have arrived. */
const LEAST = 1024 * 1024;
const url = (path: string): string => server.origin + path;

const pair = (policy: BridgePolicyInput = LOOPBACK, manager?: NetworkAccessManager): Pair =>
  makePair(policy, manager);
const rawPort = (): ReturnType<typeof makeRawPort> => makeRawPort(LOOPBACK);

/** A body of one chunk that cannot be sent again. */
async function* once(bytes: number): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(bytes);
}

const endless: { in?: unknown } = {};
endless.in = [endless];

describe('what the other side cannot be told is a TypeError here, and ends nothing', () => {
  test.each<[string, Omit<NetworkRequest, 'url'>]>([
    ['tls', { tls: { cert: () => 'PEM' } }],
    ['tls', { tls: { ca: [new Map() as never] } }],
    ['proxy', { proxy: { type: 'http', host: new URL('http://proxy.example') as never } as never }],
    ['certificatePins', { certificatePins: { 'a.example': new Set() as never } }],
    ['tls', { tls: { servername: endless as never } }],
    ['tls', { tls: { ca: JSON.parse('['.repeat(20) + ']'.repeat(20)) } }],
    ['tls', { tls: { servername: new Date() as never } }],
    ['tls', { tls: { servername: /a/ as never } }],
    ['tls', { tls: { servername: new (class Name {})() as never } }],
    ['tls', { tls: { servername: 1n as never } }],
    ['tls', { tls: { servername: Symbol('a') as never } }],
    ['tls', { tls: { ca: new Uint16Array(1) as never } }],
  ])('%s', async (name, options) => {
    await using both = pair();
    expect(() => both.client.get({ url: url('/hello'), ...options })).toThrow(
      `option '${name}': expected plain data`,
    );
    expect(await both.client.get(url('/hello')).text()).toBe('hello');
    expect(both.violations).toEqual([]);
  });

  test('plain data and bytes cross', async () => {
    await using both = pair({ ...LOOPBACK, options: ['tls'] });
    // Of a reactive framework, of which a port can post nothing; in memory that is shared; and in a part of a large one.
    const ca = new Proxy(
      ['system', new Uint8Array(new SharedArrayBuffer(3)), Buffer.alloc(1e7).subarray(0, 3)],
      {},
    );
    const tls = { ca, servername: 'a.example', ...Object.create(null) };
    const refused = await both.client
      .get({ url: url('/hello'), tls })
      .text()
      .catch(String);
    expect(refused).toContain('tls.ca');
    expect(both.violations).toEqual([]);
  });

  test('a method of any length', async () => {
    await using both = pair({ ...LOOPBACK, methods: ['GET'] });
    const long = both.client.sendCustomRequest(url('/hello'), 'A'.repeat(1000));
    await expect(long.text()).rejects.toThrow('rule methods');
    expect(await both.client.get(url('/hello')).text()).toBe('hello');
  });
});

test.each(['the manager', 'the one that it extends'])(
  '%s is closed: so are its ports, and all is told',
  async (who) => {
    const base = new NetworkAccessManager();
    const manager = who === 'the manager' ? base : base.extend({});
    const both = pair(LOOPBACK, manager);
    const closed = new Promise<NetworkError | null>((resolve) => both.served.on('closed', resolve));
    const waiting = both.client.get(url('/black-hole')).text();
    await both.client.get(url('/hello')).text();
    await base.close();
    expect([both.served.isClosed, both.served.held]).toEqual([true, 0]);
    expect(await closed).toMatchObject({ code: 'operation-canceled' });
    await expect(waiting).rejects.toMatchObject({ code: 'operation-canceled' });
    await expect(both.client.get(url('/hello')).text()).rejects.toThrow('the manager was closed');
    expect(both.client.failure).not.toBeNull();
    await both[Symbol.asyncDispose]();
  },
);

describe('the owner', () => {
  test('lets nothing at loopback by default, and names the rule', async () => {
    await using both = pair({});
    const error = await both.client
      .get(url('/hello'))
      .text()
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'content-access-denied', url: url('/hello') });
    expect(String(error)).toContain('rule addresses');
    expect(rulesOf(both)).toEqual(['addresses']);
  });

  test.each([
    ['by itself', {}],
    ['when it is asked', { redirectPolicy: 'user-verified' as const }],
  ])('follows no redirect to what may not be asked, %s', async (_name, options) => {
    const moved = {
      moved: ({ response, url: { searchParams } }: Pick<Call, 'response' | 'url'>) =>
        response.writeHead(302, { Location: searchParams.get('to')! }).end(),
    };
    const [from, to] = [await startServer({ routes: moved }), await startServer()];
    await using both = pair({ origins: [from.origin], questions: ['redirect'] });
    const target = `${to.origin}/hello?id=secret`;
    const reply = both.client.get({
      url: `${from.origin}/moved?to=${encodeURIComponent(target)}`,
      ...options,
    });
    reply.on('redirected', () => reply.redirectAllowed());
    await expect(reply.text()).rejects.toThrow('rule origins');
    expect(rulesOf(both)).toEqual(['origins']);
    expect(to.journal.entry('secret').requests).toBe(0);
    await Promise.all([from.close(), to.close()]);
  });

  test('shows no Set-Cookie, neither of a response nor of a redirect, and sends the cookies all the same', async () => {
    await using both = pair();
    const reply = await both.client.get(url('/fields?field=Set-Cookie:a=1&field=X-A:1')).completed;
    expect([reply.headers.has('set-cookie'), reply.headers.get('x-a')]).toEqual([false, '1']);
    const { fields } = await both.client.get(url('/echo')).json<{ fields: [string, string][] }>();
    expect(fields).toContainEqual(['Cookie', 'a=1']);
  });

  test('asks its own listeners where the policy lets the client answer nothing', async () => {
    await using both = pair();
    const reply = both.client.get({ url: url('/redirect/302/hello'), redirectPolicy: 'user-verified' });
    reply.on('redirected', () => reply.redirectAllowed());
    await expect(reply.text()).rejects.toMatchObject({ code: 'operation-canceled' });
  });

  test('sees every request of its clients come through createRequest, and finish', async () => {
    class Watching extends NetworkAccessManager {
      readonly seen: [Operation, string][] = [];
      protected override createRequest(
        operation: Operation,
        asked: NetworkRequest,
        body?: BodyInput | null,
      ): NetworkReply {
        this.seen.push([operation, String(asked.url)]);
        return super.createRequest(operation, asked, body);
      }
    }
    const manager = new Watching({ headers: { 'x-owner': 'yes' } });
    await using both = pair(LOOPBACK, manager);
    const finished: string[] = [];
    manager.on('finished', (reply) => finished.push(`${reply.status} ${reply.url}`));
    const { fields } = await both.client.post(url('/echo'), 'x').json<{ fields: [string, string][] }>();
    expect(fields.map(([name]) => name.toLowerCase())).toContain('x-owner');
    expect(manager.seen).toEqual([['post', url('/echo')]]);
    expect(finished).toEqual([`200 ${url('/echo')}`]);
  });

  test('applies its own options, and those of the request over them', async () => {
    const manager = new NetworkAccessManager({ redirectPolicy: 'manual', maximumBodySize: 10 });
    await using both = pair(LOOPBACK, manager);
    expect((await both.client.get(url('/redirect/302/hello')).completed).status).toBe(302);
    const followed = both.client.get({ url: url('/redirect/302/hello'), redirectPolicy: 'same-origin' });
    expect(await followed.text()).toBe('hello');
    await expect(both.client.get(url('/bytes/11')).bytes()).rejects.toMatchObject({
      code: 'unknown-content',
    });
  });

  test('takes all that a client says in a turn, in posts that are not too large', async () => {
    await using both = pair();
    const large = Array.from({ length: 4 }, () => both.client.post(url('/echo'), once(1024 * 1024)));
    const small = Array.from({ length: 60 }, () => both.client.post(url('/echo'), new Uint8Array(60_000)));
    const many = Array.from({ length: 300 }, () =>
      both.client.get({ url: url('/hello'), headers: { a: 'x'.repeat(4000) } }),
    );
    const fields = Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`x-${i}`, '']));
    for (let i = 0; i < 60; i++) many.push(both.client.get({ url: url('/hello'), headers: fields }));
    await Promise.all([...large, ...small, ...many].map((reply) => reply.completed));
    expect(both.violations).toEqual([]);
  });

  test('refuses more at a time, and more a second, than it allows', async () => {
    await using both = pair({ ...LOOPBACK, maximumRequests: 2, requestsPerSecond: 3 });
    const replies = Array.from({ length: 3 }, () => both.client.get(url('/black-hole')));
    await expect(replies[2]!.completed).rejects.toMatchObject({ code: 'content-access-denied' });
    expect(rulesOf(both)).toEqual(['maximumRequests']);
    expect(both.served.requestsUnderWay).toBe(2);
  });

  test('that closes its manager ends what is under way with operation-canceled', async () => {
    await using both = pair();
    const reply = both.client.get(url('/stall'));
    await reply.response;
    await both.manager.close();
    await expect(reply.completed).rejects.toMatchObject({ code: 'operation-canceled' });
    await expect(both.client.get(url('/hello')).completed).rejects.toThrow('the manager was closed');
  });

  test('that closes the port ends everything there, and says why', async () => {
    await using both = pair();
    const reply = both.client.get(url('/stall'));
    await reply.response;
    both.served.close();
    await expect(reply.completed).rejects.toMatchObject({ code: 'operation-canceled' });
    await expect(both.client.get(url('/hello')).completed).rejects.toThrow('has closed the port');
    expect([both.served.isClosed, both.served.requestsUnderWay]).toEqual([true, 0]);
  });
});

describe('a client', () => {
  test('that goes away leaves nothing behind', async () => {
    const raw = rawPort();
    raw.say(HELLO, request(1, url('/stall?id=gone')));
    await journal(server.origin, 'gone', 'arrived');
    const closed = new Promise<NetworkError | null>((resolve) => raw.served.on('closed', resolve));
    raw.leave();
    expect((await closed)?.code).toBe('network-session-failed');
    expect(raw.served.requestsUnderWay).toBe(0);
    expect((await journal(server.origin, 'gone', 'ended')).ended).toBe('lost');
    await raw.end();
  });

  test('whose owner goes away ends with an error that says so', async () => {
    const { port1, port2 } = new MessageChannel();
    const client = connect(port2);
    const reply = client.get(url('/hello'));
    port1.close();
    await expect(reply.completed).rejects.toMatchObject({ code: 'network-session-failed' });
    await expect(client.ready).rejects.toBeInstanceOf(NetworkError);
    expect(client.failure?.code).toBe('network-session-failed');
  });

  test('of another major version is refused with a sentence, and so is an owner', async () => {
    const raw = rawPort();
    raw.say({ ...HELLO, major: 2 });
    expect((await raw.until('refused')).reason).toMatch(/version 1\.0.*2\.0.*same major version/);
    await raw.closed;
    await raw.end();
    const { port1, port2 } = new MessageChannel();
    const client = connect(port2);
    port1.on('message', () => port1.postMessage([{ type: 'refused', reason: 'too old' }]));
    await expect(client.ready).rejects.toThrow('too old');
  });

  test('whose owner goes away asks for no event stream again', async () => {
    await using both = pair();
    const events = both.client.events(url('/events/1'), { reconnect: true, reconnectionDelay: 1 });
    expect((await events.next()).value).toMatchObject({ data: '1' });
    both.served.close();
    await expect(events.next()).rejects.toMatchObject({ code: 'operation-canceled' });
  });

  test('that nobody answers ends within its time', async () => {
    const { port1, port2 } = new MessageChannel();
    const client = connect(port2, { connectTimeout: 20 });
    await expect(client.get(url('/hello')).completed).rejects.toMatchObject({ code: 'timeout' });
    port1.close();
  });

  test.each<[string, unknown[]]>([
    ['does not say hello', [request(1, 'http://x.test/')]],
    ['says it twice', [HELLO, HELLO]],
    ['uses a number twice', [HELLO, request(2, 'nope:x'), request(2, 'nope:x')]],
    ['goes back in numbers', [HELLO, request(2, 'nope:x'), request(1, 'nope:x')]],
    ['speaks of a request that there is not', [HELLO, { type: 'abort', id: 5 }]],
    ['has received what was not sent', [HELLO, { type: 'received', bytes: 1 }]],
    ['says what is no message', [HELLO, { type: 'exec' }]],
  ])('that %s is shown the door', async (_name, messages) => {
    const raw = rawPort();
    raw.say(...messages);
    await raw.closed;
    expect(rulesOf(raw).at(-1)).toBe('protocol');
    expect(raw.served.isClosed).toBe(true);
    await raw.end();
  });

  test('gets no more bytes of all bodies than the policy lets be on their way', async () => {
    const raw = makeRawPort({ ...LOOPBACK, bytesInFlight: LEAST });
    const bytes = (): number => eventsOf(raw.heard).reduce((sum, { chunk }) => sum + (chunk?.length ?? 0), 0);
    raw.say(HELLO, ...[1, 2, 3].map((id) => request(id, url(`/bytes/${10 ** 7}?id=flight${id}`))));
    await raw.heardUntil(() => bytes() >= LEAST);
    // Each body may have had a chunk to post before it was told.
    const most = LEAST + 3 * 65_536;
    expect(bytes()).toBeLessThanOrEqual(most);
    const before = bytes();
    raw.say({ type: 'received', bytes: before });
    await raw.heardUntil(() => bytes() >= before + LEAST);
    expect(bytes()).toBeLessThanOrEqual(before + most);
    await raw.end();
  });

  test('reads to the end however few bytes the policy lets be on their way', async () => {
    await using both = pair({ ...LOOPBACK, bytesInFlight: LEAST });
    const size = 3 * LEAST + 1;
    const bodies = [1, 2, 3].map((id) => both.client.get(url(`/bytes/${size}?id=least${id}`)).bytes());
    expect((await Promise.all(bodies)).map(({ length }) => length)).toEqual([size, size, size]);
    expect(() => resolvePolicy({ bytesInFlight: LEAST - 1 })).toThrow('bytesInFlight');
  });

  test('that reads more than was sent, or sends more than was asked for, is shown the door', async () => {
    const reader = rawPort();
    reader.say(HELLO, request(1, url('/stall')));
    await reader.until('events');
    reader.say({ type: 'credit', id: 1, bytes: 10_000_000, isUnread: false });
    await reader.closed;
    await reader.end();
    const writer = rawPort();
    const body = { length: null, replayable: false, contentType: null, bytes: null };
    writer.say(HELLO, { ...request(1, url('/deaf')), method: 'POST', body });
    const { pass } = await writer.until('upload-open');
    for (let i = 0; i < 40; i++)
      writer.say({ type: 'upload-chunk', id: 1, pass, chunk: new Uint8Array(256 * 1024) });
    await writer.closed;
    await writer.end();
  });
});

describe('a scheme of a policy', () => {
  const manager = { supportedSchemes: () => ['http', 'https', 'app'] };
  test.each([
    ['htpps', 'https'],
    ['htp', 'http'],
    ['flie', 'file'],
    ['unix-http', 'unix+http'],
    ['apps', 'app'],
  ])('%s is misspelt: %s', (scheme, meant) => {
    expect(() => policyFor(manager, { schemes: ['https', scheme] })).toThrow(`did you mean '${meant}'?`);
  });

  test.each(['app', 'data', 'local+http', 'later', 'ftp'])('%s is one, now or later', (scheme) => {
    expect(policyFor(manager, { schemes: [scheme] }).schemes).toEqual([scheme]);
  });

  test('is judged wherever a manager is served, by what that has', async () => {
    const apps = new NetworkAccessManager({ schemes: { apps: { open: () => new Response('of an app') } } });
    await using both = pair({ schemes: ['apps'] }, apps);
    expect(await both.client.get('apps:x').text()).toBe('of an app');
    expect(() => pair({ schemes: ['app'] }, apps)).toThrow("the manager has no scheme 'app'");
    const ipcMain = { on: () => {}, off: () => {} } as never;
    expect(() => shareManager(apps, { ipcMain, policy: { 'app://main': { schemes: ['app'] } } })).toThrow(
      "'apps'",
    );
  });
});
