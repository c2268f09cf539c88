import { createReadStream, openAsBlob } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { NetworkAccessManager } from '../../platform/node/index.ts';
import { HttpMultiPart } from '../../src/message/http-multi-part.ts';
import type { BodyInput } from '../../src/message/request-body.ts';
import type { NetworkReply } from '../../src/reply/reply.ts';
import { eventually } from '../support/eventually.ts';
import type { Route } from '../support/server/routes.ts';
import { startServer, type TestServer } from '../support/server.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const TEXT = 'text/plain;charset=UTF-8';
const ITSELF = import.meta.filename;

/** Tells what came: framing, type and body. */
const echo: Route = async ({ request, response }) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { 'content-length': length, 'transfer-encoding': transfer, 'content-type': type } = request.headers;
  response.end(JSON.stringify({ length, transfer, type, body: Buffer.concat(chunks).toString() }));
};

/** Sends the client on with 307, which asks for the body again. */
const again: Route = ({ request, response }) => {
  request.resume();
  request.on('end', () => response.writeHead(307, { location: '/echo' }).end());
};

let server: TestServer;
let manager: NetworkAccessManager;
beforeAll(async () => {
  server = await startServer({ routes: { echo, again, hang: () => {} } });
});
afterAll(() => server.close());
beforeEach(() => {
  manager = new NetworkAccessManager();
});
afterEach(() => manager.close());

interface Echo {
  readonly length?: string;
  readonly transfer?: string;
  readonly type?: string;
  readonly body: string;
}
const send = (route: string, body: BodyInput) =>
  manager.post(`${server.origin}/${route}`, body).json() as Promise<Echo>;

async function* generated() {
  yield bytes('ab');
  yield 'c';
}

test.each<[string, () => BodyInput, string, string | undefined]>([
  ['text', () => 'grüße', 'grüße', TEXT],
  ['bytes', () => bytes('abc'), 'abc', undefined],
  ['an array of bytes', () => [bytes('ab'), bytes('c')], 'abc', undefined],
  ['form fields', () => new URLSearchParams('a=1'), 'a=1', 'application/x-www-form-urlencoded;charset=UTF-8'],
  ['a Blob', () => new Blob(['abc'], { type: 'a/b' }), 'abc', 'a/b'],
  ['nothing', () => '', '', TEXT],
])('%s goes up with its length, and again after a 307', async (_name, make, content, type) => {
  const expected = { length: String(bytes(content).length), type, body: content };
  expect(await send('echo', make())).toEqual(expected);
  expect(await send('again', make())).toEqual(expected);
});

test.each<[string, () => BodyInput]>([
  ['an async iterable', generated],
  ['a WHATWG stream', () => new Blob(['abc']).stream()],
  ['a Node stream', () => Readable.from([Buffer.from('ab'), Buffer.from('c')])],
])('%s goes up in chunks, and not twice', async (_name, make) => {
  expect(await send('echo', make())).toEqual({ transfer: 'chunked', body: 'abc' });
  await expect(send('again', make())).rejects.toMatchObject({ code: 'content-resend' });
});

test.each<[string, (stream: Readable) => BodyInput]>([
  ['as it is', (stream) => stream],
  ['as a part', (stream) => new HttpMultiPart().append({ body: stream })],
])(
  'a Node stream %s may fail before it is read: the request fails, not the process',
  async (_name, bodyOf) => {
    const stream = new Readable({ read() {} });
    const reply = manager.post(`${server.origin}/echo`, bodyOf(stream));
    const failure = new Error('the file is not there');
    stream.destroy(failure);
    await expect(reply.completed).rejects.toMatchObject({ code: 'unknown-network', cause: failure });
  },
);

test('a form with a file from disk goes up with its length, and again after a 307', async () => {
  const form = new FormData();
  form.append('name', 'value');
  form.append('file', await openAsBlob(ITSELF, { type: 'text/x' }), 'test.ts');
  for (const route of ['echo', 'again']) {
    const { body, length, type } = await send(route, form);
    expect(Number(length)).toBe(bytes(body).length);
    const read = await new Response(body, { headers: { 'content-type': type! } }).formData();
    expect(read.get('name')).toBe('value');
    expect(await (read.get('file') as File).text()).toBe(await readFile(ITSELF, 'utf8'));
  }
});

test('a multipart message with a stream in it goes up in chunks', async () => {
  const message = new HttpMultiPart('related');
  message.append({ body: 'text' }).append({ body: createReadStream(ITSELF) });
  const { body, transfer, type } = await send('echo', message);
  expect([transfer, type]).toEqual(['chunked', `multipart/related; boundary="${message.boundary}"`]);
  expect(body).toContain('\r\n\r\ntext\r\n--');
  expect(body).toContain('a multipart message with a stream in it');
});

describe('a source that was never read is released when', () => {
  const fromFile = () => {
    const stream = createReadStream(ITSELF);
    return { body: stream as BodyInput, isReleased: () => stream.destroyed };
  };
  const fromStream = () => {
    let isReleased = false;
    const cancel = (): void => {
      isReleased = true;
    };
    return { body: new ReadableStream({ cancel }), isReleased: () => isReleased };
  };
  const inMessage = () => {
    const [first, second] = [fromFile(), fromFile()];
    const body = new HttpMultiPart().append({ body: first.body }).append({ body: second.body });
    return { body, isReleased: () => first.isReleased() && second.isReleased() };
  };

  describe.each([
    ['a Node stream', fromFile],
    ['a WHATWG stream', fromStream],
    ['a message', inMessage],
  ])('%s', (_kind, make) => {
    test.each<[string, (body: BodyInput) => NetworkReply]>([
      [
        'is aborted at once',
        (body) => {
          const reply = manager.post(`${server.origin}/echo`, body);
          queueMicrotask(() => reply.abort());
          return reply;
        },
      ],
      ['is refused by the peer', (body) => manager.post('http://127.0.0.1:1/', body)],
      ['has a scheme that nobody knows', (body) => manager.post('gopher://h.test/', body)],
      [
        'is aborted in the queue',
        (body) => {
          manager.connectionsPerHost = 1;
          manager.get(`${server.origin}/hang`);
          const reply = manager.post(`${server.origin}/echo`, body);
          setImmediate(() => reply.abort());
          return reply;
        },
      ],
    ])('its request %s', async (_when, post) => {
      const { body, isReleased } = make();
      const reply = post(body);
      const finished = new Promise<void>((resolve) => reply.on('finished', resolve));
      await finished;
      await eventually(() => expect(isReleased()).toBe(true));
    });
  });

  test('or while a chunk of it is awaited, a Node stream among them', async () => {
    const stream = new Readable({ read() {} });
    const reply = manager.put(`${server.origin}/hang`, stream);
    await eventually(() => expect(stream.listenerCount('readable')).toBe(1));
    reply.abort();
    await eventually(() => expect(stream.destroyed).toBe(true));
  });

  test('but not while its transfer goes on without the reply', async () => {
    const { body, isReleased } = fromFile();
    const reply = manager.post(`${server.origin}/echo`, body);
    await new Promise<void>((resolve) => reply.on('socketStartedConnecting', resolve));
    reply.close();
    expect(isReleased()).toBe(false);
  });
});

describe('a body that can be sent once and has been sent or read', () => {
  const readInPart = async () => {
    const stream = new Blob(['ab', 'c']).stream();
    const reader = stream.getReader();
    await reader.read();
    reader.releaseLock();
    return stream;
  };
  const spent = async (stream: Readable) => {
    await stream.toArray();
    return stream;
  };
  const sentBefore = async <Body extends BodyInput>(body: Body): Promise<Body> => {
    await send('echo', body);
    return body;
  };

  test.each<[string, () => Promise<BodyInput>]>([
    ['a stream that was read in part', readInPart],
    ['a Node stream that was read', () => spent(Readable.from(['a']))],
    ['a Node stream that was sent', () => sentBefore(Readable.from(['a']))],
    ['a file that was sent', () => sentBefore(createReadStream(ITSELF))],
    ['a WHATWG stream that was sent', () => sentBefore(new Blob(['a']).stream())],
    ['a generator that was sent', () => sentBefore(generated())],
    ['a reply that was sent', () => sentBefore(manager.get('data:,abc'))],
    [
      'a reply that was read',
      async () => {
        const reply = manager.get('data:,abc');
        await reply.text();
        return reply;
      },
    ],
  ])('%s is a TypeError before anything is sent, for both APIs', async (_name, make) => {
    const body = await make();
    const { connections } = server;
    const url = `${server.origin}/echo`;
    expect(() => manager.put(url, body)).toThrow(TypeError);
    expect(() => manager.sendCustomRequest({ url }, 'REPORT', body)).toThrow(TypeError);
    const init = { method: 'POST', body, duplex: 'half' } as RequestInit;
    await expect(manager.fetch(url, init)).rejects.toThrow(TypeError);
    await manager.head(url).completed;
    // That of the HEAD at most.
    expect(server.connections - connections).toBeLessThanOrEqual(1);
  });

  test('but not a reply that is not read: it goes on to the next server', async () => {
    const reply = manager.get('data:,abc');
    expect((await send('echo', reply)).body).toBe('abc');
  });

  test('is refused in a message of several parts', async () => {
    const message = new HttpMultiPart().append({ body: generated() });
    await send('echo', message);
    expect(() => manager.post(`${server.origin}/echo`, message)).toThrow(TypeError);
  });

  test('is not taken by a request that only was looked at', async () => {
    const looking = new (class extends NetworkAccessManager {
      protected override createRequest(...request: Parameters<NetworkAccessManager['createRequest']>) {
        this.resolveRequest(...request);
        return super.createRequest(...request);
      }
    })();
    const { body } = (await looking.post(`${server.origin}/echo`, generated()).json()) as Echo;
    expect(body).toBe('abc');
    await looking.close();
  });
});
