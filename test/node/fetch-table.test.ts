/** `manager.fetch` beside Node's own: the same calls of both to one server, and every outcome compared. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NetworkAccessManager } from '../../platform/node/index.ts';
import { serveAll } from '../support/listening.ts';
import { roundTrips } from '../support/round-trips.ts';

let base = '';
const server = createServer((request, response) => void answer(request, response));
serveAll(server, (at) => {
  base = at;
});

let manager: NetworkAccessManager;
beforeEach(() => {
  manager = new NetworkAccessManager();
});
afterEach(() => manager.close());

/** `/to/STATUS?LOCATION` redirects, `/status/STATUS` has a body, `/chain/N` redirects N times, all else says what came. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { pathname, search } = new URL(request.url!, base);
  const [, kind, argument] = pathname.split('/');
  const status = Number(argument);
  if (kind === 'to') {
    const location = search === '' ? {} : { location: decodeURIComponent(search.slice(1)) };
    response.writeHead(status, location).end('moved');
  } else if (kind === 'chain') {
    if (status === 0) response.end('end of the chain');
    else response.writeHead(302, { location: `/chain/${status - 1}` }).end();
  } else if (kind === 'status') response.writeHead(status, 'Said So').end('body');
  else if (kind === 'stuck') response.write('first');
  else if (kind === 'break') request.socket.destroy();
  else {
    const { method, headers } = request;
    response.setHeader('content-type', 'Application/JSON;Charset=utf-8').end(
      JSON.stringify({
        method,
        url: request.url,
        type: headers['content-type']?.replace(/boundary=.*/, ''),
        // A form is as long as its boundary makes it.
        length: headers['content-type']?.startsWith('multipart') ? 'any' : headers['content-length'],
        accept: headers.accept,
        language: headers['accept-language'],
        custom: headers['x-custom'],
        control: [headers['cache-control'], headers.pragma],
        body: Buffer.concat(chunks)
          .toString('latin1')
          .replace(/-{2,}\S+/g, '--'),
      }),
    );
  }
}

type Fetch = (...args: Parameters<typeof fetch>) => Promise<Response>;
type Row = readonly [name: string, run: (fetch: Fetch, base: string) => Promise<unknown>];

/** What can be seen of a Response. */
async function shown(response: Response): Promise<unknown> {
  const { status, statusText, ok, url, redirected, bodyUsed } = response;
  const hasBody = response.body !== null;
  return { status, statusText, ok, url, redirected, bodyUsed, hasBody, text: await response.text() };
}

/** A call with these arguments. */
const call =
  (path: string, init?: RequestInit & { duplex?: 'half'; window?: unknown }): Row[1] =>
  async (fetch, base) =>
    shown(await fetch(path.startsWith('/') ? base + path : path, init as RequestInit));

const bad = (init: object): Row[1] => call('/', init as RequestInit);
const request = (base: string, init: RequestInit = { method: 'POST', body: 'payload' }) =>
  new Request(`${base}/r`, init);
const stream = (text = 'str') => new Blob([text]).stream();
/** One that is not there within one turn: Node's fetch cannot tell it from one that is. */
const slowStream = () =>
  new ReadableStream({
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      controller.enqueue(new TextEncoder().encode('slow'));
      controller.close();
    },
  });

async function outcome(run: Row[1], fetch: Fetch): Promise<unknown> {
  try {
    return { is: await run(fetch, base) };
  } catch (error) {
    return { rejects: (error as Error).name };
  }
}

const WORDS: readonly Row[] = [
  ...['mode', 'credentials', 'cache', 'redirect', 'referrerPolicy', 'duplex'].flatMap((name): Row[] => [
    [`${name}: a word that it is not`, bad({ [name]: 'BAD' })],
    [`${name}: a name of Object.prototype`, bad({ [name]: 'constructor' })],
    [`${name}: null`, bad({ [name]: null })],
    [`${name}: undefined`, bad({ [name]: undefined })],
  ]),
  ...['cors', 'same-origin', 'no-cors'].map((mode): Row => [`mode ${mode}`, bad({ mode })]),
  ...['', 'no-referrer', 'origin', 'unsafe-url'].map(
    (word): Row => [`referrerPolicy '${word}'`, bad({ referrerPolicy: word })],
  ),
  ...['default', 'no-store', 'reload', 'no-cache', 'force-cache'].map(
    (cache): Row => [`cache ${cache}`, bad({ cache })],
  ),
  ...['omit', 'same-origin', 'include'].map(
    (word): Row => [`credentials ${word}`, bad({ credentials: word })],
  ),
  ['mode navigate', bad({ mode: 'navigate' })],
  ['no-cors PUT', bad({ mode: 'no-cors', method: 'PUT' })],
  ['no-cors POST', bad({ mode: 'no-cors', method: 'POST' })],
  ['only-if-cached without same-origin', bad({ cache: 'only-if-cached' })],
  ['only-if-cached with cors', bad({ cache: 'only-if-cached', mode: 'cors' })],
  ['referrer that is no URL', bad({ referrer: 'http://:bad url' })],
  ['referrer empty', bad({ referrer: '' })],
  ['referrer about:client', bad({ referrer: 'about:client' })],
  ['window that is not null', bad({ window: 'http://x' })],
  ['window null', bad({ window: null })],
  ['keepalive', bad({ keepalive: true })],
  ['integrity that cannot fit', bad({ integrity: 'sha256-xxx' })],
  ['no integrity', bad({ integrity: '' })],
  ['init null', call('/', null as never)],
  ['init a text', call('/', 'GET' as never)],
  [
    'init a Request',
    async (fetch, base) => shown(await fetch(`${base}/i`, request(base, { method: 'DELETE' }))),
  ],
  ['no arguments', (fetch) => (fetch as () => Promise<Response>)()],
];

const METHODS: readonly Row[] = [
  ...['get', 'post', 'put', 'delete', 'options', 'head', 'PATCH', 'QUERY'].map(
    (method): Row => [`method ${method}`, bad({ method })],
  ),
  ...['TRACE', 'track', 'Connect', 'IN VALID', '', 'a:b'].map(
    (method): Row => [`no method ${method}`, bad({ method })],
  ),
  ['method null', bad({ method: null })],
  ['method undefined', bad({ method: undefined })],
];

const URLS: readonly Row[] = [
  ['a URL object', async (fetch, base) => shown(await fetch(new URL('/u?a#f', base)))],
  [
    'what becomes a text',
    async (fetch, base) => shown(await fetch({ toString: () => `${base}/t` } as never)),
  ],
  ['a fragment', call('/x?y#fragment')],
  ['white space around', async (fetch, base) => shown(await fetch(` ${base}/w `))],
  ['no URL', call('nonsense')],
  ['user and password', async (fetch, base) => shown(await fetch(base.replace('//', '//u:p@')))],
  ['a user alone', async (fetch, base) => shown(await fetch(base.replace('//', '//u@')))],
  ['a password alone', async (fetch, base) => shown(await fetch(base.replace('//', '//:p@')))],
  ...[1, 22, 25, 6000, 6667, 10080].map((port): Row => [`port ${port}`, call(`http://127.0.0.1:${port}/`)]),
  ['file:', call('file:///etc/hostname')],
  ['PUT file:', call('file:///nowhere/x', { method: 'PUT', body: 'x' })],
  ['a local socket', call('unix+http://%2Fvar%2Frun%2Fdocker.sock/')],
  ['about:blank', call('about:blank')],
  ['an unknown scheme', call('gopher://127.0.0.1/')],
  ['ftp:', call('ftp://127.0.0.1/')],
  ['ws:', call('ws://127.0.0.1/')],
  ...['GET', 'POST', 'PUT', 'REPORT', 'HEAD'].map(
    (method): Row => [
      `${method} data:`,
      async (fetch) => {
        const response = await fetch('data:text/x;charset=u,a%20b', { method });
        return [response.status, response.url, response.headers.get('content-type'), await response.text()];
      },
    ],
  ),
  ['data: malformed', call('data:text/plain')],
  ['blob:', (fetch) => ofBlob(fetch)],
  ['blob: with a fragment', (fetch) => ofBlob(fetch, {}, '#f')],
  ['POST blob:', (fetch) => ofBlob(fetch, { method: 'POST' })],
  ['HEAD blob:', (fetch) => ofBlob(fetch, { method: 'HEAD' })],
  ['blob: revoked', call('blob:nodedata:00000000-0000-0000-0000-000000000000')],
  ...['bytes=2-1', 'bytes=-', 'bytes=9-', 'bytes=0-0,2-2', 'lines=0-1', 'bytes=a-'].map(
    (range): Row => [`blob: Range ${range}`, (fetch) => ofBlob(fetch, { headers: { range } })],
  ),
];

async function ofBlob(fetch: Fetch, init: RequestInit = {}, fragment = ''): Promise<unknown> {
  const url = URL.createObjectURL(new Blob(['hello'], { type: 'text/x' }));
  try {
    const { status, statusText, headers, ...response } = await fetch(url + fragment, init).then(
      async (given) => ({
        status: given.status,
        statusText: given.statusText,
        headers: Object.fromEntries(given.headers),
        text: await given.text(),
      }),
    );
    return { status, statusText, headers, ...response };
  } finally {
    URL.revokeObjectURL(url);
  }
}

const FIELDS: readonly Row[] = [
  ['a record', bad({ headers: { 'X-Custom': 'a' } })],
  [
    'pairs',
    bad({
      headers: [
        ['x-custom', 'a'],
        ['X-Custom', 'b'],
      ],
    }),
  ],
  ['Headers', bad({ headers: new Headers({ 'x-custom': 'a' }) })],
  ['white space around a value', bad({ headers: { 'x-custom': ' \t\na\r\n' } })],
  ['a number', bad({ headers: { 'x-custom': 1 } })],
  ['own Accept', bad({ headers: { accept: 'a/b', 'accept-language': 'de' } })],
  ['a bad name', bad({ headers: { 'a b': 'x' } })],
  ['a bad value', bad({ headers: { 'x-custom': 'a\nb' } })],
  ['above latin1', bad({ headers: { 'x-custom': '☃' } })],
  ['a lonely name', bad({ headers: [['x-custom']] })],
  ['null', bad({ headers: null })],
  ['own Pragma', bad({ headers: { pragma: 'own' }, cache: 'no-store' })],
  ['own Cache-Control', bad({ headers: { 'cache-control': 'own' }, cache: 'reload' })],
  ['own condition', bad({ headers: { 'if-none-match': '"a"' } })],
];

const body = (value: unknown, more: object = {}): Row[1] => bad({ method: 'POST', body: value, ...more });
const form = new FormData();
form.set('a', 'b');
form.set('f', new File(['file'], 'f.txt', { type: 'text/f' }));

const BODIES: readonly Row[] = [
  ['text', body('t\u00e4xt')],
  ['an empty text', body('')],
  ['bytes', body(new Uint8Array([0, 255]))],
  ['a view of more', body(new Uint8Array([1, 2, 3, 4]).subarray(1, 3))],
  ['a DataView', body(new DataView(new Uint8Array([65, 66]).buffer))],
  ['an ArrayBuffer', body(new Uint8Array([65, 66]).buffer)],
  ['URLSearchParams', body(new URLSearchParams({ a: 'b c' }))],
  ['a Blob', body(new Blob(['blob'], { type: 'text/b' }))],
  ['a Blob without type', body(new Blob(['blob']))],
  ['a form', body(form)],
  ['a number', body(1)],
  ['a truth value', body(false)],
  ['null', body(null)],
  ['undefined', body(undefined)],
  [
    'a stream',
    async (fetch, base) =>
      shown(await fetch(base, { method: 'POST', body: stream(), duplex: 'half' } as RequestInit)),
  ],
  [
    'a stream without duplex',
    async (fetch, base) => shown(await fetch(base, { method: 'POST', body: stream() })),
  ],
  [
    'a stream kept alive',
    async (fetch, base) =>
      shown(
        await fetch(base, { method: 'POST', body: stream(), duplex: 'half', keepalive: true } as RequestInit),
      ),
  ],
  [
    'a stream that is locked',
    async (fetch, base) => {
      const locked = stream();
      locked.getReader();
      return shown(await fetch(base, { method: 'POST', body: locked, duplex: 'half' } as RequestInit));
    },
  ],
  [
    'a stream that has been read',
    async (fetch, base) => {
      const read = stream();
      for await (const _ of read);
      return shown(await fetch(base, { method: 'POST', body: read, duplex: 'half' } as RequestInit));
    },
  ],
  ['GET with a body', bad({ body: 'x' })],
  ['GET with an empty body', bad({ body: '' })],
  ['HEAD with a body', bad({ method: 'head', body: 'x' })],
  ['a Content-Type of its own', body('x', { headers: { 'content-type': 'a/b' } })],
];

const REQUESTS: readonly Row[] = [
  ['a Request', async (fetch, base) => shown(await fetch(request(base)))],
  ['a Request without body', async (fetch, base) => shown(await fetch(request(base, { method: 'DELETE' })))],
  [
    'a Request with a stream',
    async (fetch, base) =>
      shown(
        await fetch(request(base, { method: 'POST', body: slowStream(), duplex: 'half' } as RequestInit)),
      ),
  ],
  [
    'init over it',
    async (fetch, base) =>
      shown(await fetch(request(base), { method: 'PUT', body: 'other', headers: { 'x-custom': '1' } })),
  ],
  [
    'init takes nothing away',
    async (fetch, base) => shown(await fetch(request(base), { headers: { 'x-custom': '1' } })),
  ],
  ['made a GET', async (fetch, base) => shown(await fetch(request(base), { method: 'GET' }))],
  [
    'a clone after it',
    async (fetch, base) => {
      const first = request(base);
      const second = first.clone();
      return [await shown(await fetch(first)), await shown(await fetch(second))];
    },
  ],
  [
    'twice',
    async (fetch, base) => {
      const r = request(base);
      await (await fetch(r)).text();
      return shown(await fetch(r));
    },
  ],
  [
    'after its text()',
    async (fetch, base) => {
      const r = request(base);
      await r.text();
      return shown(await fetch(r));
    },
  ],
  [
    'locked',
    async (fetch, base) => {
      const r = request(base);
      r.body!.getReader();
      return shown(await fetch(r));
    },
  ],
  [
    'used, with a body of init',
    async (fetch, base) => {
      const r = request(base);
      await r.text();
      return shown(await fetch(r, { body: 'new' }));
    },
  ],
  [
    'bodyUsed right after the call',
    async (fetch, base) => {
      const r = request(base);
      const pending = fetch(r);
      const { bodyUsed } = r;
      await (await pending).text();
      return bodyUsed;
    },
  ],
  [
    'bodyUsed after one that was aborted before',
    async (fetch, base) => {
      const r = request(base);
      await fetch(r, { signal: AbortSignal.abort() }).catch(() => {});
      return r.bodyUsed;
    },
  ],
  ['its signal', async (fetch, base) => shown(await fetch(request(base, { signal: AbortSignal.abort() })))],
  [
    'its signal taken away',
    async (fetch, base) =>
      shown(await fetch(request(base, { signal: AbortSignal.abort() }), { signal: null })),
  ],
  [
    'its redirect',
    async (fetch, base) => shown(await fetch(new Request(`${base}/to/302?/x`, { redirect: 'manual' }))),
  ],
];

const why = { my: 'reason' };
const ABORTS: readonly Row[] = [
  ['a signal that is none', bad({ signal: {} })],
  ['a text as signal', bad({ signal: 'x' })],
  ['null', bad({ signal: null })],
  [
    'aborted before: the reason itself',
    (fetch, base) => fetch(base, { signal: AbortSignal.abort(why) }).catch((error) => error === why),
  ],
  [
    'aborted before, and a mistake',
    (fetch, base) => fetch(base, { signal: AbortSignal.abort(), method: 'TRACE' }),
  ],
  [
    'aborted before, and a refused port',
    (fetch) => fetch('http://127.0.0.1:1/', { signal: AbortSignal.abort() }),
  ],
  [
    'aborted after the call',
    async (fetch, base) => {
      const controller = new AbortController();
      const pending = fetch(`${base}/stuck`, { signal: controller.signal });
      controller.abort(why);
      return pending.catch((error) => error === why);
    },
  ],
  [
    'a body that is not read',
    async (fetch, base) => {
      const controller = new AbortController();
      const response = await fetch(`${base}/stuck`, { signal: controller.signal });
      controller.abort();
      return response.text().catch((error: Error) => error.name);
    },
  ],
  [
    'a body that came and is not read',
    async (fetch, base) => {
      const controller = new AbortController();
      const response = await fetch(base, { signal: controller.signal });
      await roundTrips();
      controller.abort();
      return response.text().then(
        () => 'read',
        (error: Error) => error.name,
      );
    },
  ],
  [
    'a body that was read',
    async (fetch, base) => {
      const controller = new AbortController();
      const response = await fetch(base, { signal: controller.signal });
      const text = await response.text();
      controller.abort();
      return text.length > 0;
    },
  ],
  [
    'timeout',
    (fetch, base) =>
      fetch(`${base}/stuck`, { signal: AbortSignal.timeout(20) }).then((response) => response.text()),
  ],
];

const redirect = (status: number, location: string | null = '/end', init: RequestInit = {}): Row[1] =>
  call(`/to/${status}${location === null ? '' : `?${encodeURIComponent(location)}`}`, init);

const REDIRECTS: readonly Row[] = [
  ...['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'QUERY'].flatMap((method) =>
    [301, 302, 303, 307, 308].map((status): Row => {
      const init = /^(GET|HEAD|DELETE)$/.test(method) ? { method } : { method, body: 'x' };
      return [`${method} over ${status}`, redirect(status, '/end', init)];
    }),
  ),
  ...[300, 301, 302, 303, 304, 305, 306, 307, 308].flatMap((status): Row[] => [
    [`${status} without Location`, redirect(status, null)],
    [`${status} with one, by error`, redirect(status, '/end', { redirect: 'error' })],
    [`${status} with one, by manual`, redirect(status, '/end', { redirect: 'manual' })],
  ]),
  ['300 with a Location', redirect(300)],
  ['305 with a Location', redirect(305)],
  ['without Location, by error', redirect(302, null, { redirect: 'error' })],
  ['20 redirects', call('/chain/20')],
  ['21 redirects', call('/chain/21')],
  ['a Location that is no URL', redirect(302, 'http://')],
  ['to another scheme', redirect(302, 'data:,x')],
  ['to a file', redirect(302, 'file:///etc/hostname')],
  ['to a refused port', redirect(302, 'http://127.0.0.1:6000/')],
  ['its fragment', redirect(302, '/end#its')],
  ['the fragment of the request', async (fetch, base) => shown(await fetch(`${base}/to/302?/end#mine`))],
  ...[301, 302, 303, 307].map(
    (status): Row => [
      `a stream over ${status}`,
      async (fetch, base) =>
        shown(
          await fetch(`${base}/to/${status}?/end`, {
            method: 'POST',
            body: stream(),
            duplex: 'half',
          } as RequestInit),
        ),
    ],
  ),
  [
    'Request with a text over 307',
    async (fetch, base) =>
      shown(await fetch(new Request(`${base}/to/307?/end`, { method: 'POST', body: 'again' }))),
  ],
];

const RESPONSES: readonly Row[] = [
  ...[200, 201, 202, 203, 206, 400, 401, 404, 410, 418, 500, 503, 599].map(
    (status): Row => [`status ${status}`, call(`/status/${status}`)],
  ),
  ...[204, 205, 304].map(
    (status): Row => [
      `status ${status} has no body`,
      async (fetch, base) => (await fetch(`${base}/status/${status}`)).status,
    ],
  ),
  ['HEAD has no body', async (fetch, base) => (await fetch(base, { method: 'HEAD' })).body],
  ['json', async (fetch, base) => typeof (await (await fetch(base)).json())],
  ['json of what is none', async (fetch, base) => (await fetch(`${base}/status/200`)).json()],
  [
    'blob',
    async (fetch, base) => {
      const { type, size } = await (await fetch(base)).blob();
      return [type, size > 0];
    },
  ],
  [
    'read twice',
    async (fetch, base) => {
      const response = await fetch(base);
      const [first, second] = await Promise.allSettled([response.text(), response.text()]);
      return [first.status, second.status, response.bodyUsed];
    },
  ],
  [
    'clone',
    async (fetch, base) => {
      const response = await fetch(`${base}/x`);
      const copy = response.clone();
      return [
        copy.url === response.url,
        copy.type === response.type,
        (await copy.text()) === (await response.text()),
      ];
    },
  ],
  [
    'what it is',
    async (fetch, base) => {
      const response = await fetch(base);
      return [response instanceof Response, String(response), Object.prototype.toString.call(response.body)];
    },
  ],
  ['type', async (fetch, base) => (await fetch(base)).type],
  ['type of data:', async (fetch) => (await fetch('data:,x')).type],
  ['immutable fields', async (fetch, base) => (await fetch(base)).headers.set('a', 'b')],
  ['a connection that breaks', call('/break')],
];

describe.each<[string, readonly Row[]]>([
  ['words', WORDS],
  ['methods', METHODS],
  ['URLs', URLS],
  ['fields', FIELDS],
  ['bodies', BODIES],
  ['requests', REQUESTS],
  ['aborts', ABORTS],
  ['redirects', REDIRECTS],
  ['responses', RESPONSES],
])('%s', (_kind, rows) => {
  test.each(rows)('%s', async (_name, run) => {
    expect(await outcome(run, manager.fetch)).toEqual(await outcome(run, fetch));
  });
});

/** Node 20 leaves out the last byte of a range; these are the values of the standard. */
test.each([
  ['bytes=1-2', 'el', 'bytes 1-2/5'],
  ['bytes=2-', 'llo', 'bytes 2-4/5'],
  ['bytes=-2', 'lo', 'bytes 3-4/5'],
  ['bytes=-9', 'hello', 'bytes 0-4/5'],
  ['bytes=0-99', 'hello', 'bytes 0-4/5'],
  ['bytes = 1 - 3', 'ell', 'bytes 1-3/5'],
])('blob: Range %s', async (range, text, contentRange) => {
  const length = String(text.length);
  expect(await ofBlob(manager.fetch, { headers: { range } })).toEqual({
    status: 206,
    statusText: 'Partial Content',
    headers: { 'content-length': length, 'content-type': 'text/x', 'content-range': contentRange },
    text,
  });
});
