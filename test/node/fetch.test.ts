import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NetworkAccessManager, NetworkError } from '../../platform/node/index.ts';
import { serveAll } from '../support/listening.ts';

let origin = '';
const server = createServer((request, response) => void answer(request, response));
serveAll(server, (at) => {
  origin = at;
});

let manager: NetworkAccessManager;
beforeEach(() => {
  manager = new NetworkAccessManager();
});
afterEach(() => manager.close());

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, kind, argument] = request.url!.split('/');
  if (kind === 'hang') return;
  if (kind === 'redirect') {
    response.writeHead(302, { location: '/landed' }).end('moved');
    return;
  }
  if (kind === 'stuck') {
    response.write('first');
    return;
  }
  if (kind === 'short') {
    response.writeHead(200, { 'content-length': 9 }).flushHeaders();
    response.write('first', () => response.destroy());
    return;
  }
  if (kind === 'slow') {
    response.write('first');
    request.socket.once('close', () => {});
    setImmediate(() => response.end('second'));
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const status = kind === 'status' ? Number(argument) : 200;
  response.writeHead(status, 'Said So', { 'set-cookie': ['a=1', 'b=2'], 'x-method': request.method });
  if (status === 204 || status === 304) response.end();
  else
    response.end(
      JSON.stringify({
        method: request.method,
        headers: request.headers,
        body: Buffer.concat(chunks).toString('latin1'),
      }),
    );
}

interface Echo {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

async function echo(input: RequestInfo | URL, init?: RequestInit): Promise<Echo> {
  return (await (await manager.fetch(input, init)).json()) as Echo;
}

describe('the request', () => {
  test.each([
    ['get', 'GET'],
    ['pOsT', 'POST'],
    ['delete', 'DELETE'],
    ['options', 'OPTIONS'],
    ['REPORT', 'REPORT'],
  ])('method %s is sent as %s', async (method, sent) => {
    expect((await echo(origin, { method })).method).toBe(sent);
  });

  test.each(['TRACE', 'track', 'Connect'])('method %s is forbidden', async (method) => {
    await expect(manager.fetch(origin, { method })).rejects.toThrow(TypeError);
  });

  const form = new FormData();
  form.set('field', 'value');
  form.set('file', new File(['content'], 'a"b.txt', { type: 'text/x' }));
  const stream = () =>
    new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('str'));
        controller.enqueue(new TextEncoder().encode('eam'));
        controller.close();
      },
    });
  const bodies: [string, () => unknown, string | RegExp, string | RegExp | undefined][] = [
    ['text', () => 'täxt', 't\xc3\xa4xt', 'text/plain;charset=UTF-8'],
    ['bytes', () => new Uint8Array([0, 255]), '\0\xff', undefined],
    ['an ArrayBuffer', () => new TextEncoder().encode('ab').buffer, 'ab', undefined],
    [
      'URLSearchParams',
      () => new URLSearchParams({ a: 'b c' }),
      'a=b+c',
      'application/x-www-form-urlencoded;charset=UTF-8',
    ],
    ['a Blob', () => new Blob(['blob'], { type: 'text/b' }), 'blob', 'text/b'],
    [
      'a form',
      () => form,
      /name="file"; filename="a%22b.txt"\r\nContent-Type: text\/x\r\n\r\ncontent\r\n/,
      /^multipart\/form-data; boundary=/,
    ],
    ['a stream', stream, 'stream', undefined],
  ];
  test.each(bodies)('a body of %s', async (_name, body, sent, type) => {
    const { body: received, headers } = await echo(origin, {
      method: 'POST',
      body: body() as BodyInit,
      duplex: 'half',
    } as RequestInit);
    if (typeof sent === 'string') expect(received).toBe(sent);
    else expect(received).toMatch(sent);
    if (type instanceof RegExp) expect(headers['content-type']).toMatch(type);
    else expect(headers['content-type']).toBe(type);
  });

  test('a Request, its body with a length, and init over it', async () => {
    const request = new Request(origin, { method: 'PUT', body: 'body', headers: { 'x-a': '1' } });
    const sent = await echo(request, { headers: { 'x-b': '2' } });
    expect(sent).toMatchObject({
      method: 'PUT',
      body: 'body',
      headers: { 'x-b': '2', 'content-length': '4' },
    });
    expect(sent.headers['x-a']).toBeUndefined();
  });

  test.each(['redirect', 'credentials', 'cache'])('an unknown word for %s is a TypeError', async (name) => {
    for (const word of ['none', 'constructor']) {
      await expect(manager.fetch(origin, { [name]: word })).rejects.toThrow(`${name} cannot be '${word}'`);
    }
  });

  test('a GET with a body, an unparsable URL and integrity are TypeErrors', async () => {
    await expect(manager.fetch(origin, { body: 'x' })).rejects.toThrow(TypeError);
    await expect(manager.fetch('nonsense')).rejects.toThrow(TypeError);
    await expect(manager.fetch(origin, { integrity: 'sha256-x' })).rejects.toThrow(/integrity/);
  });

  test('a null signal takes that of a Request away', async () => {
    const request = new Request(origin, { signal: AbortSignal.abort() });
    expect((await manager.fetch(request, { signal: null })).status).toBe(200);
  });

  test('what is neither a Request nor a URL is taken as a text', async () => {
    expect((await manager.fetch({ toString: () => origin } as never)).status).toBe(200);
  });

  test('inherited init is not read', async () => {
    expect((await echo(origin, Object.create({ method: 'DELETE' }))).method).toBe('GET');
  });
});

describe('the response', () => {
  test('is a real Response', async () => {
    const response = await manager.fetch(`${origin}/x#f`);
    expect(response).toBeInstanceOf(Response);
    expect(response).toMatchObject({
      ok: true,
      status: 200,
      statusText: 'Said So',
      url: `${origin}/x`,
      redirected: false,
      type: 'basic',
      bodyUsed: false,
    });
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    await response.text();
    expect(response.bodyUsed).toBe(true);
  });

  test.each([404, 500, 304])('status %i resolves', async (status) => {
    const response = await manager.fetch(`${origin}/status/${status}`);
    expect(response.status).toBe(status);
    await response.text();
  });

  test('streams, clones and can be put into another Response', async () => {
    const response = await manager.fetch(`${origin}/slow`);
    const copy = response.clone();
    const reader = response.body!.getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('first');
    // The other branch still wants the rest: this promise waits for it.
    void reader.cancel();
    expect(await copy.text()).toBe('firstsecond');
    expect(await new Response((await manager.fetch(`${origin}/slow`)).body).text()).toBe('firstsecond');
  });

  test('is there to be read under autoDeleteReplies, too', async () => {
    manager.autoDeleteReplies = true;
    const finished = new Promise((resolve) => manager.on('finished', resolve));
    const response = await manager.fetch(origin);
    await finished;
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect((await response.json()).method).toBe('GET');
  });

  test('204 has no body', async () => {
    const response = await manager.fetch(`${origin}/status/204`);
    expect([response.status, response.body]).toEqual([204, null]);
  });

  test('data: answers 200', async () => {
    const response = await manager.fetch('data:text/plain,hi');
    expect([response.status, await response.text()]).toEqual([200, 'hi']);
  });
});

describe('redirect', () => {
  test('manual gives the real 3xx', async () => {
    const response = await manager.fetch(`${origin}/redirect`, { redirect: 'manual' });
    expect([response.status, response.headers.get('location'), await response.text()]).toEqual([
      302,
      '/landed',
      'moved',
    ]);
  });

  test('error rejects', async () => {
    await expect(manager.fetch(`${origin}/redirect`, { redirect: 'error' })).rejects.toThrow(TypeError);
  });

  test('follow follows', async () => {
    const response = await manager.fetch(`${origin}/redirect`);
    expect(response).toMatchObject({ status: 200, redirected: true, url: `${origin}/landed` });
    await response.text();
  });
});

describe('failure', () => {
  test('is a TypeError whose cause is the NetworkError', async () => {
    const error: Error = await manager.fetch('http://127.0.0.1:2/').catch((reason) => reason);
    expect(error).toBeInstanceOf(TypeError);
    expect(error.cause).toBeInstanceOf(NetworkError);
    expect(error.cause).toMatchObject({ code: 'connection-refused' });
  });

  test.each<[string, (response: Response) => Promise<unknown>]>([
    ['at once', (response) => response.text()],
    ['as a stream', (response) => new Response(response.body).text()],
  ])('so is that of a body that is read %s', async (_how, read) => {
    const error = await read(await manager.fetch(`${origin}/short`)).catch((reason) => reason as Error);
    expect(error).toBeInstanceOf(TypeError);
    expect((error as Error).cause).toMatchObject({ code: 'remote-host-closed' });
  });

  test('an abort rejects with the reason, before, while waiting, and while reading', async () => {
    const reason = new Error('enough');
    await expect(manager.fetch(origin, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const waiting = new AbortController();
    const pending = manager.fetch(`${origin}/hang`, { signal: waiting.signal });
    waiting.abort();
    await expect(pending).rejects.toMatchObject({ name: 'AbortError' });
    const reading = new AbortController();
    const response = await manager.fetch(`${origin}/stuck`, { signal: reading.signal });
    reading.abort(reason);
    await expect(response.text()).rejects.toBe(reason);
  });

  test('an abort fails a stream that is being read with its reason', async () => {
    const controller = new AbortController();
    const { body } = await manager.fetch(`${origin}/stuck`, { signal: controller.signal });
    const reader = body!.getReader();
    await reader.read();
    controller.abort();
    await expect(reader.read()).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('is usable detached, as a library would', async () => {
    const { fetch } = manager;
    expect((await fetch(origin)).status).toBe(200);
  });
});
