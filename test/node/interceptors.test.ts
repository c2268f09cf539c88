import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { NetworkAccessManager } from '../../platform/node/index.ts';
import {
  bearerToken,
  type Interceptor,
  type InterceptorContext,
  logger,
  MemoryCache,
  NetworkError,
  requestBody,
} from '../../src/index.ts';
import { eventually } from '../support/eventually.ts';
import { FakeClock } from '../support/fixtures.ts';
import { Cleanup, portOf } from '../support/listening.ts';

const cleanup = new Cleanup();
let manager: NetworkAccessManager;
beforeEach(() => {
  manager = new NetworkAccessManager();
  cleanup.add(() => manager.close());
});

function own(options: ConstructorParameters<typeof NetworkAccessManager>[0]): NetworkAccessManager {
  const made = new NetworkAccessManager(options);
  cleanup.add(() => made.close());
  return made;
}

type Handler = (request: IncomingMessage, response: ServerResponse, nth: number) => unknown;

async function serve(handler: Handler): Promise<string> {
  let nth = 0;
  const server = await cleanup.listen(
    createServer((request, response) => void handler(request, response, nth++)),
  );
  return `http://127.0.0.1:${portOf(server)}`;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += chunk;
  return body;
}

describe('an interceptor', () => {
  test('changes what is sent and what is delivered', async () => {
    const origin = await serve(async (request, response) => {
      response.setHeader('x-from', 'server');
      response.end(`${request.method} ${request.url} ${request.headers['x-a']} ${await bodyOf(request)}`);
    });
    manager.interceptors = [
      async (request, next) => {
        const changed = request.withHeader('x-a', '1').withUrl('/other').withMethod('PUT').withBody('new');
        const response = await next(changed);
        expect(response.status).toBe(200);
        return response.withHeader('x-b', '2').withoutHeader('x-from').withStatus(203, 'Changed');
      },
    ];
    const reply = manager.post(`${origin}/`, 'old');
    expect(await reply.text()).toBe('PUT /other 1 new');
    expect(reply).toMatchObject({ status: 203, reason: 'Changed' });
    expect([reply.headers.get('x-b'), reply.headers.get('x-from')]).toEqual(['2', null]);
  });

  test('sees a call once and its final answer, near the network each attempt', async () => {
    const origin = await serve((request, response) => {
      if (request.url === '/') response.writeHead(302, { location: '/b' }).end();
      else response.end('end');
    });
    const seen: string[] = [];
    const watch =
      (name: string): Interceptor =>
      async (request, next, { attempt }) => {
        const response = await next(request);
        seen.push(`${name} ${attempt} ${new URL(request.url).pathname} ${response.status}`);
        return response;
      };
    manager.interceptors = [watch('call')];
    manager.networkInterceptors = [watch('network')];
    expect(await manager.get({ url: `${origin}/`, interceptors: [watch('own')] }).text()).toBe('end');
    expect(seen).toEqual(['network 1 / 302', 'network 2 /b 200', 'own 1 / 200', 'call 1 / 200']);
  });

  test('near the network sees nothing that the cache answers, but its revalidations', async () => {
    const origin = await serve((_, response) => {
      response.writeHead(200, { 'cache-control': 'max-age=60' }).end('stored');
    });
    let attempts = 0;
    manager.cache = new MemoryCache();
    manager.networkInterceptors = [
      (request, next) => {
        attempts++;
        return next(request);
      },
    ];
    for (let i = 0; i < 3; i++) expect(await manager.get(`${origin}/`).text()).toBe('stored');
    expect(attempts).toBe(1);
  });

  test('near the network sees the condition of a revalidation, and the 304 that confirms what is stored', async () => {
    const fields = { etag: '"v"', 'cache-control': 'no-cache' };
    const origin = await serve(({ headers }, response) => {
      if (headers['if-none-match'] === '"v"') response.writeHead(304, fields).end();
      else response.writeHead(200, fields).end('stored');
    });
    const seen: unknown[] = [];
    manager.cache = new MemoryCache();
    manager.networkInterceptors = [
      async (request, next) => {
        const response = await next(request);
        seen.push([request.headers.get('if-none-match'), response.status]);
        return response;
      },
    ];
    for (let i = 0; i < 2; i++) expect(await manager.get(`${origin}/`).text()).toBe('stored');
    expect(seen).toEqual([
      [null, 200],
      ['"v"', 304],
    ]);
  });

  test('knows attributes, signal, attempt and clock, and nothing of what is within', async () => {
    const clock = new FakeClock();
    const told: object[] = [];
    const answers = own({
      clock,
      interceptors: [
        (request, _next, context) => {
          told.push(context, request);
          return { body: '' };
        },
      ],
    });
    await answers.get({ url: 'http://h.test/', attributes: new Map([['who', 'me']]) }).completed;
    const [context, request] = told as [InterceptorContext, object];
    expect([...context.attributes]).toEqual([['who', 'me']]);
    expect(context.signal).toBeInstanceOf(AbortSignal);
    expect([context.attempt, context.clock]).toEqual([1, clock]);
    expect(Object.keys(context).sort()).toEqual(['attempt', 'attributes', 'clock', 'signal']);
    expect(Object.keys(request)).toEqual([]);
  });

  test('reads a body that is delivered all the same, or puts another in its place', async () => {
    const origin = await serve((_, response) => response.end('{"a":1}'));
    const read: unknown[] = [];
    manager.interceptors = [
      async (request, next) => {
        const response = await next(request);
        read.push(await response.json(), await response.text());
        return request.url.endsWith('/new') ? response.withBody('other') : response;
      },
    ];
    expect(await manager.get(`${origin}/`).json()).toEqual({ a: 1 });
    expect(await manager.get(`${origin}/new`).text()).toBe('other');
    expect(read).toEqual([{ a: 1 }, '{"a":1}', { a: 1 }, '{"a":1}']);
  });

  test('answers itself, and nothing is sent', async () => {
    manager.interceptors = [() => ({ status: 418, body: 'tea', headers: { 'x-a': '1' } })];
    const reply = manager.get({ url: 'http://nowhere.invalid/', throwHttpErrors: false });
    expect(await reply.text()).toBe('tea');
    expect(reply.status).toBe(418);
    expect(await (await manager.fetch('http://nowhere.invalid/')).text()).toBe('tea');
  });

  test('calls next again, and the first answer is dropped', async () => {
    const origin = await serve((_, response, nth) => response.writeHead(nth === 0 ? 500 : 200).end(`${nth}`));
    manager.connectionsPerHost = 1;
    manager.interceptors = [
      async (request, next) => {
        const first = await next(request);
        return first.status === 500 ? next(request) : first;
      },
    ];
    expect(await manager.get(`${origin}/`).text()).toBe('1');
    expect(await manager.get(`${origin}/`).text()).toBe('2');
  });

  test.each<[string, Interceptor, string, RegExp]>([
    ['throws', () => Promise.reject(new Error('oops')), 'operation-canceled', /an interceptor failed: oops/],
    [
      'throws a NetworkError',
      () => {
        throw new NetworkError('content-access-denied', 'not you');
      },
      'content-access-denied',
      /not you/,
    ],
    ['gives back nothing', () => undefined as never, 'operation-canceled', /an interceptor failed/],
    ['passes on no request', (_, next) => next({} as never), 'operation-canceled', /next takes the request/],
    [
      'sends it to a file',
      (request, next) => next(request.withUrl('file:///etc/passwd')),
      'protocol-unknown',
      /file/,
    ],
  ])('that %s fails the request', async (_, interceptor, code, message) => {
    manager.interceptors = [interceptor];
    const origin = await serve((__, response) => response.end());
    await expect(manager.get(`${origin}/`).completed).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  test('near the network cannot send it elsewhere', async () => {
    const origin = await serve((_, response) => response.end());
    manager.networkInterceptors = [(request, next) => next(request.withUrl('http://elsewhere.invalid/'))];
    await expect(manager.get(`${origin}/`).completed).rejects.toMatchObject({ code: 'operation-canceled' });
  });

  test('that never settles ends with the abort of its request, and hears of it', async () => {
    let signal: AbortSignal | undefined;
    manager.interceptors = [
      (_request, _next, context) => {
        signal = context.signal;
        return new Promise(() => {});
      },
    ];
    const reply = manager.get('http://nowhere.invalid/');
    const failed = reply.completed.catch((error) => error.code);
    await Promise.resolve().then(() => {});
    await expect.poll(() => signal).toBeDefined();
    reply.abort();
    expect(await failed).toBe('operation-canceled');
    expect(signal?.aborted).toBe(true);
  });

  test('whose answer is too large to collect fails it', async () => {
    const origin = await serve((_, response) => response.end('x'.repeat(100)));
    manager.interceptors = [
      async (request, next) => {
        const response = await next(request);
        await response.bytes();
        return response;
      },
    ];
    await expect(manager.get({ url: `${origin}/`, maximumBodySize: 50 }).text()).rejects.toMatchObject({
      code: 'unknown-content',
    });
  });

  test.each<[string, Interceptor]>([
    [
      'does not wait for what it has asked for',
      (request, next) => {
        void next(request);
        return { body: 'own' };
      },
    ],
    [
      'asks twice at a time',
      async (request, next) => {
        const both = [next(request), next(request)];
        await Promise.race(both);
        return { body: 'own' };
      },
    ],
    [
      'begins to read and gives up',
      async (request, next) => {
        void (await next(request)).bytes().catch(() => {});
        return { body: 'own' };
      },
    ],
  ])('that %s leaves no slot behind', async (_, interceptor) => {
    const origin = await serve((_request, response) => response.end(Buffer.alloc(3_000_000)));
    const manager = own({ connectionsPerHost: 2, interceptors: [interceptor] });
    for (let i = 0; i < 5; i++) expect(await manager.get(`${origin}/`).text()).toBe('own');
    manager.interceptors = [];
    const both = [1, 2].map(() => manager.get(`${origin}/`).bytes());
    for (const bytes of await Promise.all(both)) expect(bytes).toHaveLength(3_000_000);
  });

  test('that fails while it reads ends the transfer', async () => {
    let closed: Promise<unknown> | undefined;
    const origin = await serve((_request, response) => {
      closed = once(response, 'close');
      response.write('endless');
    });
    manager.interceptors = [
      async (request, next) => {
        void (await next(request)).bytes().catch(() => {});
        throw new Error('oops');
      },
    ];
    await expect(manager.get(`${origin}/`).completed).rejects.toMatchObject({ code: 'operation-canceled' });
    await closed;
  });

  test('a body of its own is released when the request fails before it was opened', async () => {
    let released = 0;
    const body = {
      [requestBody]: () => ({
        length: null,
        replayable: false,
        bytes: null,
        contentType: null,
        open: () => {
          throw new Error('not asked');
        },
        discard: () => released++,
      }),
    };
    manager.interceptors = [(request, next) => next(request.withBody(body as never))];
    await expect(manager.post('http://nowhere.invalid/', 'x').completed).rejects.toMatchObject({
      code: 'host-not-found',
    });
    expect(released).toBe(1);
  });

  test('what a URL knows of its user stays with its origin', async () => {
    const origin = await serve((request, response) => {
      if (request.headers.authorization === undefined)
        response.setHeader('www-authenticate', 'Basic realm="a"');
      response.writeHead(request.headers.authorization === undefined ? 401 : 200);
      response.end(request.headers.authorization);
    });
    manager.interceptors = [(request, next) => next(request.withUrl('/other'))];
    const url = origin.replace('//', '//user:pass@');
    expect(await manager.get(`${url}/`).text()).toBe(`Basic ${btoa('user:pass')}`);
    const elsewhere = await serve((request, response) => response.end(String(request.headers.authorization)));
    manager.interceptors = [(request, next) => next(request.withUrl(elsewhere))];
    expect(await manager.get(`${url}/`).text()).toBe('undefined');
  });

  test('no credentials of a URL are shown', async () => {
    const shown: string[] = [];
    manager.interceptors = [
      (request) => {
        shown.push(request.url, JSON.stringify(request));
        return { body: '' };
      },
    ];
    const headers = { authorization: 'Bearer s3cret' };
    await manager.get({ url: 'http://u:s3cret@nowhere.invalid/', headers }).completed;
    expect(shown.join()).not.toContain('s3cret');
  });
});

describe('bearerToken()', () => {
  test('is not refreshed again by whoever still reads the old one when the new one comes', async () => {
    let valid = 'old';
    const origin = await serve((request, response) => {
      response.writeHead(request.headers.authorization === 'Bearer new' ? 200 : 401).end();
    });
    let reads = 0;
    let read = (): void => {};
    const refresh = vi.fn(async () => {
      valid = 'new';
      return valid;
    });
    const get = async (): Promise<string> => {
      const token = valid;
      // Both read it before they ask, and when they are refused; the last has read it, and waits.
      if (++reads === 4) await new Promise<void>((resolve) => (read = resolve));
      return token;
    };
    // Both have read the old one again before it is renewed.
    const renew = async (): Promise<string> => {
      await eventually(() => expect(reads).toBe(4));
      return refresh();
    };
    manager.interceptors = [bearerToken({ origins: [origin], get, refresh: renew })];
    const replies = [1, 2].map(() => manager.get(`${origin}/`).completed);
    await Promise.race(replies);
    read();
    expect((await Promise.all(replies)).map(({ status }) => status)).toEqual([200, 200]);
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  test('sends a token, refreshes it once for all that are refused, and tells no other origin', async () => {
    let valid = 'old';
    const seen: (string | undefined)[] = [];
    const origin = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(request.headers.authorization === 'Bearer new' ? 200 : 401).end();
    });
    let refreshes = 0;
    manager.interceptors = [
      bearerToken({
        origins: [origin],
        get: () => valid,
        refresh: async (refused) => {
          expect(refused).toBe('old');
          refreshes++;
          valid = 'new';
          return valid;
        },
      }),
    ];
    const replies = [1, 2, 3].map(() => manager.get(`${origin}/`).completed);
    expect((await Promise.all(replies)).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(refreshes).toBe(1);
    const elsewhere = await serve((request, response) => response.end(String(request.headers.authorization)));
    expect(await manager.get(`${elsewhere}/`).text()).toBe('undefined');
    seen.length = 0;
    const own = { url: `${origin}/`, headers: { authorization: 'Basic x' }, throwHttpErrors: false };
    await manager.get(own).completed;
    expect(seen).toEqual(['Basic x']);
  });
});

test('a 401 of another host, behind a redirect, refreshes no token: it was not shown any', async () => {
  const elsewhere = await serve((request, response) =>
    response.writeHead(request.headers.authorization === undefined ? 401 : 500).end(),
  );
  const location = elsewhere.replace('127.0.0.1', 'localhost');
  const origin = await serve((_, response) => response.writeHead(302, { location }).end());
  const refresh = vi.fn(() => 'new');
  manager.interceptors = [bearerToken({ get: () => 'old', refresh })];
  const reply = await manager.get({
    url: `${origin}/`,
    redirectPolicy: 'no-less-safe',
    throwHttpErrors: false,
  }).completed;
  expect([reply.status, refresh.mock.calls.length]).toEqual([401, 0]);
});

test('what next() gives may be left alone, and fails then without a word', async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  const left = manager.get({
    url: 'http://nowhere.invalid/',
    interceptors: [
      async (request, next) => {
        void next(request);
        await new Promise((resolve) => setImmediate(resolve));
        return { body: 'own' };
      },
      () => {
        throw new NetworkError('host-not-found', 'of the next one');
      },
    ],
  });
  expect(await left.text()).toBe('own');
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});

test.each([
  ['a Response', () => new Response('x'), /an interceptor failed: its answer: a Response is no answer/],
  [
    'a misspelt answer',
    () => ({ stats: 200 }),
    /an interceptor failed: its answer: unknown option 'stats'; did you mean 'status'/,
  ],
])('%s of an interceptor is refused in words', async (_, answer, words) => {
  const interceptors = [answer as never];
  await expect(manager.get({ url: 'http://nowhere.invalid/', interceptors }).text()).rejects.toThrow(words);
});

test('logger() tells what is sent and what came of it, without secrets', async () => {
  const lines: string[] = [];
  const origin = await serve((_, response) => response.end('ok'));
  manager.interceptors = [logger({ log: (line) => lines.push(line), headers: true })];
  await manager.get({ url: `${origin}/a?token=s3cret`, headers: { authorization: 'Bearer s3cret' } })
    .completed;
  expect(lines[0]).toMatch(/^→ GET http:\/\/127\.0\.0\.1:\d+\/a \{"authorization":"\(hidden\)"/);
  expect(lines[1]).toMatch(/^← GET .* 200 after \d+ ms/);
  expect(lines.join()).not.toContain('s3cret');
});

test('what a request names secret is not shown: by logger(), by a request, a response or fields that are inspected', async () => {
  const shown: string[] = [];
  const origin = await serve(({ url }, response) => {
    const fields = { 'x-mine': 's3cret' };
    if (url === '/away') response.writeHead(302, { ...fields, location: '/' }).end();
    else {
      response.writeEarlyHints({ ...fields, link: '</x>; rel=preload' });
      response.writeHead(200, { ...fields, trailer: 'x-mine' }).write('ok');
      response.addTrailers(fields);
      response.end();
    }
  });
  manager.interceptors = [logger({ log: (line) => shown.push(line), headers: true })];
  manager.networkInterceptors = [
    async (request, next) => {
      const sent = request.withHeader('x-more', '1');
      const response = await next(sent);
      const values = [sent, sent.headers, sent.headers.clone(), response, response.headers];
      shown.push(...values.flatMap((value) => [inspect(value), JSON.stringify(value)]));
      return response;
    },
  ];
  const request = { url: `${origin}/away`, headers: { 'x-mine': 's3cret' }, secretHeaders: ['X-Mine'] };
  const sent = manager.get(request);
  const received: unknown[] = [];
  sent.on('informational', (_, fields) => received.push(fields));
  const reply = await sent.completed;
  received.push(reply.hops, reply.trailers);
  expect(inspect(received, { depth: 9 }).match(/x-mine/g)).toHaveLength(3);
  shown.push(inspect(received, { depth: 9 }), JSON.stringify(received));
  shown.push(inspect(reply.request), inspect(reply.headers), inspect(reply.request.headers.with('x', 'y')));
  for (const redirectPolicy of ['user-verified', 'same-origin'] as const) {
    const asks = {
      ...request,
      redirectPolicy,
      maximumRedirectsAllowed: redirectPolicy === 'same-origin' ? 0 : 5,
    };
    const error = await manager.get(asks).completed.catch((thrown) => thrown);
    expect(error.headers).toContainEqual(['location', '/']);
    shown.push(inspect(error), JSON.stringify(error));
  }
  expect(shown.join()).not.toContain('s3cret');
  expect(reply.headers.get('x-mine')).toBe('s3cret');
  expect(reply.request.headers.get('x-mine')).toBe('s3cret');
});

test.each([[[1]], ['x'], [{}]])('interceptors: %o is a TypeError', (interceptors) => {
  expect(() => new NetworkAccessManager({ interceptors: interceptors as never })).toThrow(/interceptors/);
});
