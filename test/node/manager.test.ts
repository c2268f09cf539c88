import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { socketCapabilities } from '../../platform/node/http-module-transport/capabilities.ts';
import { NetworkAccessManager, NetworkError, NetworkReply } from '../../platform/node/index.ts';
import type { BodyInput } from '../../src/message/request-body.ts';
import type { NetworkRequest } from '../../src/options/options.ts';
import type { Operation } from '../../src/reply/operation.ts';
import { catching } from '../support/catching.ts';
import { makeRequest } from '../support/fixtures.ts';
import { serveAll } from '../support/listening.ts';

let origin = '';
const open = new Set<ServerResponse>();
const server = createServer((request, response) => void answer(request, response));

serveAll(server, (at) => {
  origin = at;
});

let manager: NetworkAccessManager;
beforeEach(() => {
  manager = new NetworkAccessManager();
});
afterEach(() => manager.close());

/** Echoes what it got; `/hang` never answers, `/stall` sends half a body, `/status/N`. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, kind, argument] = request.url!.split('/');
  open.add(response);
  response.on('close', () => open.delete(response));
  if (kind === 'hang') return;
  if (kind === 'stall') {
    response.writeHead(200, { 'content-length': '100' }).write('half');
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { method, url, headers } = request;
  response.writeHead(kind === 'status' ? Number(argument) : 200, {
    'content-type': 'application/json',
    'set-cookie': ['a=1', 'b=2'],
  });
  response.end(JSON.stringify({ method, url, headers, body: Buffer.concat(chunks).toString() }));
}

interface Echo {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

describe('verbs', () => {
  const verbs: [string, () => NetworkReply, Operation, Partial<Echo>][] = [
    ['get', () => manager.get(`${origin}/a?b#c`), 'get', { method: 'GET', url: '/a?b', body: '' }],
    ['get with a body', () => manager.get(origin, 'q'), 'get', { method: 'GET', body: 'q' }],
    ['post', () => manager.post(origin, 'x'), 'post', { method: 'POST', body: 'x' }],
    ['put', () => manager.put(new URL(origin), new Uint8Array([65])), 'put', { method: 'PUT', body: 'A' }],
    ['deleteResource', () => manager.deleteResource(origin), 'delete', { method: 'DELETE' }],
    ['delete', () => manager.delete({ url: origin }), 'delete', { method: 'DELETE' }],
    ['patch', () => manager.patch(origin, 'p'), 'custom', { method: 'PATCH', body: 'p' }],
    [
      'a custom verb',
      () => manager.sendCustomRequest(origin, 'REPORT', 'r'),
      'custom',
      { method: 'REPORT', body: 'r' },
    ],
    [
      'a custom verb that is really POST',
      () => manager.sendCustomRequest(origin, 'post', 'r'),
      'post',
      { method: 'POST', body: 'r' },
    ],
    ['request', () => manager.request('PUT', origin, 'r'), 'put', { method: 'PUT', body: 'r' }],
  ];
  test.each(verbs)('%s', async (_name, start, operation, expected) => {
    const reply = start();
    expect(reply.operation).toBe(operation);
    expect(await reply.json<Echo>()).toMatchObject(expected);
    expect(reply.error).toBeNull();
  });

  test('head has headers and no body', async () => {
    const reply = await manager.head(origin).completed;
    expect([reply.operation, reply.status, reply.bytesAvailable]).toEqual(['head', 200, 0]);
    expect(reply.headers.get('content-type')).toBe('application/json');
    expect(reply.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  });

  test.each<[string, () => unknown]>([
    ['no URL', () => manager.get('nonsense')],
    ['a request without a url', () => manager.get({} as never)],
    ['an inherited url', () => manager.get(Object.create({ url: origin }))],
    ['CRLF in the URL', () => manager.get(`${origin}/\r\nX: y`)],
    ['CRLF in a field', () => manager.get({ url: origin, headers: { a: 'b\r\nc: d' } })],
    ['a verb that is no token', () => manager.sendCustomRequest(origin, 'GE T')],
    ['a verb with CRLF', () => manager.sendCustomRequest(origin, 'X\r\nY')],
    ['CONNECT', () => manager.sendCustomRequest(origin, 'CONNECT')],
    ['TLS material of no kind', () => manager.get({ url: origin, tls: { ca: 5 } as never })],
    ['the same for every request', () => Object.assign(manager, { tls: { ca: 5 } })],
    ['TLS material of an unknown name', () => Object.assign(manager, { tls: { rejectUnauthorized: false } })],
    ['a site that is no URL', () => manager.get({ url: origin, siteForCookies: 'example.com' })],
    ['a body of no kind', () => manager.post(origin, 5 as never)],
    ['a custom operation without a method', () => new Overridable().raw('custom', { url: origin })],
  ])('%s is a TypeError before any I/O', (_name, start) => {
    expect(start).toThrow(TypeError);
  });
});

class Overridable extends NetworkAccessManager {
  readonly seen: [Operation, NetworkRequest, unknown][] = [];
  answer: NetworkReply | null = null;

  protected override createRequest(
    operation: Operation,
    request: NetworkRequest,
    body?: BodyInput | null,
  ): NetworkReply {
    this.seen.push([operation, request, body]);
    return this.answer ?? super.createRequest(operation, { ...request, headers: { 'x-added': 'yes' } }, body);
  }

  raw(operation: Operation, request: NetworkRequest): NetworkReply {
    return super.createRequest(operation, request);
  }

  override supportedSchemes(): string[] {
    return [...super.supportedSchemes(), 'mine'];
  }
}

describe('createRequest', () => {
  test('sees every verb and fetch, with the operation that it really is, and may change the request', async () => {
    await using overridden = new Overridable();
    const echo = await overridden.sendCustomRequest(origin, 'pOsT', 'x').json<Echo>();
    expect(echo.headers['x-added']).toBe('yes');
    await overridden.fetch(origin, { method: 'DELETE' });
    expect(overridden.seen.map(([operation]) => operation)).toEqual(['post', 'delete']);
    expect(overridden.seen[0]).toEqual(['post', { url: origin }, 'x']);
  });

  test('may answer with a reply of its own, whose signals reach the manager', async () => {
    await using overridden = new Overridable();
    overridden.answer = NetworkReply.from(makeRequest(), {
      status: 418,
      body: 'teapot',
      headers: { a: 'b' },
    });
    const finished: NetworkReply[] = [];
    overridden.on('finished', (reply) => finished.push(reply));
    const reply = overridden.get(origin);
    expect(reply).toBe(overridden.answer);
    await expect(reply.text()).rejects.toMatchObject({ code: 'protocol-invalid-operation', status: 418 });
    expect(finished).toEqual([reply]);
  });

  test('answers a request as it would have been sent', async () => {
    class Stubbed extends NetworkAccessManager {
      protected override createRequest(
        operation: Operation,
        request: NetworkRequest,
        body?: BodyInput | null,
      ): NetworkReply {
        const resolved = this.resolveRequest(operation, request, body);
        return NetworkReply.from(resolved, { status: 404, body: 'stub' }, operation);
      }
    }
    await using stubbed = new Stubbed({ throwHttpErrors: false, headers: { 'x-common': 'all' } });
    const reply = stubbed.post('http://stub.test/#there', 'x');
    expect(await reply.text()).toBe('stub');
    expect([reply.operation, reply.url, reply.status]).toEqual(['post', 'http://stub.test/#there', 404]);
    expect(reply.request.headers.get('x-common')).toBe('all');
    expect(() => stubbed.get('nonsense')).toThrow(TypeError);
  });

  test('called directly gives a reply whose end the manager does not signal', async () => {
    await using overridden = new Overridable();
    let finished = 0;
    overridden.on('finished', () => finished++);
    await overridden.raw('get', { url: origin }).completed;
    expect(finished).toBe(0);
    expect(overridden.supportedSchemes()).toContain('mine');
  });
});

describe('configuration', () => {
  test('accessors act on later requests, request options win', async () => {
    manager.headers = { 'x-common': 'all', 'x-over': 'manager' };
    manager.userAgent = 'test/1';
    const { headers } = await manager.get({ url: origin, headers: { 'X-Over': 'request' } }).json<Echo>();
    expect(headers).toMatchObject({ 'x-common': 'all', 'x-over': 'request', 'user-agent': 'test/1' });
    manager.transferTimeout = 20;
    await expect(manager.get(`${origin}/hang`).completed).rejects.toMatchObject({
      code: 'timeout',
      qtCode: 4,
    });
    const unlimited = manager.get({ url: `${origin}/hang`, transferTimeout: 0 });
    expect(unlimited.request.options.transferTimeout).toBe(0);
    expect(() => {
      manager.transferTimeout = -5;
    }).toThrow(/transferTimeout/);
    expect(() => new NetworkAccessManager({ nonsense: 1 } as never)).toThrow(/nonsense/);
    expect(manager.connectionsPerHost).toBe(6);
  });

  test('a transport of one’s own can be taken away again', async () => {
    const closed: string[] = [];
    manager.transport = {
      capabilities: socketCapabilities,
      send: () => Promise.reject(new NetworkError('unknown-network', 'mine')),
      close: async () => void closed.push('mine'),
    };
    await expect(manager.get(origin).completed).rejects.toMatchObject({
      message: expect.stringContaining(': mine'),
    });
    const { transport } = manager;
    manager.transport = null;
    await manager.get(origin).completed;
    manager.transport = transport;
    await manager.close();
    expect(closed).toEqual(['mine']);
  });

  test('six at a time for a host, the rest wait their turn by priority', async () => {
    const started: string[] = [];
    const first = Array.from({ length: 6 }, () => manager.get(`${origin}/hang`));
    const rest = (['low', 'normal', 'high', 'low'] as const).map((priority, index) => {
      const reply = manager.get({ url: `${origin}/q${index}`, priority });
      reply.on('requestSent', () => started.push(`${priority}${index}`));
      return reply;
    });
    await until(() => open.size === 6);
    rest[3]!.setPriority('high');
    for (const reply of first) reply.abort();
    await Promise.all(rest.map((reply) => reply.completed));
    expect(started.slice(0, 2)).toEqual(['high2', 'low3']);
  });
});

describe('the end', () => {
  test('close ends what is in flight, queued or asked for later, with operation-canceled', async () => {
    const replies = Array.from({ length: 9 }, () => manager.get(`${origin}/hang`));
    replies.push(manager.get(`${origin}/stall`));
    await until(() => open.size === 6);
    await manager.close();
    expect(replies.map((reply) => reply.error?.code)).toEqual(Array(10).fill('operation-canceled'));
    await expect(manager.get(origin).completed).rejects.toMatchObject({ code: 'operation-canceled' });
    await until(() => open.size === 0);
  });

  test.each(['transport', 'jar'])('close lets go of all else although the %s cannot', async (broken) => {
    const closed: string[] = [];
    const close = async (name: string): Promise<void> => {
      closed.push(name);
      if (name === broken) throw new Error('disk full');
    };
    const manager = new NetworkAccessManager({
      transport: {
        capabilities: socketCapabilities,
        send: () => Promise.reject(),
        close: () => close('transport'),
      },
      cookieJar: {
        cookiesForUrl: () => [],
        setCookiesFromUrl: () => false,
        flush: () => close('jar'),
      } as never,
    });
    await expect(manager.close()).rejects.toThrow('disk full');
    expect(closed.sort()).toEqual(['jar', 'transport']);
  });

  test('a request that is aborted from the start is not sent along with others of its turn', async () => {
    await manager.get(origin).completed;
    const seen: string[] = [];
    const note = (request: IncomingMessage): void => void seen.push(request.url!);
    server.on('request', note);
    const sent = manager.get(`${origin}/sent`);
    const aborted = manager.get({ url: `${origin}/aborted`, signal: AbortSignal.abort() });
    await expect(aborted.completed).rejects.toMatchObject({ code: 'operation-canceled' });
    await sent.completed;
    await manager.get(`${origin}/later`).completed;
    server.off('request', note);
    expect(seen).toEqual(['/sent', '/later']);
    expect(aborted.timings).toBeNull();
  });

  test('one signal aborts many without a warning', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error): void => void warnings.push(warning);
    process.on('warning', note);
    const controller = new AbortController();
    const { signal } = controller;
    const replies = Array.from({ length: 20 }, () => manager.get({ url: `${origin}/hang`, signal }));
    await until(() => open.size === 6);
    controller.abort();
    process.off('warning', note);
    expect(warnings).toEqual([]);
    expect(replies.map((reply) => reply.error?.code)).toEqual(Array(20).fill('operation-canceled'));
  });

  test('a signal aborts, before and during, and leaves no listener behind', async () => {
    const controller = new AbortController();
    const reply = manager.get({ url: `${origin}/stall`, signal: controller.signal });
    reply.on('readyRead', () => controller.abort('enough'));
    await expect(reply.completed).rejects.toMatchObject({ code: 'operation-canceled', cause: 'enough' });
    await expect(manager.get({ url: origin, signal: controller.signal }).completed).rejects.toMatchObject({
      code: 'operation-canceled',
    });
  });

  test('an abort frees the slot', async () => {
    const hanging = Array.from({ length: 6 }, () => manager.get(`${origin}/hang`));
    const next = manager.get(origin);
    hanging[0]!.abort();
    await next.completed;
  });
});

describe('listeners', () => {
  test('one that throws breaks neither the request nor the queue', async () => {
    const uncaught: unknown[] = [];
    vi.stubGlobal('queueMicrotask', catching(uncaught));
    try {
      const broken = () => {
        throw new Error('listener');
      };
      manager.on('finished', broken);
      for (let i = 0; i < 8; i++) {
        const reply = manager.get(origin);
        reply.on('metaDataChanged', broken).on('readyRead', broken).on('finished', broken);
        await reply.completed;
      }
      expect(uncaught.length).toBe(32);
    } finally {
      vi.unstubAllGlobals();
    }
  });
});

/** Resolves when the condition holds; looks again with every turn of the event loop. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
