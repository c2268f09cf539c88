import { beforeEach, describe, expect, test } from 'vitest';
import { NetworkAccessManager } from '../../platform/node/index.ts';
import type { NetworkReply } from '../../src/index.ts';
import { until } from '../suites/transport/harness.ts';
import { FakeClock } from '../support/fixtures.ts';
import { Cleanup, type NthHandler, serveNth } from '../support/listening.ts';

const cleanup = new Cleanup();
let manager: NetworkAccessManager;
beforeEach(() => {
  manager = new NetworkAccessManager({ retry: { delay: 0 } });
  cleanup.add(() => manager.close());
});

const serve = (handler: NthHandler): Promise<string> => serveNth(cleanup, handler);

function watched(reply: NetworkReply): [number, string, number][] {
  const told: [number, string, number][] = [];
  reply.on('retrying', (attempt, { code }, delay) => told.push([attempt, code, delay]));
  return told;
}

describe('a request that fails', () => {
  test('is sent again, told by a signal, and its reply shows the last answer alone', async () => {
    const url = await serve((_, response, nth) => {
      // A kept connection that is lost is replaced without a word.
      if (nth === 0) response.writeHead(503, { connection: 'close' }).end('no');
      else if (nth === 1) response.destroy();
      else response.end('yes');
    });
    const reply = manager.get(url);
    const told = watched(reply);
    const words: string[] = [];
    reply.on('retrying', (_, { message }) => words.push(message));
    const heads: number[] = [];
    reply.on('metaDataChanged', () => heads.push(reply.status));
    expect(await reply.text()).toBe('yes');
    expect(told).toEqual([
      [2, 'service-unavailable', 0],
      [3, 'remote-host-closed', 0],
    ]);
    expect(words).toEqual([expect.stringMatching(`^GET ${url}`), expect.stringMatching(`^GET ${url}`)]);
    expect(reply.attempts).toBe(3);
    expect(heads).toEqual([200]);
  });

  test('ends with what the last attempt came to', async () => {
    const url = await serve((_, response, nth) => response.writeHead(503).end(`no ${nth}`));
    const reply = manager.get({ url, throwHttpErrors: false });
    expect(await reply.text()).toBe('no 2');
    expect(reply).toMatchObject({ status: 503, attempts: 3 });
    expect(reply.error?.code).toBe('service-unavailable');
  });

  test('is not without the option', async () => {
    let requests = 0;
    const url = await serve((_, response) => {
      requests++;
      response.writeHead(503).end();
    });
    await expect(manager.get({ url, retry: false }).completed).rejects.toMatchObject({ status: 503 });
    expect(requests).toBe(1);
  });

  test('is when its attempt timed out', async () => {
    const clock = new FakeClock();
    const patient = new NetworkAccessManager({ retry: { delay: 0 }, clock });
    cleanup.add(() => patient.close());
    let requests = 0;
    const url = await serve((_, response, nth) => {
      requests++;
      if (nth > 0) response.end('late');
    });
    const reply = patient.get({ url, transferTimeout: 50 });
    const told = watched(reply);
    // The answer to the second gets all the time that it takes.
    await until(() => {
      clock.advance(requests > 0 && told.length === 0 ? 50 : 0);
      return reply.isFinished;
    });
    expect(await reply.text()).toBe('late');
    expect(told).toMatchObject([[2, 'timeout', 0]]);
  });

  test('a body that can be sent again is; a POST only with a key, which stays the same, over a redirect, too', async () => {
    const seen: (string | undefined)[] = [];
    const url = await serve(async (request, response, nth) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      seen.push(`${request.method} ${body}`, request.headers['idempotency-key'] as string | undefined);
      if (request.url === '/') response.writeHead(307, { location: '/target' }).end();
      else response.writeHead(nth % 4 === 2 ? 200 : 503).end();
    });
    await expect(manager.post(url, 'x').completed).rejects.toMatchObject({ status: 503 });
    expect(seen).toEqual(['POST x', undefined, 'POST x', undefined]);
    seen.length = 0;
    const withKey = { url, retry: { delay: 0, idempotencyKey: true } };
    await manager.post(withKey, 'x').completed.catch(() => {});
    const key = seen[1];
    expect(key).toMatch(/^"[0-9a-f]{32}"$/);
    expect(new Set(seen)).toEqual(new Set(['POST x', key]));
    expect(seen.length).toBeGreaterThan(4);
  });

  test('Retry-After is obeyed', async () => {
    const url = await serve((_, response) => response.writeHead(429, { 'retry-after': '7' }).end());
    const reply = manager.get(url);
    const told = watched(reply);
    reply.on('retrying', () => reply.abort());
    await expect(reply.completed).rejects.toMatchObject({ code: 'operation-canceled' });
    expect(told).toEqual([[2, 'unknown-content', 7000]]);
  });

  test.each<[string, (reply: NetworkReply) => unknown]>([
    ['abort', (reply) => reply.abort()],
    ['close of the manager', () => manager.close()],
  ])('a pause is ended by %s, and keeps no slot meanwhile', async (_, end) => {
    const url = await serve((request, response) => {
      response.writeHead(request.url === '/' ? 503 : 200, { 'retry-after': '60' }).end();
    });
    manager.connectionsPerHost = 1;
    const reply = manager.get(url);
    const failed = reply.completed.catch((error) => error.code);
    await new Promise<void>((resolve) => reply.on('retrying', () => resolve()));
    await manager.get(`${url}other`).completed;
    await end(reply);
    expect(await failed).toBe('operation-canceled');
  });

  test('a server that is down gets a tenth more, not three times as much', async () => {
    let requests = 0;
    const url = await serve((_, response) => {
      requests++;
      response.writeHead(503).end();
    });
    const all = Array.from({ length: 200 }, () => manager.get(url).completed.catch(() => {}));
    await Promise.all(all);
    expect(requests).toBe(220);
  });

  test('fetch is, too', async () => {
    const url = await serve((_, response, nth) => response.writeHead(nth === 0 ? 502 : 200).end());
    expect((await manager.fetch(url)).status).toBe(200);
  });
});
