import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { NetworkAccessManager } from '../../platform/node/index.ts';
import { roundTrips } from '../support/round-trips.ts';

/** A Response over a reply has to behave as the platform's own: that of the global fetch is the oracle. */
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

describe('what looks inside finds the content', () => {
  const { prototype } = Response;
  const insideOf = (name: string): PropertyDescriptor => Object.getOwnPropertyDescriptor(prototype, name)!;

  test('by the methods of the class', async () => {
    const response = await manager.fetch(`${origin}/json`);
    expect(insideOf('status').get!.call(response)).toBe(200);
    expect(insideOf('headers').get!.call(response).get('x-said')).toBe('so');
    expect(await prototype.text.call(response)).toBe(BODIES['/json']);
    expect(response.bodyUsed).toBe(true);
    const clone = prototype.clone.call(await manager.fetch(`${origin}/json`));
    expect(await clone.json()).toEqual({ a: [1, 2] });
  });
});

test('a framework may put a Response of its own in the place of the platform’s', async () => {
  const Platform = Response;
  /** As @hono/node-server does it: light, with the real one behind it when it is needed. */
  class Light {
    readonly #real: Response;
    constructor(...init: ConstructorParameters<typeof Response>) {
      this.#real = new Platform(...init);
    }
    get headers() {
      return this.#real.headers;
    }
    get body() {
      return this.#real.body;
    }
    clone() {
      return this.#real.clone();
    }
    text() {
      return this.#real.text();
    }
  }
  vi.stubGlobal('Response', Light);
  const response = await manager.fetch(`${origin}/json`).finally(() => vi.unstubAllGlobals());
  expect(response).toBeInstanceOf(Light);
  const clone = response.clone();
  expect(clone).toBeInstanceOf(Platform);
  expect([response, clone].map((one) => [one.status, one.headers.get('x-said')])).toEqual([
    [200, 'so'],
    [200, 'so'],
  ]);
  expect([await response.text(), await clone.text()]).toEqual([BODIES['/json'], BODIES['/json']]);
});

describe('a body shows its end without being read', () => {
  const SLOW: Readonly<Record<string, readonly string[]>> = {
    garbage: ['a\r\nTEST_CHUNK\r\n', 'garbage'],
    cut: ['a\r\nTEST_CHUNK\r\n', ''],
    whole: ['a\r\nTEST_CHUNK\r\n', '0\r\n\r\n'],
  };
  let raw: Server;
  beforeAll(async () => {
    raw = createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', (head) => {
        const [first, second] = SLOW[/\/(\w+)/.exec(String(head))![1]!]!;
        socket.write(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${first}`);
        setImmediate(() => (second === '' ? socket.end() : socket.write(second!)));
      });
    });
    await new Promise<void>((resolve) => raw.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => raw.close());
  const readerOf = async (path: string) => {
    const response = await manager.fetch(`http://127.0.0.1:${(raw.address() as AddressInfo).port}/${path}`);
    return response.body!.getReader();
  };

  test.each(['garbage', 'cut'])('%s', async (path) => {
    const reader = await readerOf(path);
    expect((await reader.read()).value).toHaveLength(10);
    await expect(reader.closed).rejects.toThrow(TypeError);
    await expect(reader.read()).rejects.toMatchObject({ cause: { name: 'NetworkError' } });
  });

  test('whole', async () => {
    const reader = await readerOf('whole');
    expect((await reader.read()).value).toHaveLength(10);
    await reader.closed;
    expect(await reader.read()).toEqual({ done: true, value: undefined });
  });

  test('nothing', async () => {
    const { body } = await manager.fetch('data:,');
    await body!.getReader().closed;
  });

  test.each(['before it has arrived', 'after it has arrived'])(
    'aborted %s, with the reason',
    async (when) => {
      const controller = new AbortController();
      const path = when.startsWith('after') ? '/json' : '/text';
      const response = await manager.fetch(origin + path, { signal: controller.signal });
      if (when.startsWith('after')) await roundTrips();
      const reason = new Error('enough');
      const text = response.clone().text();
      controller.abort(reason);
      await expect(text).rejects.toBe(reason);
      await expect(response.text()).rejects.toBe(reason);
    },
  );

  test('a read into a buffer of the reader’s own ends', async () => {
    const reader = (await manager.fetch(`${origin}/json`)).body!.getReader({ mode: 'byob' });
    expect((await reader.read(new Uint8Array(100))).value).toHaveLength(BODIES['/json']!.length);
    expect(await reader.read(new Uint8Array(100))).toMatchObject({ done: true });
  });
});

describe('a chunk that is no Uint8Array', () => {
  const streamOf = (chunk: unknown) =>
    new ReadableStream({
      start(controller) {
        controller.enqueue(chunk);
        controller.close();
      },
    });
  const own = new NetworkAccessManager({
    schemes: Object.fromEntries(
      [
        ['text', 'abc'],
        ['view', new DataView(new ArrayBuffer(3))],
        ['number', 5],
      ].map(([name, chunk]) => [name, { open: () => new Response(streamOf(chunk)) }]),
    ),
  });
  afterAll(() => own.close());

  test.each(['text', 'view', 'number'])('%s is a TypeError in what arrives', async (scheme) => {
    await expect(own.get(`${scheme}:x`).bytes()).rejects.toMatchObject({ cause: expect.any(TypeError) });
    await expect((await own.get(`${scheme}:x`).response).text()).rejects.toThrow(TypeError);
  });

  test.each([
    ['text', 'abc'],
    ['view', new DataView(new ArrayBuffer(3))],
    ['number', 5],
  ])('%s is one in what is sent', async (_name, chunk) => {
    await expect(own.post(`${origin}/json`, streamOf(chunk)).text()).rejects.toMatchObject({
      cause: expect.any(TypeError),
    });
    const sent = own.fetch(`${origin}/json`, {
      method: 'POST',
      body: streamOf(chunk),
      duplex: 'half',
    } as RequestInit);
    await expect(sent).rejects.toThrow(TypeError);
  });
});
