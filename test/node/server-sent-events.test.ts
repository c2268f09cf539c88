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
    ['the close of a manager that it extends', () => manager.close(), 'operation-canceled'],
  ])('the pause before the next stream is ended by %s', async (name, end, code) => {
    const url = await serve((_request, response) => stream(response).end('data: a\n\n'));
    const controller = new AbortController();
    const of = name.endsWith('extends') ? manager.extend().extend() : manager;
    const events = of.events(
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

  test.each<[string, (abort: AbortController) => unknown]>([
    ['its signal', (controller) => controller.abort()],
    ['the close of its manager', () => manager.close()],
    ['the close of a manager that it extends', () => manager.close()],
  ])('%s, while the last event is looked at: there is no pause', async (name, end) => {
    const url = await serve((_request, response) => stream(response).end('data: a\n\n'));
    const controller = new AbortController();
    const of = name.endsWith('extends') ? manager.extend().extend() : manager;
    const events = of.events(
      { url, signal: controller.signal },
      { reconnect: true, reconnectionDelay: 3_600_000 },
    );
    await events.next();
    // The stream has ended by then.
    await manager.get(url).completed;
    await end(controller);
    await expect(events.next()).rejects.toMatchObject({ code: 'operation-canceled' });
  });

  test('an id of any length that a server sets can be sent back', async () => {
    const id = 'ä'.repeat(200_000);
    const sent: unknown[] = [];
    const url = await serveNth(
      cleanup,
      ({ headers }, response, nth) => {
        if (nth === 0) return void stream(response).end(`id: ${id}\ndata: a\n\n`);
        sent.push(headers['last-event-id']);
        response.writeHead(204).end();
      },
      { maxHeaderSize: 2 ** 20 },
    );
    const ids: string[] = [];
    for await (const { lastEventId } of manager.events(url, AT_ONCE)) ids.push(lastEventId);
    expect(ids).toEqual([id]);
    // Octets in UTF-8, each of which Node shows as a character.
    expect(sent).toEqual([Buffer.from(id).toString('latin1')]);
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

/**
 * The cases of WPT's `eventsource/` that are about the bytes of a stream: file, chunks as its server writes them, and what
 * arrives. Those about the DOM (constructors, `onmessage`, `readyState`, shared workers, credentials by CORS) have no counterpart.
 *
 * Source: https://github.com/web-platform-tests/wpt/tree/master/eventsource
 */
describe('WPT eventsource', () => {
  const long = 'x'.repeat(2000);
  const data = (...texts: string[]) => texts.map((text) => ['message', text, '']);
  test.each<[string, string, string[][]]>([
    [
      'event-data',
      'data:msg\ndata: msg\n\n:\nfalsefield:msg\n\nfalsefield:msg\nData:data\n\ndata\n\ndata:end\n\n',
      data('msg\nmsg', '', 'end'),
    ],
    ['format-bom', '\uFEFFdata:1\n\n\uFEFFdata:2\n\ndata:3\n\n', data('1', '3')],
    ['format-bom-2', '\uFEFF\uFEFFdata:1\n\ndata:2\n\ndata:3\n\n', data('2', '3')],
    [
      'format-comments',
      `data:1\r:\0\n:\r\ndata:2\n:${long}\rdata:3\n:data:fail\r:${long}\ndata:4\n\n`,
      data('1\n2\n3\n4'),
    ],
    ['format-data-before-final-empty-line', 'retry:1000\ndata:test1\n\nid:test\ndata:test2', data('test1')],
    ['format-field-data', 'data:\n\ndata\ndata\n\ndata:test\n\n', data('', '\n', 'test')],
    ['format-field-event-empty', 'event: \ndata:data\n\n', data('data')],
    [
      'format-field-event',
      'event:test\ndata:x\n\ndata:x\n\n',
      [
        ['test', 'x', ''],
        ['message', 'x', ''],
      ],
    ],
    ['format-field-id', 'id: \u2026\nretry:200\ndata:hello\n\n', [['message', 'hello', '\u2026']]],
    [
      'format-field-id-2',
      'id\nretry:200\ndata:hello\n\nid:1\ndata:there\n\ndata:again\n\n',
      [
        ['message', 'hello', ''],
        ['message', 'there', '1'],
        ['message', 'again', '1'],
      ],
    ],
    [
      'format-field-id-3, persists',
      'id: 1\ndata: 1\n\ndata: 2\n\n',
      [
        ['message', '1', '1'],
        ['message', '2', '1'],
      ],
    ],
    [
      'format-field-id-3, changes and persists',
      'id: 1\ndata: 1\n\nid: 2\ndata: 2\n\ndata: 3\n\n',
      [
        ['message', '1', '1'],
        ['message', '2', '2'],
        ['message', '3', '2'],
      ],
    ],
    [
      'format-field-id-3, resets',
      'id: 1\ndata: 1\n\nid:\ndata: 2\n\ndata: 3\n\n',
      [
        ['message', '1', '1'],
        ['message', '2', ''],
        ['message', '3', ''],
      ],
    ],
    ['format-field-id-null', 'data: 1\nid: a\0b\n\n', data('1')],
    [
      'format-field-parsing',
      'data:\0\ndata:  2\rData:1\ndata\0:2\ndata:1\r\0data:4\nda-ta:3\rdata_5\ndata:3\rdata:\r\n data:32\ndata:4\n\n',
      data('\0\n 2\n1\n3\n\n4'),
    ],
    ['format-field-retry', 'retry:03000\ndata:x\n\n', data('x')],
    ['format-field-retry-bogus', 'retry:3000\nretry:1000x\ndata:x\n\n', data('x')],
    ['format-field-retry-empty', 'retry\ndata:test\n\n', data('test')],
    [
      'format-field-unknown',
      'data:test\n data\ndata\nfoobar:xxx\njustsometext\n:thisisacommentyay\ndata:test\n\n',
      data('test\n\ntest'),
    ],
    ['format-leading-space', 'data:\ttest\rdata: \ndata:test\n\n', data('\ttest\n\ntest')],
    ['format-newlines', 'data:test\r\ndata\ndata:test\r\n\r', data('test\n\ntest')],
    ['format-null-character', 'data:\0\n\n\n\n', data('\0')],
    ['format-utf-8', 'data:ok\u2026\n\n', data('ok\u2026')],
  ])('%s, however it is cut', async (_, text, expected) => {
    const bytes = Buffer.from(text);
    const url = await serve((_request, response, nth) => {
      response.writeHead(200, { 'content-type': 'text/event-stream;charset=windows-1252' });
      const cut = Math.min(1 + nth * 3, bytes.length);
      response.write(bytes.subarray(0, cut), () => response.end(bytes.subarray(cut)));
    });
    for (let nth = 0; nth < 6; nth++) {
      const events: string[][] = [];
      for await (const event of manager.events(url)) events.push([event.type, event.data, event.lastEventId]);
      expect(events).toEqual(expected);
    }
  });

  test.each<[string, string, number, boolean]>([
    ['format-mime-bogus', 'x bogus', 200, false],
    ['format-mime-valid-bogus', 'text/x-bogus', 200, false],
    ['a parameter that is none', 'text/event-stream;x bogus', 200, true],
    ['format-mime-trailing-semicolon', 'text/event-stream;', 200, true],
    ['a type in another case', 'Text/Event-Stream', 200, true],
    ...[201, 205, 210, 299, 404, 410, 503].map((status): [string, string, number, boolean] => [
      `request-status-error, ${status}`,
      'text/event-stream',
      status,
      false,
    ]),
  ])('%s', async (_, type, status, isStream) => {
    const url = await serve((_request, response) => {
      response.writeHead(status, { 'content-type': type }).end(status === 205 ? '' : 'data: a\n\n');
    });
    const first = manager.events(url, AT_ONCE).next();
    if (isStream) expect((await first).value).toMatchObject({ data: 'a' });
    else await expect(first).rejects.toMatchObject(status < 400 ? { code: 'unknown-content' } : { status });
  });

  test('request-status-error, 204: the stream is over', async () => {
    const url = await serve((_request, response) => response.writeHead(204).end());
    expect(await manager.events(url, AT_ONCE).next()).toMatchObject({ done: true });
  });

  test.each([301, 302, 303, 307])('request-redirect, %i', async (status) => {
    const url = await serve((request, response) => {
      if (request.url === '/there') stream(response).end('data: a\n\n');
      else response.writeHead(status, { location: '/there' }).end();
    });
    expect((await manager.events(url).next()).value).toMatchObject({ data: 'a' });
  });

  test.each(['abc', 'e5p3n<3k0k0s', 'a'.repeat(255)])(
    'eventsource-cross-origin-preflight: the id %s comes back as it is',
    async (id) => {
      const url = await serve(({ headers }, response) => {
        const said = headers['last-event-id'];
        stream(response).end(said === undefined ? `id: ${id}\ndata: first\n\n` : `data: ${said}\n\n`);
      });
      const told: string[] = [];
      for await (const { data: text } of manager.events(url, AT_ONCE)) {
        told.push(text);
        if (told.length === 2) break;
      }
      expect(told).toEqual(['first', id]);
    },
  );

  test('request-accept, request-cache-control, eventsource-reconnect: what is asked for', async () => {
    const asked: unknown[] = [];
    const url = await serve(({ headers }, response, nth) => {
      asked.push([headers.accept, headers['cache-control'], headers['last-event-id']]);
      if (nth < 2) stream(response).end('id: \u2026\ndata: a\n\n');
      else response.writeHead(204).end();
    });
    for await (const event of manager.events(url, AT_ONCE)) expect(event.lastEventId).toBe('\u2026');
    const id = Buffer.from('\u2026').toString('latin1');
    const again = ['text/event-stream', 'no-store', id];
    expect(asked).toEqual([['text/event-stream', 'no-store', undefined], again, again]);
  });
});
