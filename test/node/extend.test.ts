import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SocketTransport } from '../../platform/node/http/socket-transport.ts';
import { socketCapabilities } from '../../platform/node/http-module-transport/capabilities.ts';
import {
  CookieJar,
  type ManagerOptions,
  MemoryCache,
  NetworkAccessManager,
} from '../../platform/node/index.ts';
import type { Transport } from '../../src/call/transport.ts';
import { makeResponse } from '../support/fixtures.ts';
import { serveAll } from '../support/listening.ts';

let origin = '';
let connections = 0;
const waiting: ServerResponse[] = [];
let whenWaiting = () => {};
/** Echoes its fields, and sets a cookie; `/secret` tells who asks, `/wait` until it is let, `/cached` for a while, `/large` as 3 MB. */
const server = createServer((request: IncomingMessage, response) => {
  if (request.url!.startsWith('/wait')) {
    waiting.push(response);
    whenWaiting();
    return;
  }
  if (request.url === '/secret') {
    const { authorization = '' } = request.headers;
    response.setHeader('www-authenticate', 'Basic realm="secret"');
    return response.writeHead(authorization === '' ? 401 : 200).end(authorization);
  }
  if (request.url === '/large') return response.end(Buffer.alloc(3_000_000));
  if (request.url === '/cached') response.setHeader('cache-control', 'max-age=100');
  response.setHeader('set-cookie', 'sid=1');
  response.end(JSON.stringify(request.headers));
});
server.on('connection', () => connections++);
serveAll(server, (at) => {
  origin = at;
});

let manager: NetworkAccessManager;
beforeEach(() => {
  connections = 0;
  waiting.length = 0;
  manager = new NetworkAccessManager({
    headers: { 'x-a': 'parent', 'x-b': 'parent' },
    cache: new MemoryCache(),
    transferTimeout: 5000,
    schemes: { app: { open: () => new Response('app') } },
  });
});
afterEach(() => manager.close());

const fieldsOf = (of: NetworkAccessManager, path = '/') =>
  of.get(origin + path).json() as Promise<Record<string, string>>;
const waitFor = (count: number) =>
  new Promise<void>((resolve) => {
    whenWaiting = () => {
      if (waiting.length >= count) resolve();
    };
    whenWaiting();
  });

describe('an extension', () => {
  test('has the options of what it extends, and its own over them', async () => {
    const extension = manager.extend({
      headers: { 'X-B': 'child', 'x-c': 'child' },
      schemes: { other: { open: () => new Response('other') } },
      transferTimeout: 7000,
    });
    expect(extension).toBeInstanceOf(NetworkAccessManager);
    expect(extension.transferTimeout).toBe(7000);
    expect(manager.transferTimeout).toBe(5000);
    expect(await fieldsOf(extension)).toMatchObject({ 'x-a': 'parent', 'x-b': 'child', 'x-c': 'child' });
    expect((await fieldsOf(manager))['x-c']).toBeUndefined();
    expect(await extension.get('app:x').text()).toBe('app');
    expect(await extension.get('other:x').text()).toBe('other');
    await expect(manager.get('other:x').text()).rejects.toMatchObject({ code: 'protocol-unknown' });
    // As they were: what is set later on one says nothing to the other.
    manager.transferTimeout = 1;
    extension.userAgent = 'child';
    expect(extension.transferTimeout).toBe(7000);
    expect(manager.userAgent).not.toBe('child');
  });

  test('has its own proxy in place of a factory, and the other way round', () => {
    const proxyFactory = () => [];
    const byFactory = manager.extend({ proxyFactory, proxy: undefined });
    const byProxy = byFactory.extend({ proxy: 'none' });
    expect([byProxy.proxy, byProxy.proxyFactory]).toEqual(['none', null]);
    const again = byProxy.extend({ proxyFactory });
    expect([again.proxy, again.proxyFactory]).toEqual(['default', proxyFactory]);
    expect(again.extend().proxyFactory).toBe(proxyFactory);
    expect(() => again.extend({ proxy: 'none', proxyFactory })).toThrow('set one of them');
  });

  test('can be extended, with undefined for what is not set', async () => {
    const extension = manager.extend({ baseUrl: origin, transferTimeout: undefined }).extend().extend({});
    expect(extension.transferTimeout).toBe(5000);
    expect(await extension.get('x').json()).toMatchObject({ 'x-a': 'parent' });
    expect(connections).toBe(1);
    await fieldsOf(manager);
    expect(connections).toBe(1);
  });

  test('shares connections, jar, cache and HSTS hosts', async () => {
    const extension = manager.extend();
    await fieldsOf(extension, '/cached');
    expect((await fieldsOf(manager)).cookie).toBe('sid=1');
    expect(connections).toBe(1);
    const hit = manager.get(`${origin}/cached`);
    await hit.completed;
    expect(hit.source).toBe('cache');
    expect(extension.cookieJar).toBe(manager.cookieJar);
    expect(extension.strictTransportSecurity).toBe(manager.strictTransportSecurity);
    manager.addStrictTransportSecurityHosts([
      { host: 'h.test', expiry: Date.now() + 1e6, includeSubDomains: false },
    ]);
    expect(extension.strictTransportSecurityHosts()).toEqual(manager.strictTransportSecurityHosts());
  });

  test('has what it is given for itself', async () => {
    const cookieJar = new CookieJar();
    const extension = manager.extend({ cookieJar, cache: null });
    await fieldsOf(manager);
    expect((await fieldsOf(extension)).cookie).toBeUndefined();
    expect(extension.cache).toBeNull();
    const sent: string[] = [];
    let isClosed = false;
    const transport = {
      capabilities: socketCapabilities,
      send: async ({ url }: { url: { href: string } }) => {
        sent.push(url.href);
        return makeResponse();
      },
      close: async () => {
        isClosed = true;
      },
    } as unknown as Transport;
    const other = manager.extend({ transport });
    await other.get('http://h.test/').completed;
    expect(sent).toEqual(['http://h.test/']);
    const same = other.extend();
    await same.close();
    expect(isClosed).toBe(false);
    await other.close();
    expect(isClosed).toBe(true);
  });

  test('closes no transport for uploads but its own', async () => {
    const calls: string[] = [];
    const transport = (name: string) =>
      ({
        capabilities: socketCapabilities,
        send: async () => makeResponse(),
        clearConnections: () => calls.push(`clear ${name}`),
        close: async () => calls.push(`close ${name}`),
      }) as unknown as Transport;
    const first = new NetworkAccessManager({ uploadProgress: transport('one') });
    await first.extend().close();
    await first.extend({ uploadProgress: transport('two') }).close();
    first.clearConnectionCache();
    await first.close();
    expect(calls).toEqual(['close two', 'clear one', 'close one']);
  });

  test('stands in the same queue, unless it has limits of its own', async () => {
    manager.connectionsPerHost = 2;
    const extension = manager.extend();
    const replies = [1, 2].map((i) => manager.get(`${origin}/wait?${i}`));
    await waitFor(2);
    const behind = extension.get(`${origin}/wait?3`);
    const own = manager.extend({ connectionsPerHost: 3 });
    expect(await fieldsOf(own)).toMatchObject({ 'x-a': 'parent' });
    expect(waiting).toHaveLength(2);
    for (const one of waiting.splice(0)) one.end('first');
    await Promise.all(replies.map((reply) => reply.completed));
    await waitFor(1);
    waiting[0]!.end('then');
    expect(await behind.text()).toBe('then');
  });

  test('waits no longer than others for bodies that are not read', async () => {
    const told: string[] = [];
    manager.connectionsPerHost = 2;
    manager.on('faultOccurred', ({ message }) => told.push(message));
    const unread = [await manager.fetch(`${origin}/large`), await manager.fetch(`${origin}/large`)];
    expect(await fieldsOf(manager.extend())).toMatchObject({ 'x-a': 'parent' });
    // So do requests under other options of the same manager.
    manager.transferTimeout = 6000;
    expect(await fieldsOf(manager)).toMatchObject({ 'x-a': 'parent' });
    expect(told[0]).toContain('has not been read');
    for (const { body } of unread) await body!.cancel().catch(() => {});
  });

  test('is closed alone; what it extends is closed with it', async () => {
    const extension = manager.extend();
    const [ours, theirs] = [extension.get(`${origin}/wait?1`), manager.get(`${origin}/wait?2`)];
    await waitFor(2);
    await extension.close();
    expect(ours.error?.code).toBe('operation-canceled');
    expect(theirs.error).toBeNull();
    await expect(extension.get(origin).text()).rejects.toThrow('the manager was closed');
    for (const one of waiting) one.end('after');
    expect(await theirs.text()).toBe('after');
    expect(await fieldsOf(manager)).toMatchObject({ 'x-a': 'parent' });

    const another = manager.extend();
    const last = another.get(`${origin}/wait`);
    await waitFor(3);
    await manager.close();
    await expect(last.text()).rejects.toMatchObject({ code: expect.stringMatching(/operation-canceled/) });
    await expect(another.get(origin).text()).rejects.toThrow('the manager was closed');
  });

  test('ends what goes over a transport of its own when it is closed itself', async () => {
    const extension = manager.extend({ transport: new SocketTransport() });
    const one = extension.get(`${origin}/wait?1`).text();
    await waitFor(1);
    const two = extension.get(`${origin}/wait?2`).text();
    await waitFor(2);
    await manager.close();
    await expect(extension.get(origin).text()).rejects.toThrow('the manager was closed');
    waiting[0]!.end('went on');
    expect(await one).toBe('went on');
    await extension.close();
    await expect(two).rejects.toThrow('the manager was closed');
  });

  test('sends credentials of its own, and nothing that was learned for others', async () => {
    const users: Record<string, ManagerOptions> = {
      ada: { credentials: { [origin]: { user: 'ada', password: '' } } },
      bob: { credentials: () => ({ user: 'bob', password: '' }) },
      nobody: { credentials: null, throwHttpErrors: false },
      // As the one that it extends.
      '': {},
    };
    const userOf = async (of: NetworkAccessManager) => {
      const field =
        (await of.get({ url: `${origin}/secret`, cacheLoadControl: 'always-network' }).text()) ||
        btoa('nobody:');
      return atob(field.replace('Basic ', '')).replace(/:$/, '');
    };
    manager.credentials = { [origin]: { user: 'parent', password: '' } };
    expect(await userOf(manager)).toBe('parent');
    const extensions = Object.entries(users).map(
      ([user, own]) => [user || 'parent', manager.extend(own)] as const,
    );
    for (let i = 0; i < 2; i++)
      for (const [user, extension] of extensions)
        expect([user, await userOf(extension)]).toEqual([user, user]);
  });

  test('emits signals of its own', async () => {
    const heard: string[] = [];
    manager.on('finished', () => heard.push('manager'));
    const extension = manager.extend();
    extension.on('finished', () => heard.push('extension'));
    await extension.get(origin).completed;
    expect(heard).toEqual(['extension']);
  });

  test('is refused what a constructor refuses', () => {
    expect(() => manager.extend({ nonsense: 1 } as never)).toThrow("unknown option 'nonsense'");
    expect(() => manager.extend(5 as never)).toThrow('expected an object of options');
  });
});

describe('of a class of its own', () => {
  test('has the rules of that class', async () => {
    class Signing extends NetworkAccessManager {
      protected override createRequest(
        ...[operation, request, body]: Parameters<NetworkAccessManager['createRequest']>
      ) {
        return super.createRequest(operation, { ...request, headers: { 'x-signed': 'yes' } }, body);
      }
    }
    const signing = new Signing();
    const extension: Signing = signing.extend({ headers: { 'x-d': '1' } });
    expect(await fieldsOf(extension)).toMatchObject({ 'x-signed': 'yes', 'x-d': '1' });
    await signing.close();
  });

  test('passes options on, or says that it does not', async () => {
    class Fixed extends NetworkAccessManager {
      constructor() {
        super({ transferTimeout: 5 });
      }
    }
    const fixed = new Fixed();
    expect(() => fixed.extend()).toThrow('extend(): the constructor of Fixed does not pass its options on');

    class Named extends NetworkAccessManager {
      constructor(options: ConstructorParameters<typeof NetworkAccessManager>[0]) {
        super({ ...options, userAgent: 'named' });
      }
    }
    expect(new Named({}).extend({ transferTimeout: 3 })).toMatchObject({
      userAgent: 'named',
      transferTimeout: 3,
    });
  });

  test('shows no more than its options', () => {
    expect(manager.extend({ userAgent: 'x' }).toJSON()).toMatchObject({
      userAgent: 'x',
      cache: 'MemoryCache',
    });
  });
});
