import { readingRows, wireRows } from './more-rows.ts';
import { type Places, type Row, shown } from './outcome.ts';
import { pageRows } from './page-rows.ts';
import { serverRows } from './server-rows.ts';

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

const bodies = (echo: string): readonly Row[] =>
  [
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

const words = ({ elsewhere, home }: Places, echo: string): readonly Row[] => [
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

const requests = (echo: string): readonly Row[] => [
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
  ...[() => 'text', () => new Blob(['blob']), form].map(
    (body, i): Row => [
      `a Request of a Request with a signal, ${['text', 'a Blob', 'a form with a file'][i]}`,
      async (fetch) => {
        const request = new Request(echo, { method: 'POST', body: body() });
        return shown(await fetch(new Request(request, { signal: new AbortController().signal })));
      },
    ],
  ),
  [
    'a Request of a Request with a signal, aborted in the body',
    async (fetch) => {
      const controller = new AbortController();
      const request = new Request(new Request(echo.replace('echo', 'stall')), { signal: controller.signal });
      const response = await fetch(request);
      controller.abort();
      return response.text();
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

const responses = ({ elsewhere }: Places, echo: string): readonly Row[] => [
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

/** The rows of the table, by their names. */
export function table(places: Places): ReadonlyMap<string, Row[1]> {
  const echo = `${places.elsewhere}/echo`;
  const groups = {
    words: words(places, echo),
    requests: requests(echo),
    responses: responses(places, echo),
    server: serverRows(places),
    page: pageRows(places),
    ...(places.isFrame === true
      ? {}
      : { bodies: bodies(echo), wire: wireRows(places), reading: readingRows(places) }),
  };
  return new Map(
    Object.entries(groups).flatMap(([group, rows]) =>
      rows.map(([name, run]): Row => [`${group}: ${name}`, run]),
    ),
  );
}
