import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  NetworkAccessManager,
  type NetworkErrorCode,
  type SchemeHandler,
} from '../../platform/node/index.ts';

let manager: NetworkAccessManager;
beforeEach(() => {
  manager = new NetworkAccessManager();
});
afterEach(() => manager.close());

test('a handler with one method answers, or throws', async () => {
  manager.schemes = {
    app: {
      open: (request) =>
        new Response(`${request.method} ${request.url.hostname}`, { status: 201, headers: { a: 'b' } }),
    },
    broken: {
      open: () => {
        throw new RangeError('no');
      },
    },
  };
  const reply = manager.post('app://host/x', 'body');
  expect(await reply.text()).toBe('POST host');
  expect([reply.status, reply.headers.get('a')]).toEqual([201, 'b']);
  await expect(manager.get('broken:x').text()).rejects.toMatchObject({
    code: 'unknown-content',
    cause: expect.any(RangeError),
  });
  expect(manager.supportedSchemes()).toEqual(expect.arrayContaining(['http', 'https', 'data', 'app']));
});

test.each<[string, () => unknown, NetworkErrorCode]>([
  ['nothing', () => undefined, 'unknown-content'],
  ['what is no response of ours', () => ({ status: 200, url: 'x:', body: {} }), 'unknown-content'],
  ['a network error', () => Response.error(), 'unknown-network'],
])('a handler that returns %s fails the request', async (_name, open, code) => {
  manager.schemes = { odd: { open: open as SchemeHandler['open'] } };
  await expect(manager.get('odd:x').text()).rejects.toMatchObject({ code });
});

test('the length of encoded bytes is not taken for that of what a fetch has decoded', async () => {
  const headers = { 'content-encoding': 'gzip', 'content-length': '3' };
  manager.schemes = { app: { open: () => new Response('decoded', { headers }) } };
  const reply = await manager.get('app:x').completed;
  expect([reply.headers.get('content-length'), reply.originalContentLength]).toEqual(['3', 3]);
  expect(await reply.text()).toBe('decoded');
});

test('an unknown one is protocol-unknown on the reply', async () => {
  const reply = manager.get('gopher://h.test/');
  await expect(reply.completed).rejects.toMatchObject({
    code: 'protocol-unknown',
    message: expect.stringContaining('Protocol "gopher" is unknown'),
  });
  expect(reply.url).toBe('gopher://h.test/');
});

test('a body that always has its next chunk, and a reader that keeps none, leave the event loop its turns', async () => {
  const ENOUGH = 100_000;
  let pulled = 0;
  const body = () =>
    new ReadableStream({
      pull(controller) {
        if (++pulled < ENOUGH) controller.enqueue(new Uint8Array(1));
        else controller.close();
      },
    });
  const manager = new NetworkAccessManager({ schemes: { app: { open: () => new Response(body()) } } });
  const reply = manager.get('app:endless');
  setImmediate(() => setImmediate(() => reply.abort()));
  const read = (async () => {
    for await (const _ of reply);
  })();
  await expect(read).rejects.toMatchObject({ code: 'operation-canceled' });
  expect(pulled).toBeLessThan(ENOUGH);
  await manager.close();
});
