import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NetworkAccessManager } from '../../platform/node/index.ts';

/** A Response that makes its stream late has to behave as the platform's own: that of the global fetch is the oracle. */
let origin = '';
const manager = new NetworkAccessManager();
const server = createServer(({ url }, response) => {
  const fields = { 'content-type': TYPES[url!] ?? 'text/plain', 'x-said': 'so' };
  response.writeHead(STATUSES[url!] ?? 200, fields);
  if (url === '/empty') return response.end();
  response.write(BODIES[url!] ?? '');
  // In two pieces, so that there is something to put together.
  return setImmediate(() => response.end(url === '/json' || url === '/form' ? '' : ' and more'));
});
const STATUSES: Readonly<Record<string, number>> = { '/empty': 204, '/odd': 999 };
const TYPES: Readonly<Record<string, string>> = {
  '/json': 'application/json',
  '/form': 'application/x-www-form-urlencoded',
};
const BODIES: Readonly<Record<string, string>> = {
  '/text': '\ufeffgrün',
  '/json': '{"a":[1,2]}',
  '/form': 'a=1&b=zwei',
};

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await manager.close();
  server.closeAllConnections();
  server.close();
});

/** What a step comes to, failures included. */
async function outcome(step: () => unknown): Promise<unknown> {
  try {
    return await step();
  } catch (error) {
    return (error as Error).name;
  }
}

type Action = (response: Response) => unknown;

const ACTIONS: readonly [string, string, Action][] = [
  ['text', '/text', (response) => response.text()],
  ['json', '/json', (response) => response.json()],
  ['json that is none', '/text', (response) => response.json()],
  ['arrayBuffer', '/text', async (response) => [...new Uint8Array(await response.arrayBuffer())]],
  ['the length of arrayBuffer', '/json', async (response) => (await response.arrayBuffer()).byteLength],
  [
    'blob',
    '/text',
    async (response) => {
      const blob = await response.blob();
      return [blob.type, blob.size, await blob.text()];
    },
  ],
  ['formData', '/form', async (response) => [...(await response.formData())]],
  ['text twice', '/text', async (response) => [await response.text(), await outcome(() => response.text())]],
  ['text of nothing', '/empty', (response) => response.text()],
  ['the body of nothing', '/empty', ({ body, bodyUsed }) => [body, bodyUsed]],
  ['text of nothing, twice', '/empty', async (response) => [await response.text(), response.bodyUsed]],
  [
    'bodyUsed',
    '/text',
    async (response) => {
      const before = response.bodyUsed;
      const reading = response.text();
      const during = response.bodyUsed;
      await reading;
      return [before, during, response.bodyUsed];
    },
  ],
  [
    'the body after text',
    '/text',
    async (response) => {
      await response.text();
      return [response.body?.locked, await outcome(() => response.body?.getReader())].map(String);
    },
  ],
  [
    'text after the body was touched',
    '/text',
    async (response) => [response.body?.locked, await response.text(), response.bodyUsed],
  ],
  [
    'a stream',
    '/text',
    async (response) => {
      const decoder = new TextDecoder();
      let text = '';
      for await (const chunk of response.body!) text += decoder.decode(chunk, { stream: true });
      return [text, response.bodyUsed, await outcome(() => response.text())];
    },
  ],
  ['a clone', '/text', async (response) => [await response.clone().text(), await response.text()]],
  [
    'a clone after the fact',
    '/text',
    async (response) => [await response.text(), await outcome(() => response.clone())],
  ],
  [
    'a clone of a clone',
    '/text',
    async (response) => {
      const clone = response.clone();
      const other = clone.clone();
      return [
        clone.url === response.url,
        other.headers.get('x-said'),
        await other.text(),
        await response.text(),
      ];
    },
  ],
  ['a copy of it', '/text', async (response) => new Response(response.body, response).text()],
  ['its fields', '/text', ({ headers }) => [headers.get('x-said'), headers.get('content-type')]],
  [
    'what it is',
    '/text',
    ({ ok, status, statusText, type, redirected }) => [ok, status, statusText, redirected, type.length > 0],
  ],
  ['a status above all classes', '/odd', ({ ok, status }) => [ok, status]],
  ['its clone', '/odd', (response) => [response.clone().ok, response.clone().status]],
];

describe('a response of fetch gives what that of the platform gives', () => {
  test.each(ACTIONS)('%s', async (_name, path, act) => {
    const [ours, theirs] = [await manager.fetch(origin + path), await fetch(origin + path)];
    expect(await outcome(() => act(ours))).toEqual(await outcome(() => act(theirs)));
  });
});

test("what is read is the reader's own", async () => {
  const [first, second] = await Promise.all(
    ['/json', '/form'].map(async (path) => (await manager.fetch(origin + path)).arrayBuffer()),
  );
  new Uint8Array(first!).fill(0);
  expect(new TextDecoder().decode(second)).toBe(BODIES['/form']);
});
