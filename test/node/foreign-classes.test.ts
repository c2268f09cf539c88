/** Objects of another realm, and of other copies of the platform's classes, are what they call themselves. */
import { createServer } from 'node:http';
import vm from 'node:vm';
import { FormData as NodeFetchFormData, Request as NodeFetchRequest } from 'node-fetch';
import * as undici from 'undici';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NetworkAccessManager as PageManager } from '../../platform/browser/index.ts';
import { CookieJar, HttpMultiPart, NetworkAccessManager, NetworkReply } from '../../platform/node/index.ts';
import type { BodyInput } from '../../src/message/request-body.ts';
import { serveAll } from '../support/listening.ts';

let base = '';
const server = createServer(async (request, response) => {
  const chunks = await request.toArray();
  const type = request.headers['content-type']?.replace(/boundary=.*/, '') ?? null;
  const body = Buffer.concat(chunks)
    .toString('latin1')
    .replace(/-{2,}\S+/g, '--');
  const { method, url } = request;
  if (url === '/stall') return void response.writeHead(200).write('begun');
  response.end(
    JSON.stringify({ method, url, type, length: request.headers['content-length'] !== undefined, body }),
  );
});
serveAll(server, (at) => {
  base = at;
});

/** The set of a page is what Jest takes in jsdom, over the fetch of Node, which knows none of these classes either. */
const SETS = [
  ['the set of Node', NetworkAccessManager],
  ['the set of a page', PageManager],
] as const;

let manager: InstanceType<(typeof SETS)[number][1]>;
beforeEach(() => {
  manager = new NetworkAccessManager();
});
afterEach(() => manager.close());

const realm = vm.createContext({});
const inRealm = (code: string): unknown => vm.runInContext(code, realm);

/** A Blob of a library's own: no subclass of the platform's. */
class OwnBlob {
  readonly #bytes: Uint8Array;
  readonly type: string;
  constructor(text: string, type = '') {
    this.#bytes = new TextEncoder().encode(text);
    this.type = type;
  }
  get size(): number {
    return this.#bytes.length;
  }
  stream(): ReadableStream<Uint8Array> {
    return new Blob([this.#bytes as BlobPart]).stream();
  }
  async arrayBuffer(): Promise<ArrayBuffer> {
    return this.#bytes.slice().buffer as ArrayBuffer;
  }
  get [Symbol.toStringTag](): string {
    return 'Blob';
  }
}

class OwnFile extends OwnBlob {
  readonly name = 'own"1.txt';
  override get [Symbol.toStringTag](): string {
    return 'File';
  }
}

/** As older ones are (jsdom's). */
class BlobWithoutStream extends OwnBlob {
  override stream = undefined as never;
}

class OwnForm {
  readonly #entries: [string, unknown][] = [['a', 'b\n']];
  constructor(file?: unknown) {
    if (file !== undefined) this.#entries.push(['f', file]);
  }
  [Symbol.iterator](): Iterator<[string, unknown]> {
    return this.#entries.values();
  }
  get [Symbol.toStringTag](): string {
    return 'FormData';
  }
}

class OwnParams {
  toString(): string {
    return 'a=b+c';
  }
  get [Symbol.toStringTag](): string {
    return 'URLSearchParams';
  }
}

class OwnStream {
  readonly #inner = new Blob(['streamed']).stream();
  readonly locked = false;
  getReader(): unknown {
    return this.#inner.getReader();
  }
  get [Symbol.toStringTag](): string {
    return 'ReadableStream';
  }
}

const undiciForm = new undici.FormData();
undiciForm.set('a', 'b');
const nodeFetchForm = new NodeFetchFormData();
nodeFetchForm.set('a', 'b');

const FIELD = '--\r\nContent-Disposition: form-data; name="a"\r\n\r\n';
const FORM = 'multipart/form-data; ';
const BODIES: readonly (readonly [string, () => unknown, string | RegExp, string | null])[] = [
  ['an ArrayBuffer of another realm', () => inRealm('new Uint8Array([104, 105]).buffer'), 'hi', null],
  ['bytes of another realm', () => inRealm('new Uint8Array([104, 105])'), 'hi', null],
  ['chunks of another realm', () => inRealm('[new Uint8Array([104]), new Uint8Array([105])]'), 'hi', null],
  ['a Blob of a library', () => new OwnBlob('blob', 'text/own'), 'blob', 'text/own'],
  ['a Blob without stream()', () => new BlobWithoutStream('blob', 'text/own'), 'blob', 'text/own'],
  ['a File of a library', () => new OwnFile('file', 'text/own'), 'file', 'text/own'],
  ['a form of undici', () => undiciForm, `${FIELD}b\r\n--\r\n`, FORM],
  ['a form of node-fetch', () => nodeFetchForm, /name="a"\r\n\r\nb\r\n/, FORM],
  ['a form of a library', () => new OwnForm(), `${FIELD}b\r\n\r\n--\r\n`, FORM],
  [
    'a form with a file of a library',
    () => new OwnForm(new OwnFile('file', 'text/own')),
    `${FIELD}b\r\n\r\n--\r\nContent-Disposition: form-data; name="f"; filename="own%221.txt"\r\nContent-Type: text/own\r\n\r\nfile\r\n--\r\n`,
    FORM,
  ],
  [
    'parameters of a library',
    () => new OwnParams(),
    'a=b+c',
    'application/x-www-form-urlencoded;charset=UTF-8',
  ],
  ['a stream of a library', () => new OwnStream(), 'streamed', null],
];

interface Echo {
  readonly method: string;
  readonly url: string;
  readonly type: string | null;
  readonly length: boolean;
  readonly body: string;
}

describe.each(SETS)('by %s a body that is', (_set, Manager) => {
  beforeEach(() => {
    manager = new Manager();
  });

  test.each(BODIES)('%s', async (_name, make, body, type) => {
    const init = { method: 'POST', body: make() as BodyInit, duplex: 'half' } as RequestInit;
    const byFetch = (await (await manager.fetch(base, init)).json()) as Echo;
    const byReply = await manager.post(base, make() as BodyInput).json<Echo>();
    for (const echo of [byFetch, byReply]) {
      if (typeof body === 'string') expect(echo.body).toBe(body);
      else expect(echo.body).toMatch(body);
      expect(echo.type).toBe(type);
    }
  });

  test('a part of HttpMultiPart', async () => {
    const parts = new HttpMultiPart('form-data');
    parts.appendField('f', new OwnFile('file', 'text/own') as never);
    expect((await manager.post(base, parts).json<Echo>()).body).toContain('filename="own%221.txt"');
  });

  test('no such thing, whatever Object.prototype says', async () => {
    const caught: unknown[] = [];
    Object.defineProperty(Object.prototype, Symbol.toStringTag, { value: 'Blob', configurable: true });
    try {
      manager.post(base, {} as never);
    } catch (error) {
      caught.push(error);
    } finally {
      delete (Object.prototype as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag];
    }
    expect(String(caught)).toMatch(/cannot be sent/);
  });
});

describe('a Request', () => {
  const slow = async function* () {
    await new Promise((resolve) => setTimeout(resolve, 20));
    yield new TextEncoder().encode('slow');
  };
  test.each<[string, () => unknown, Partial<Echo>]>([
    [
      'of undici',
      () => new undici.Request(`${base}/u`, { method: 'POST', body: 'x' }),
      { method: 'POST', body: 'x', length: true },
    ],
    [
      'of undici, with a stream',
      () => new undici.Request(`${base}/u`, { method: 'PUT', body: slow(), duplex: 'half' }),
      { method: 'PUT', body: 'slow' },
    ],
    [
      'of node-fetch',
      () => new NodeFetchRequest(`${base}/n`, { method: 'POST', body: 'x' }),
      { method: 'POST', body: 'x', url: '/n' },
    ],
    [
      'of a subclass',
      () => new (class extends Request {})(`${base}/s`, { method: 'DELETE' }),
      { method: 'DELETE', url: '/s' },
    ],
  ])('%s', async (_name, make, echo) => {
    expect(await (await manager.fetch(make() as Request)).json()).toMatchObject(echo);
  });
});

/** As jsdom has it: no EventTarget of Node's. */
class OwnSignal {
  aborted = false;
  reason: unknown = undefined;
  readonly #target = new EventTarget();
  addEventListener(...args: Parameters<EventTarget['addEventListener']>): void {
    this.#target.addEventListener(...args);
  }
  removeEventListener(...args: Parameters<EventTarget['removeEventListener']>): void {
    this.#target.removeEventListener(...args);
  }
  abort(reason: unknown): void {
    this.aborted = true;
    this.reason = reason;
    this.#target.dispatchEvent(new Event('abort'));
  }
  get [Symbol.toStringTag](): string {
    return 'AbortSignal';
  }
}

test.each(SETS)('by %s a signal of a library ends a body that is read', async (_set, Manager) => {
  manager = new Manager();
  const signal = new OwnSignal();
  const response = await manager.fetch(`${base}/stall`, { signal: signal as never });
  const reason = new RangeError('enough');
  signal.abort(reason);
  await expect(response.text()).rejects.toBe(reason);
  const reply = manager.get({ url: `${base}/stall`, signal: signal as never });
  await expect(reply.text()).rejects.toMatchObject({ code: 'operation-canceled', cause: reason });
});

test('a Map of another realm, or bytes of it, are what they are to options and answers', async () => {
  const attributes = inRealm("new Map([['a', 1]])") as Map<string, unknown>;
  expect(manager.get({ url: base, attributes }).request.options.attributes).toBe(attributes);
  manager.schemes = inRealm('new Map()') as Map<string, never>;
  const bytes = inRealm('new Uint8Array([104, 105])') as Uint8Array;
  const { request } = manager.get(base);
  expect(await NetworkReply.from(request, { body: bytes }).text()).toBe('hi');
  expect(() => new NetworkAccessManager({ tls: { pfx: bytes } })).toThrow(
    /cannot be read: expected PKCS #12 in DER/,
  );
});

test('a URL of another realm, or of a library, is a URL', async () => {
  const url = {
    href: `${base}/x`,
    protocol: 'http:',
    host: new URL(base).host,
    hostname: '127.0.0.1',
    port: new URL(base).port,
    username: '',
    password: '',
    toString: () => `${base}/x`,
    [Symbol.toStringTag]: 'URL',
  };
  expect((await manager.get(url as never).json<Echo>()).url).toBe('/x');
  expect(await (await manager.fetch(url as never)).json()).toMatchObject({ url: '/x' });
  const jar = new CookieJar();
  jar.setCookie('a=b', url as never, { site: url as never });
  expect(jar.cookieHeader(url as never, { site: url as never })).toBe('a=b');
});

test('a scheme handler may answer with the Response of undici', async () => {
  manager.schemes = { app: { open: () => new undici.Response('mine', { status: 201 }) as never } };
  const reply = await manager.get('app:x').completed;
  expect([reply.status, new TextDecoder().decode(reply.readAll())]).toEqual([201, 'mine']);
});
