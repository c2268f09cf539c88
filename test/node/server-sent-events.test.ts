import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { beforeEach, describe, expect, test } from 'vitest';
import { NetworkAccessManager } from '../../platform/node/index.ts';
import { Cleanup, type NthHandler, serveNth } from '../support/listening.ts';

const cleanup = new Cleanup();
let manager: NetworkAccessManager;
beforeEach(() => {
  manager = new NetworkAccessManager();
  cleanup.add(() => manager.close());
});

const serve = (handler: NthHandler): Promise<string> => serveNth(cleanup, handler);

function stream(response: ServerResponse): ServerResponse {
  return response.writeHead(200, { 'content-type': 'text/event-stream' });
}

const AT_ONCE = { reconnect: true, reconnectionDelay: 0 };

describe('events()', () => {
  test('gives them as they come, and ends with the stream', async () => {
    let accept: string | undefined;
    const url = await serve((request, response) => {
      accept = request.headers.accept;
      stream(response).end('\ufeffdata: a\r\n\r\nevent: x\rid: 7\rdata: b\r\rdata: cut');
    });
    const events = [];
    for await (const event of manager.events(url)) events.push(event);
    expect(events).toEqual([
      { type: 'message', data: 'a', lastEventId: '' },
      { type: 'x', data: 'b', lastEventId: '7' },
    ]);
    expect(accept).toBe('text/event-stream');
  });

  test('by POST with a body, as language models are asked', async () => {
    const url = await serve(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      stream(response).end(`data: ${request.method} ${body}\n\n`);
    });
    const events = manager.events({ url, method: 'POST' }, { body: 'why?' });
    expect((await events.next()).value).toMatchObject({ data: 'POST why?' });
    await events.return();
  });

  test('asks again after an end and after a loss, with the last id, and stops at 204', async () => {
    const ids: (string | undefined)[] = [];
    const url = await serve((request, response, nth) => {
      ids.push(request.headers['last-event-id'] as string | undefined);
      if (nth === 0) stream(response).end('id: ä1\ndata: a\n\n');
      else if (nth === 1) response.destroy();
      else if (nth === 2) stream(response).write('retry: 1\ndata: b\n\n', () => response.destroy());
      else response.writeHead(204).end();
    });
    const data = [];
    for await (const event of manager.events(url, AT_ONCE)) data.push(event.data);
    expect(data).toEqual(['a', 'b']);
    const id = Buffer.from('ä1').toString('latin1');
    expect(ids).toEqual([undefined, id, id, id]);
  });

  test.each<[string, number, Record<string, string>, string]>([
    ['another type', 200, { 'content-type': 'text/html' }, 'unknown-content'],
    ['another status', 205, { 'content-type': 'text/event-stream' }, 'unknown-content'],
    ['an error status', 503, { 'content-type': 'text/event-stream' }, 'service-unavailable'],
  ])('%s is no stream, and is not asked for again', async (_, status, headers, code) => {
    let requests = 0;
    const url = await serve((_request, response) => {
      requests++;
      response.writeHead(status, headers).end('data: a\n\n');
    });
    await expect(manager.events(url, AT_ONCE).next()).rejects.toMatchObject({ code, status });
    expect(requests).toBe(1);
  });

  test('without reconnect a loss is an error', async () => {
    const url = await serve((_, response) => stream(response).write('data: a\n\n', () => response.destroy()));
    const events = manager.events(url);
    expect((await events.next()).value).toMatchObject({ data: 'a' });
    await expect(events.next()).rejects.toMatchObject({ code: 'remote-host-closed' });
  });

  test('leaving the loop ends the request', async () => {
    let closed: Promise<unknown> | undefined;
    const url = await serve((_, response) => {
      closed = once(response, 'close');
      stream(response).write('data: a\n\n');
    });
    for await (const event of manager.events(url, AT_ONCE)) {
      expect(event.data).toBe('a');
      break;
    }
    await closed;
  });

  test.each<[string, (events: AsyncGenerator<unknown>, abort: AbortController) => unknown, string | null]>([
    ['return()', (events) => events.return(undefined), null],
    ['its signal', (_, controller) => controller.abort(), 'operation-canceled'],
    ['the close of its manager', () => manager.close(), 'operation-canceled'],
  ])('the pause before the next stream is ended by %s', async (_, end, code) => {
    const url = await serve((_request, response) => stream(response).end('data: a\n\n'));
    const controller = new AbortController();
    const events = manager.events(
      { url, signal: controller.signal },
      { reconnect: true, reconnectionDelay: 3_600_000 },
    );
    await events.next();
    const next = events.next().then(
      ({ done }) => done,
      ({ code: told }) => told,
    );
    await manager.get(url).completed;
    await end(events, controller);
    expect(await next).toBe(code ?? true);
  });

  test('an event that is too large is an error', async () => {
    const url = await serve((_, response) => stream(response).write(`data: ${'x'.repeat(100)}\n\n`));
    const events = manager.events(url, { ...AT_ONCE, maximumEventSize: 50 });
    await expect(events.next()).rejects.toMatchObject({
      code: 'unknown-content',
      message: expect.stringContaining('maximum'),
    });
  });

  test('misspelt options are refused at once', () => {
    expect(() => manager.events('http://x.test/', { reconect: true } as never)).toThrow(/reconnect/);
  });
});
