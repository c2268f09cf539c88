/** `manager.fetch` beside the browser's own: the same calls of both in the same page, and every outcome compared. */
import { afterAll, describe, expect, inject, test } from 'vitest';
import { NetworkAccessManager } from '../../platform/browser/index.ts';
import type { Echo } from '../support/server/routes.ts';

const elsewhere = inject('server');
const home = new URL('./fixtures/blank.html', import.meta.url).href;
const manager = new NetworkAccessManager();
afterAll(() => manager.close());

type Fetch = (...args: Parameters<typeof fetch>) => Promise<Response>;
type Row = readonly [name: string, run: (fetch: Fetch) => Promise<unknown>];

const BOUNDARY = /(?:-{2,}|boundary=)[\w-]{12,}/g;

async function shown(response: Response): Promise<unknown> {
  const { status, statusText, ok, type, url, redirected, bodyUsed } = response;
  const isNull = response.body === null;
  const text = await response.text();
  const seen = text.startsWith('{') ? sent(text) : text;
  return { status, statusText, ok, type, url, redirected, bodyUsed, isNull, seen };
}

/** What the server saw, without what differs from one request to the next: a boundary, and what comes of its length. */
function sent(text: string): unknown {
  const { method, url, fields, body } = JSON.parse(text) as Echo;
  const isForm = text.includes('form-data');
  const seen = fields
    .map(([name, value]) => `${name.toLowerCase()}: ${value}`)
    .filter(
      (line) => !/^(connection|keep-alive):/.test(line) && !(isForm && line.startsWith('content-length')),
    );
  return JSON.stringify({ method, url, fields: seen.sort(), body }).replace(BOUNDARY, '');
}

async function outcome(run: Row[1], fetch: Fetch): Promise<unknown> {
  try {
    return { is: await run(fetch) };
  } catch (error) {
    return { rejects: (error as Error).name };
  }
}

const echo = `${elsewhere}/echo`;
const call =
  (url: string, init?: RequestInit): Row[1] =>
  async (fetch) =>
    shown(await fetch(url, init));
const asRequest =
  (url: string, init?: RequestInit): Row[1] =>
  async (fetch) =>
    shown(await fetch(new Request(url, init)));
const both = (name: string, url: string, init?: () => RequestInit): Row[] => [
  [name, (fetch) => call(url, init?.())(fetch)],
  [`${name}, as a Request`, (fetch) => asRequest(url, init?.())(fetch)],
];

const form = (): FormData => {
  const data = new FormData();
  data.set('a', 'ä');
  data.set('f', new File(['file'], 'f.txt', { type: 'text/x' }));
  return data;
};

const BODIES: readonly Row[] = [
  ['a text', () => 'täxt'],
  ['an empty text', () => ''],
  ['bytes', () => new Uint8Array([0, 255])],
  ['a Blob', () => new Blob(['blob'], { type: 'text/b' })],
  ['a Blob without a type', () => new Blob(['blob'])],
  ['a File', () => new File(['file'], 'f.txt')],
  ['URLSearchParams', () => new URLSearchParams({ a: 'b c' })],
  ['a form with a file', form],
  ['an empty form', () => new FormData()],
].flatMap(([name, body]) =>
  both(name as string, echo, () => ({ method: 'POST', body: (body as () => BodyInit)() })),
);

const WORDS: readonly Row[] = [
  ...both('GET', echo),
  ...both('HEAD', `${elsewhere}/hello`, () => ({ method: 'HEAD' })),
  ...both('DELETE', echo, () => ({ method: 'DELETE' })),
  ...both('own fields', echo, () => ({ headers: { 'x-own': '1', accept: 'a/b' } })),
  ...(['no-cors', 'cors', 'same-origin'] as const).flatMap((mode) => [
    ...both(`mode ${mode}`, `${elsewhere}/hello`, () => ({ mode })),
    ...both(`mode ${mode} at home`, home, () => ({ mode })),
  ]),
  ...(['follow', 'error', 'manual'] as const).flatMap((redirect) => [
    ...both(`redirect ${redirect}`, `${elsewhere}/redirect/302/hello`, () => ({ redirect })),
    ...both(`redirect ${redirect} of what is none`, `${elsewhere}/hello`, () => ({ redirect })),
  ]),
  ...(['default', 'no-store', 'reload', 'no-cache', 'force-cache'] as const).flatMap((cache) =>
    both(`cache ${cache}`, `${elsewhere}/hello?${cache}`, () => ({ cache })),
  ),
  ...(['omit', 'same-origin', 'include'] as const).flatMap((credentials) =>
    both(`credentials ${credentials}`, `${elsewhere}/hello`, () => ({ credentials })),
  ),
  ...(['no-referrer', 'origin', 'unsafe-url'] as const).flatMap((referrerPolicy) =>
    both(`referrerPolicy ${referrerPolicy}`, echo, () => ({ referrerPolicy })),
  ),
  ...both('referrer', echo, () => ({ referrer: '/a/page', referrerPolicy: 'unsafe-url' })),
  ...both('no referrer', echo, () => ({ referrer: '' })),
  ...both('integrity that fits', `${elsewhere}/hello`, () => ({
    integrity: 'sha256-LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=',
  })),
  ...both('integrity that does not', `${elsewhere}/hello`, () => ({
    integrity: 'sha256-AAAAul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=',
  })),
  ...both('keepalive', echo, () => ({ method: 'POST', body: 'x', keepalive: true })),
  ['only-if-cached without same-origin', call(home, { cache: 'only-if-cached' })],
  ['an unknown word', call(echo, { redirect: 'none' as never })],
  ['GET with a body', call(echo, { body: 'x' })],
  ['credentials in the URL', call(echo.replace('//', '//u:p@'))],
  ['a bad port', call('http://127.0.0.1:6667/')],
  ['no arguments', (fetch) => (fetch as () => Promise<Response>)()],
];

const REQUESTS: readonly Row[] = [
  [
    'a Request that was used',
    async (fetch) => {
      const request = new Request(echo, { method: 'POST', body: 'x' });
      await request.text();
      return shown(await fetch(request));
    },
  ],
  [
    'a Request twice',
    async (fetch) => {
      const request = new Request(echo, { method: 'POST', body: 'x' });
      await (await fetch(request)).text();
      return shown(await fetch(request));
    },
  ],
  [
    'bodyUsed right after the call',
    async (fetch) => {
      const request = new Request(echo, { method: 'POST', body: 'x' });
      const pending = fetch(request);
      const { bodyUsed } = request;
      await (await pending).text();
      return bodyUsed;
    },
  ],
  [
    'a clone',
    async (fetch) => {
      const request = new Request(echo, { method: 'POST', body: 'x' });
      const clone = request.clone();
      return [await shown(await fetch(request)), await shown(await fetch(clone))];
    },
  ],
  [
    'init over a Request',
    async (fetch) =>
      shown(await fetch(new Request(echo, { method: 'POST', body: 'x' }), { method: 'PUT', body: form() })),
  ],
  [
    'fields over a Request',
    async (fetch) =>
      shown(await fetch(new Request(echo, { method: 'POST', body: form() }), { headers: { 'x-own': '1' } })),
  ],
  [
    'a Request that is aborted',
    async (fetch) => shown(await fetch(new Request(echo, { signal: AbortSignal.abort() }))),
  ],
];

const RESPONSES: readonly Row[] = [
  ...[204, 205, 404, 500].map(
    (status): Row => [
      `status ${status}`,
      async (fetch) => (await fetch(`${elsewhere}/status/${status}`)).status,
    ],
  ),
  ['gzip', call(`${elsewhere}/gzip`)],
  ['data:', call('data:text/plain,x')],
  ['POST data:', call('data:text/plain,x', { method: 'POST' })],
  [
    'a blob: URL',
    async (fetch) => {
      const url = URL.createObjectURL(new Blob(['blob'], { type: 'text/b' }));
      const { status, type, headers } = await fetch(url);
      return [status, type, headers.get('content-type'), await (await fetch(url)).text()];
    },
  ],
  ['fields that cannot be changed', async (fetch) => (await fetch(echo)).headers.set('a', 'b')],
  [
    'its fields',
    async (fetch) => [...(await fetch(`${elsewhere}/bytes/10`)).headers].filter(([name]) => name !== 'date'),
  ],
  [
    'clone',
    async (fetch) => {
      const response = await fetch(`${elsewhere}/hello`);
      return [await response.clone().text(), await response.text(), response.clone.name];
    },
  ],
  [
    'put into a cache',
    async (fetch) => {
      const cache = await caches.open('fetch-table');
      await cache.put(`${elsewhere}/kept`, await fetch(`${elsewhere}/redirect/302/hello`));
      const kept = await cache.match(`${elsewhere}/kept`);
      return [kept?.url, kept?.redirected, await kept?.text()];
    },
  ],
  [
    'an abort while it is read',
    async (fetch) => {
      const controller = new AbortController();
      const response = await fetch(`${elsewhere}/stall`, { signal: controller.signal });
      setTimeout(() => controller.abort(), 20);
      return response.text();
    },
  ],
  [
    'an abort before it is read',
    async (fetch) => {
      const controller = new AbortController();
      const response = await fetch(`${elsewhere}/stall`, { signal: controller.signal });
      controller.abort();
      return response.text();
    },
  ],
];

describe.each<[string, readonly Row[]]>([
  ['words', WORDS],
  ['bodies', BODIES],
  ['requests', REQUESTS],
  ['responses', RESPONSES],
])('%s', (_kind, rows) => {
  test.each(rows)('%s', async (_name, run) => {
    expect(await outcome(run, manager.fetch)).toEqual(await outcome(run, fetch.bind(globalThis)));
  });
});

describe('what no stage of ours changes', () => {
  test('comes back as the browser made it', async () => {
    const response = await manager.fetch(`${elsewhere}/hello`);
    expect(Object.getPrototypeOf(response)).toBe(Response.prototype);
    expect([response.type, await response.text()]).toEqual(['cors', 'hello']);
  });

  test('an opaque response stays one, also under a transfer timeout', async () => {
    const timed = new NetworkAccessManager({ transferTimeout: 5000 });
    for (const { fetch } of [manager, timed]) {
      expect(await fetch(`${elsewhere}/hello`, { mode: 'no-cors' })).toMatchObject({
        type: 'opaque',
        status: 0,
      });
      expect(await fetch(`${elsewhere}/redirect/302/hello`, { redirect: 'manual' })).toMatchObject({
        type: 'opaqueredirect',
        status: 0,
      });
    }
    await timed.close();
  });
});

describe('a frame of its own realm', () => {
  const frame = document.createElement('iframe');
  document.body.append(frame);
  const realm = frame.contentWindow as unknown as typeof globalThis;
  test.each<Row>([
    ['Request', async (fetch) => shown(await fetch(new realm.Request(echo, { method: 'POST', body: 'x' })))],
    [
      'Blob',
      async (fetch) =>
        shown(await fetch(echo, { method: 'POST', body: new realm.Blob(['x'], { type: 'a/b' }) })),
    ],
    [
      'FormData',
      async (fetch) => {
        const data = new realm.FormData();
        data.set('a', 'b');
        data.set('f', new realm.File(['x'], 'f.txt'));
        return shown(await fetch(echo, { method: 'POST', body: data }));
      },
    ],
    [
      'URLSearchParams',
      async (fetch) =>
        shown(await fetch(echo, { method: 'POST', body: new realm.URLSearchParams({ a: 'b' }) })),
    ],
    [
      'ArrayBuffer',
      async (fetch) => shown(await fetch(echo, { method: 'POST', body: new realm.Uint8Array([65]).buffer })),
    ],
    ['URL', async (fetch) => shown(await fetch(new realm.URL(echo)))],
  ])('%s', async (_name, run) => {
    expect(await outcome(run, manager.fetch)).toEqual(await outcome(run, fetch.bind(globalThis)));
  });
});

test('relative URLs are relative to the base of the document', async () => {
  const base = document.createElement('base');
  base.href = `${elsewhere}/`;
  document.head.append(base);
  try {
    expect(await (await manager.fetch('hello')).text()).toBe('hello');
    expect(await manager.get('hello').text()).toBe('hello');
  } finally {
    base.remove();
  }
});
