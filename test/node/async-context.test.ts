import { AsyncLocalStorage } from 'node:async_hooks';
import * as http from 'node:http';
import * as https from 'node:https';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NodeHttpTransport } from '../../platform/node/extras.ts';
import { SocketTransport } from '../../platform/node/http/socket-transport.ts';
import {
  CookieJar,
  MemoryCache,
  NetworkAccessManager,
  type NetworkReply,
} from '../../platform/node/index.ts';
import { NetworkAccessManager as PortableManager } from '../../platform/portable/index.ts';
import type { Call } from '../../src/call/call.ts';
import type { ManagerOptions } from '../../src/call/parts.ts';
import type { HttpRequest } from '../../src/call/request.ts';
import type { HttpResponse } from '../../src/call/response.ts';
import type { Transport } from '../../src/call/transport.ts';
import type { Interceptor } from '../../src/options/interceptor.ts';
import type { NetworkRequest } from '../../src/options/options.ts';
import { REPLY_SIGNALS } from '../../src/reply/reply-signals.ts';
import { CertificateAuthority } from '../support/certificate.ts';
import { startHttp2Server } from '../support/h2-server.ts';
import { Cleanup, portOf } from '../support/listening.ts';
import { loopbackLookup } from '../support/loopback-lookup.ts';

/**
 * Each user's own context, in everything of the application's that is called: with reused connections, one slot for all,
 * and shared exchanges, where the caller is somebody else's socket, queue or response.
 */
const storage = new AsyncLocalStorage<string>();
const USERS = Array.from({ length: 12 }, (_, index) => `user ${index}`);
const cleanup = new Cleanup();
const authority = new CertificateAuthority();
/** What was called, as whom, and as whom it should have been. */
let calls: { readonly what: string; readonly as: string | undefined; readonly of: string | undefined }[];
let origin: string;

function note(what: string, of: string | undefined): void {
  calls.push({ what, as: storage.getStore(), of });
}
const userOf = (reply: NetworkReply): string => reply.request.options.attributes.get('user') as string;
const as = (user: string, request: NetworkRequest): NetworkRequest => ({
  ...request,
  url: `${request.url}?u=${USERS.indexOf(user)}`,
});
const userIn = (url: string): string | undefined => USERS[Number(/[?&]u=(\d+)/.exec(url)?.[1] ?? -1)];
/** Of what several share: one of them. */
const someUser = (): string => storage.getStore() ?? 'a user';
const ofRequest = (request: HttpRequest): string => request.options.attributes.get('user') as string;

/** Requests that have been told to come again. */
const refused = new Set<string>();

const listener: http.RequestListener = (request, response) => {
  const { pathname, search } = new URL(request.url!, 'http://a.test');
  if (pathname === '/redirect') {
    response.writeHead(302, { location: `/answer${search}`, 'set-cookie': 'hop=1' }).end();
    return;
  }
  if (pathname === '/closed' && request.headers.authorization === undefined) {
    const realm = /\d+/.exec(search);
    response.writeHead(401, { 'www-authenticate': `Basic realm="${realm}"` }).end('closed');
    return;
  }
  if (pathname === '/busy' && !refused.has(search)) {
    refused.add(search);
    response.writeHead(503).end('busy');
    return;
  }
  if (pathname === '/events') {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end('retry: 1\nid: 1\ndata: one\n\ndata: two\n\n');
    return;
  }
  request.resume().on('end', () => {
    response.writeHead(200, { 'set-cookie': 'a=1', 'cache-control': 'max-age=60' });
    response.write('first ');
    setTimeout(() => response.end('second'), 2);
  });
};

beforeEach(async () => {
  calls = [];
  refused.clear();
  const server = http.createServer(listener);
  server.on('checkContinue', (request, response) => {
    response.writeEarlyHints?.({ link: '</a>; rel=preload' });
    setTimeout(() => {
      response.writeContinue();
      listener(request, response);
    }, 2);
  });
  await cleanup.listen(server);
  origin = `http://127.0.0.1:${portOf(server)}`;
});
afterEach(() => {
  // All that was noted was noted as the right user.
  expect(calls.filter(({ as, of }) => as !== of)).toEqual([]);
});

const what = (): string[] => [...new Set(calls.map((call) => call.what))].sort();

function listening(manager: NetworkAccessManager): NetworkAccessManager {
  cleanup.add(() => manager.close());
  manager.on('finished', (reply) => note('manager.finished', userOf(reply)));
  for (const signal of ['encrypted', 'sslErrors', 'authenticationRequired'] as const) {
    manager.on(signal, async (reply: NetworkReply) => note(`manager.${signal}`, userOf(reply)));
  }
  return manager;
}

/** Sends a request as each user, all at once, and listens to everything. */
async function asEach(
  _manager: NetworkAccessManager,
  send: (user: string, request: NetworkRequest) => NetworkReply,
  request: NetworkRequest,
): Promise<void> {
  await Promise.all(
    USERS.map((user) =>
      storage.run(user, async () => {
        const reply = send(user, { ...request, attributes: new Map([['user', user]]) });
        for (const signal of REPLY_SIGNALS) {
          reply.on(signal as 'authenticationRequired', (authenticator) => {
            note(signal, user);
            if (signal === 'redirected') reply.redirectAllowed();
            if (signal === 'sslErrors') reply.ignoreSslErrors();
            if (signal === 'authenticationRequired') authenticator.user = user;
          });
        }
        await reply.text().catch(() => {});
        note('after the promise', user);
      }),
    ),
  );
}

async function* body(user: string): AsyncGenerator<Uint8Array> {
  note('a body before its first chunk', user);
  yield new Uint8Array([1]);
  note('a body', user);
  await new Promise((resolve) => setTimeout(resolve, 1));
  note('a body after a wait', user);
  yield new Uint8Array([2]);
}

const TRANSPORTS: readonly [string, () => ManagerOptions][] = [
  ['the sockets', () => ({})],
  ["Node's http module", () => ({ transport: new NodeHttpTransport() })],
];

describe.each(TRANSPORTS)('over %s', (_name, transport) => {
  // One slot: every request is started by the end of another one's, on its connection.
  const oneSlot = (options: ManagerOptions = {}): NetworkAccessManager =>
    listening(new NetworkAccessManager({ ...transport(), connectionsPerHost: 1, ...options }));

  test('signals, questions and promises', async () => {
    const manager = oneSlot();
    const request = { url: `${origin}/redirect`, redirectPolicy: 'user-verified' } as const;
    await asEach(manager, (_user, one) => manager.get(one), request);
    expect(what()).toEqual(
      expect.arrayContaining(['redirected', 'metaDataChanged', 'readyRead', 'finished', 'manager.finished']),
    );
  });

  test('generators of bodies, behind 100 (Continue) as well', async () => {
    const manager = oneSlot();
    for (const headers of [{}, { expect: '100-continue' }]) {
      await asEach(manager, (user, one) => manager.post(one, body(user)), { url: `${origin}/x`, headers });
    }
    expect(what()).toEqual(expect.arrayContaining(['a body', 'a body after a wait', 'uploadProgress']));
  });

  test('cookie policies, and a jar of one’s own', async () => {
    const looked = (name: string) => () => {
      note(name, someUser());
      return true;
    };
    const policy = { accept: looked('accept'), attach: looked('attach') };
    const manager = oneSlot({ cookieJar: new CookieJar({ policy }) });
    await asEach(manager, (user, one) => manager.get(as(user, one)), { url: `${origin}/redirect` });
    const jar = {
      cookiesForUrl(url: string) {
        note('cookiesForUrl', userIn(url));
        return [];
      },
      setCookiesFromUrl(_cookies: unknown, url: string) {
        note('setCookiesFromUrl', userIn(url));
        return true;
      },
    };
    const own = oneSlot({ cookieJar: jar as never });
    await asEach(own, (user, one) => own.get(as(user, one)), { url: `${origin}/redirect` });
    expect(what()).toEqual(
      expect.arrayContaining(['accept', 'attach', 'cookiesForUrl', 'setCookiesFromUrl']),
    );
  });

  test('a cache of one’s own, each with a response of its own and all with one', async () => {
    class OwnCache extends MemoryCache {
      override match(key: string) {
        note('match', userIn(key) ?? someUser());
        return super.match(key);
      }
      override insert(...args: Parameters<MemoryCache['insert']>) {
        const writer = super.insert(...args);
        const user = userIn(args[0]) ?? someUser();
        note('insert', user);
        if (writer === null) return null;
        return new Proxy(writer, {
          get(target, name) {
            const member = target[name as 'write'];
            if (typeof member !== 'function') return member;
            return (...given: Parameters<typeof member>) => {
              // Others may read what one writes.
              note(`writer.${String(name)}`, name === 'write' ? user : someUser());
              return member.apply(target, given);
            };
          },
        });
      }
    }
    const manager = oneSlot({ cache: new OwnCache() });
    await asEach(manager, (_user, one) => manager.get(one), { url: `${origin}/same` });
    await asEach(manager, (user, one) => manager.get(as(user, one)), { url: `${origin}/apart` });
    expect(what()).toEqual(expect.arrayContaining(['match', 'insert', 'writer.write']));
  });

  test('schemes, and replies that are given up', async () => {
    const manager = oneSlot({
      schemes: {
        app: {
          open: async (request) => {
            note('a scheme', ofRequest(request));
            await Promise.resolve();
            note('a scheme after a wait', ofRequest(request));
            return new Response('x');
          },
        },
      },
    });
    await asEach(manager, (_user, one) => manager.get(one), { url: 'app://x/' });
    const replies = await Promise.all(
      USERS.map((user) =>
        storage.run(user, async () => {
          const reply = manager.get({ url: `${origin}/x`, attributes: new Map([['user', user]]) });
          reply.on('errorOccurred', () => note('errorOccurred', user));
          reply.text().catch(() => {});
          return reply;
        }),
      ),
    );
    storage.run('somebody else', () => {
      for (const reply of replies) reply.abort();
    });
    expect(what()).toEqual(expect.arrayContaining(['a scheme', 'errorOccurred']));
  });
});

describe('what decides about a request', () => {
  const oneSlot = (options: ManagerOptions): NetworkAccessManager =>
    listening(new NetworkAccessManager({ connectionsPerHost: 1, maximumConnections: 1, ...options }));
  const noting =
    (name: string): Interceptor =>
    async (request, next, { attributes, attempt }) => {
      const user = attributes.get('user') as string;
      note(`${name}, attempt ${attempt}`, user);
      const response = await next(request);
      note(`${name} after the response`, user);
      await response.text();
      note(`${name} after its body`, user);
      return response;
    };

  test('interceptors, those of further attempts and of hops as well', async () => {
    const manager = oneSlot({
      interceptors: [noting('above')],
      networkInterceptors: [noting('below')],
      retry: { delay: 1 },
    });
    await asEach(manager, (user, one) => manager.get(as(user, one)), { url: `${origin}/busy` });
    await asEach(manager, (user, one) => manager.get(as(user, one)), { url: `${origin}/redirect` });
    expect(what()).toEqual(
      expect.arrayContaining([
        'above after its body',
        'above after the response',
        'above, attempt 1',
        'below after its body',
        'below after the response',
        'below, attempt 1',
        'below, attempt 2',
      ]),
    );
  });

  test('the credentials, and who is asked after them', async () => {
    const manager = oneSlot({
      credentials: async ({ realm }) => {
        note('credentials', USERS[Number(realm)]);
        await Promise.resolve();
        note('credentials after a wait', USERS[Number(realm)]);
        return null;
      },
    });
    await asEach(manager, (user, one) => manager.get(as(user, one)), { url: `${origin}/closed` });
    expect(what()).toEqual(
      expect.arrayContaining([
        'authenticationRequired',
        'credentials',
        'credentials after a wait',
        'manager.authenticationRequired',
      ]),
    );
  });

  test('a factory of proxies, and a filter of addresses', async () => {
    const manager = oneSlot({
      transport: new SocketTransport({ lookup: loopbackLookup }),
      proxyFactory: async ({ url, attributes }) => {
        note('proxyFactory', attributes.get('user') as string);
        await Promise.resolve();
        note('proxyFactory after a wait', userIn(url));
        return 'none';
      },
      addressFilter: (_address, { host }) => {
        note('addressFilter', USERS[Number.parseInt(host, 10)]);
        return true;
      },
    });
    const port = new URL(origin).port;
    await asEach(
      manager,
      (user, one) =>
        manager.get(as(user, { ...one, url: `http://${USERS.indexOf(user)}.user.test:${port}/x` })),
      { url: origin },
    );
    expect(what()).toEqual(
      expect.arrayContaining(['addressFilter', 'finished', 'proxyFactory', 'proxyFactory after a wait']),
    );
  });

  test('certificates that are not as they should be', async () => {
    const server = https.createServer(authority.issue({ names: ['another.test'] }), listener);
    await cleanup.listen(server);
    const manager = oneSlot({ tls: { ca: authority.certificate } });
    const request = { url: `https://127.0.0.1:${portOf(server)}/x`, headers: { connection: 'close' } };
    await asEach(manager, (_user, one) => manager.get(one), request);
    expect(what()).toEqual(expect.arrayContaining(['metaDataChanged', 'manager.sslErrors', 'sslErrors']));
  });

  test('the events of a stream, and of that which follows it', async () => {
    const manager = oneSlot({});
    await Promise.all(
      USERS.map((user) =>
        storage.run(user, async () => {
          let count = 0;
          const request = { url: `${origin}/events`, attributes: new Map([['user', user]]) };
          for await (const { data } of manager.events(request, { reconnect: true })) {
            note(`event ${data}`, user);
            if (++count === 4) break;
          }
          note('after the events', user);
        }),
      ),
    );
    expect(what()).toEqual(expect.arrayContaining(['after the events', 'event one', 'event two']));
  });
});

test('a transport of one’s own, one slot for all', async () => {
  class OwnTransport implements Transport {
    readonly #inner = new SocketTransport();
    readonly capabilities = this.#inner.capabilities;
    async send(request: HttpRequest, call: Call): Promise<HttpResponse> {
      note('send', ofRequest(request));
      const response = await this.#inner.send(request, call);
      note('send after a wait', ofRequest(request));
      return response;
    }
    close(): Promise<void> {
      return this.#inner.close();
    }
  }
  const manager = listening(
    new NetworkAccessManager({ transport: new OwnTransport(), connectionsPerHost: 1 }),
  );
  await asEach(manager, (_user, one) => manager.get(one), { url: `${origin}/redirect` });
  expect(what()).toEqual(expect.arrayContaining(['send', 'send after a wait']));
});

test.each(['https', 'http2'])('encrypted, on reply and manager, over %s', async (kind) => {
  const server = https.createServer(authority.issue(), listener);
  const h2 = await startHttp2Server(
    (stream) => {
      stream.respond({ ':status': 200 });
      setTimeout(() => stream.end('x'), 2);
    },
    { identity: authority.issue() },
  );
  cleanup.add(() => h2.close());
  await cleanup.listen(server);
  const secure = kind === 'https' ? `https://127.0.0.1:${portOf(server)}` : h2.origin;
  const manager = listening(
    new NetworkAccessManager({ tls: { ca: authority.certificate }, connectionsPerHost: 2 }),
  );
  await asEach(manager, (user, one) => manager.post(one, body(user)), { url: `${secure}/x` });
  expect(what()).toEqual(expect.arrayContaining(['encrypted', 'manager.encrypted', 'a body after a wait']));
});

test('over the fetch of the runtime', async () => {
  const manager = listening(new PortableManager({ connectionsPerHost: 1 }) as never);
  await asEach(manager, (_user, one) => manager.get(one), { url: `${origin}/x` });
  expect(what()).toEqual(expect.arrayContaining(['metaDataChanged', 'readyRead', 'finished']));
});

test('requests that are made in one turn begin each as its own', async () => {
  const manager = listening(new NetworkAccessManager());
  const done = USERS.map((user) =>
    storage.run(user, () => {
      const reply = manager.post({ url: `${origin}/x`, attributes: new Map([['user', user]]) }, body(user));
      return reply.text();
    }),
  );
  await Promise.all(done);
  expect(what()).toContain('a body before its first chunk');
});
