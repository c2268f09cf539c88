/**
 * Section E of the attack checklist, end to end over both transports of Node, and 83 to 86 and 89; by number. 57 is about WebSocket,
 * which is none of ours; 60 is in http2 tests, 61 to 64 are in those of decoding and data:, by number, too.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { NodeHttpTransport } from '../../platform/node/extras.ts';
import { HttpMultiPart, NetworkAccessManager } from '../../platform/node/index.ts';
import { Cleanup, serveNth } from '../support/listening.ts';
import { type RawServer, startRawServer } from '../support/raw-server.ts';

const cleanup = new Cleanup();
let manager: NetworkAccessManager;
/** What the raw server answers, by path; a second request of a connection is told apart. */
const answers = new Map<string, string>();
let raw: RawServer;
beforeAll(async () => {
  raw = await startRawServer((socket, head) => {
    const path = /^\S+ (\S+)/.exec(head)![1]!;
    socket.write(
      Buffer.from(answers.get(path) ?? 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', 'latin1'),
    );
  });
});
afterAll(() => raw.close());

const OK = 'HTTP/1.1 200 OK\r\n';
const failed = (url: string): Promise<string | null> =>
  manager
    .get({ url, transferTimeout: 5000 })
    .text()
    .then(
      () => null,
      ({ code }) => code,
    );

describe.each([
  ['sockets of ours', () => new NetworkAccessManager()],
  ['node:http', () => new NetworkAccessManager({ transport: new NodeHttpTransport() })],
])('over %s', (_, create) => {
  beforeEach(() => {
    manager = create();
    cleanup.add(() => manager.close());
  });

  test.each<[string, (evil: string) => unknown]>([
    ['field value', (evil) => manager.get({ url: raw.origin, headers: { x: evil } })],
    ['field name', (evil) => manager.get({ url: raw.origin, headers: { [evil]: 'x' } })],
    ['method', (evil) => manager.sendCustomRequest(raw.origin, evil)],
    ['Host', (evil) => manager.get({ url: raw.origin, headers: { host: evil } })],
    [
      'type of a Blob',
      (evil) => manager.post(raw.origin, Object.defineProperty(new Blob(['x']), 'type', { value: evil })),
    ],
    ['User-Agent', (evil) => new NetworkAccessManager({ userAgent: evil })],
  ])('52: a line end or NUL in a %s is refused before anything is sent', async (_name, use) => {
    for (const evil of ['a\r\nx: y', 'a\nb', 'a\rb', 'a\0b']) {
      const before = raw.connections;
      const refused = await (async () => use(evil) as { completed?: Promise<unknown> })().then(
        (reply) =>
          reply.completed?.then(
            () => null,
            (error: Error) => error,
          ) ?? null,
        (error: Error) => error,
      );
      // A Blob's type that is none is no type (RFC 9110 §8.3), and nothing of it goes over the wire.
      if (refused !== null) expect([refused.name, raw.connections]).toEqual(['TypeError', before]);
      else expect(_name).toBe('type of a Blob');
    }
  });

  test('52: a line end or NUL in a URL is refused', () => {
    for (const evil of ['a\r\nb', 'a\nb', 'a\0b'])
      expect(() => manager.get(`${raw.origin}/${evil}`)).toThrow(TypeError);
  });

  test.each<[string, string]>([
    ['two lengths', `${OK}Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc`],
    ['two in one', `${OK}Content-Length: 2, 3\r\n\r\nabc`],
    ['a length that is none', `${OK}Content-Length: +2\r\n\r\nab`],
    ['a negative one', `${OK}Content-Length: -2\r\n\r\nab`],
    ['chunks that are none', `${OK}Transfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n0\r\n\r\n`],
    ['an endless chunk size', `${OK}Transfer-Encoding: chunked\r\n\r\n${'f'.repeat(40)}\r\n`],
    ['a head that is none', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
  ])('53: %s: refused, and the connection closed', async (name, answer) => {
    const path = `/53-${name.replace(/ /g, '-')}`;
    answers.set(path, answer);
    expect(await failed(raw.origin + path)).toMatch(/^(protocol-failure|remote-host-closed)$/);
    const before = raw.connections;
    expect(await failed(`${raw.origin}/fine`)).toBeNull();
    expect(raw.connections).toBe(before + 1);
  });

  test('54: what stands behind an answer is no answer to the next request', async () => {
    answers.set('/54', `${OK}Content-Length: 2\r\n\r\nok${OK}Content-Length: 4\r\n\r\nevil`);
    for (let turn = 0; turn < 20; turn++) {
      expect(await manager.get(`${raw.origin}/54`).text()).toBe('ok');
      expect(await manager.get(`${raw.origin}/next`).text()).toBe('ok');
    }
  });

  test.each<[string, string]>([
    ['fields', `${OK}${'a: b\r\n'.repeat(100_000)}\r\n`],
    ['a line', `${OK}a: ${'b'.repeat(1_000_000)}\r\n\r\n`],
    ['answers in between', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(10_000)],
    ['trailers', `${OK}Transfer-Encoding: chunked\r\n\r\n0\r\n${'a: b\r\n'.repeat(100_000)}\r\n`],
    [
      'chunk extensions',
      `${OK}Transfer-Encoding: chunked\r\n\r\n1;${'a'.repeat(1_000_000)}\r\na\r\n0\r\n\r\n`,
    ],
  ])('55: a flood of %s is cut off', async (name, answer) => {
    const path = `/55-${name.replace(/ /g, '-')}`;
    answers.set(path, answer);
    expect(await failed(raw.origin + path)).toMatch(/^(protocol-failure|remote-host-closed|timeout)$/);
  });

  test('56: a byte now and then keeps `idle` waiting, and neither `attempt` nor `total`', async () => {
    const url = await serveNth(cleanup, (_request, response) => {
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
    });
    for (const name of ['attempt', 'total'] as const) {
      const reply = manager.get({ url, timeouts: { idle: 60_000, [name]: 300 } });
      await expect(reply.text()).rejects.toMatchObject({ timeout: { name } });
    }
  });

  test('58: an event stream with an endless line, an id with NUL, a retry without end', async () => {
    const url = await serveNth(cleanup, (_request, response, nth) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      if (nth === 0) response.end(`retry: ${'9'.repeat(30)}\nid: a\0b\ndata: x\n\n`);
      else {
        const timer = setInterval(() => response.write('x'.repeat(100_000)), 1);
        response.on('close', () => clearInterval(timer));
      }
    });
    const { value: first } = await manager.events(url).next();
    expect(first).toEqual({ type: 'message', data: 'x', lastEventId: '' });
    await expect(manager.events(url, { maximumEventSize: 1_000_000 }).next()).rejects.toMatchObject({
      code: 'unknown-content',
    });
  });

  test('59: charset, byte order mark and __proto__ mean what they say', async () => {
    const url = await serveNth(cleanup, (request, response) => {
      const type = request.url!.endsWith('json')
        ? 'application/json; charset=utf-16'
        : 'text/plain; charset=latin1';
      response.writeHead(200, { 'content-type': type });
      response.end(request.url!.endsWith('json') ? '\uFEFF{"__proto__":{"evil":1},"a":"é"}' : '\uFEFFé');
    });
    const value = await manager.get(`${url}json`).json<{ readonly a: string }>();
    expect([Object.keys(value), value.a, ({} as { evil?: number }).evil]).toEqual([
      ['__proto__', 'a'],
      'é',
      undefined,
    ]);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    // A byte order mark wins over the charset of the field (WHATWG, decode).
    expect(await manager.get(`${url}text`).text()).toBe('é');
  });

  /** Says what it was sent. */
  const mirror = (): Promise<string> =>
    serveNth(cleanup, (request, response) => {
      response.writeHead(200, { 'x-type': request.headers['content-type'] ?? '' });
      request.pipe(response);
    });

  test('83: what something else has written to Object.prototype makes no body a form or a stream', async () => {
    const url = await mirror();
    const evil: Record<PropertyKey, unknown> = {
      append: () => {},
      getAll: () => [],
      entries: () => [['evil', 'x']][Symbol.iterator](),
      pipe: () => {},
      getReader: () => ({ read: async () => ({ done: true }) }),
      stream: () => new Blob(['evil']).stream(),
      arrayBuffer: async () => new ArrayBuffer(1),
      [Symbol.toStringTag]: 'FormData',
      [Symbol.asyncIterator]: async function* () {
        yield new Uint8Array([101]);
      },
    };
    const names = Reflect.ownKeys(evil);
    for (const name of names)
      Object.defineProperty(Object.prototype, name, {
        value: evil[name],
        configurable: true,
        writable: true,
      });
    try {
      expect(() => manager.post(url, { a: 1 } as never)).toThrow(TypeError);
      expect(await manager.post({ url, json: { a: 1 } }).text()).toBe('{"a":1}');
      expect(await manager.post(url, 'text').text()).toBe('text');
      const form = new FormData();
      form.set('a', 'b');
      expect(await manager.post(url, form).text()).toMatch(/name="a"\r\n\r\nb/);
    } finally {
      for (const name of names) delete (Object.prototype as Record<PropertyKey, unknown>)[name];
    }
  });

  test('85: a boundary is nobody’s to guess', async () => {
    const url = await mirror();
    const guess = vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const boundaries = new Set<string>();
    for (let time = 0; time < 20; time++) {
      const form = new FormData();
      form.set('a', 'b');
      for (const body of [form, new HttpMultiPart('form-data').appendField('a', 'b')]) {
        const reply = manager.post(url, body);
        await reply.text();
        boundaries.add(/boundary="?([^"]+)/.exec(reply.headers.get('x-type')!)![1]!);
      }
    }
    guess.mockRestore();
    expect(boundaries.size).toBe(40);
  });

  test('86: what a field, or a file, is called adds no line to a part', async () => {
    const url = await mirror();
    const name = 'a"\r\nX-Evil: 1\r\n\r\nb';
    const form = new FormData();
    form.set(name, new Blob(['x']), name);
    const lines = (await manager.post(url, form).text()).split('\r\n');
    expect(lines.filter((line) => /^X-Evil/i.test(line))).toEqual([]);
    expect(lines[1]).toContain('name="a%22%0D%0AX-Evil: 1%0D%0A%0D%0Ab"; filename="a%22%0D%0A');
    // Qt's takes any name that can be written as it is.
    const own = (): HttpMultiPart => new HttpMultiPart('form-data').appendField(name, 'x', name);
    const said = await (async () => manager.post(url, own()).text())().catch((error: Error) => error.name);
    expect(said === 'TypeError' || !/^X-Evil/im.test(said)).toBe(true);
  });

  test('84: a body in a body in a body, however deep, overflows no stack', async () => {
    const url = await serveNth(cleanup, (request, response) =>
      request.resume().on('end', () => response.end('ok')),
    );
    let deep: unknown = 0;
    for (let depth = 0; depth < 100_000; depth++) deep = [deep];
    const outcome = await (async () => manager.post({ url, json: deep }).text())().then(
      (text) => text,
      (error: Error) => error.name,
    );
    // What JSON.stringify makes of it, or the error that it throws; never a process that is gone.
    expect(['ok', 'RangeError', 'TypeError']).toContain(outcome);
  });

  test('89: a body that is sent again is opened again, and not kept', async () => {
    let opened = 0;
    const url = await serveNth(cleanup, (request, response, nth) =>
      request.resume().on('end', () => {
        if (nth < 3) response.writeHead(307, { location: '/again' }).end();
        else response.end('ok');
      }),
    );
    const blob = new Blob([new Uint8Array(100_000)]);
    const stream = blob.stream.bind(blob);
    blob.stream = () => {
      opened++;
      return stream();
    };
    expect(await manager.post(url, blob).text()).toBe('ok');
    expect(opened).toBe(4);
  });
});
