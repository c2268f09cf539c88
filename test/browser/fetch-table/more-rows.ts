import {
  LOST_BEFORE_HEAD,
  LOST_IN_BODY,
  MALFORMED_BODY,
  VALID,
} from '../../suites/transport/raw-responses.ts';
import { type Places, type Row, shown } from './outcome.ts';

const RAW = [
  ...[LOST_BEFORE_HEAD, LOST_IN_BODY, VALID].flatMap(Object.keys),
  'fields',
  // Not every engine sees at once that these go wrong.
  ...Object.keys(MALFORMED_BODY).map((name) => `${name}?end`),
];

/** Sends and receives what is at the edges: redirects, fields, lengths that lie. */
export const wireRows = ({ elsewhere, raw }: Places): readonly Row[] => [
  ...[301, 302, 303, 307, 308].map(
    (status): Row => [
      `a POST that is redirected by ${status}`,
      async (fetch) =>
        shown(await fetch(`${elsewhere}/redirect/${status}/echo`, { method: 'POST', body: 'x' })),
    ],
  ),
  [
    'a form that is redirected by 307',
    async (fetch) => {
      const body = new FormData();
      body.set('f', new File(['file'], 'f.txt'));
      return shown(await fetch(`${elsewhere}/redirect/307/echo`, { method: 'POST', body }));
    },
  ],
  ['20 redirects', async (fetch) => shown(await fetch(`${elsewhere}/${hops(20)}hello`))],
  ['21 redirects', async (fetch) => shown(await fetch(`${elsewhere}/${hops(21)}hello`))],
  ['a fragment', async (fetch) => shown(await fetch(`${elsewhere}/redirect/302/hello#there`))],
  ['a redirect to nowhere', async (fetch) => shown(await fetch(`${elsewhere}/status/302`))],
  [
    'a field of Latin-1',
    async (fetch) => shown(await fetch(`${elsewhere}/echo`, { headers: { 'x-a': 'é' } })),
  ],
  [
    'a field beyond it',
    async (fetch) => shown(await fetch(`${elsewhere}/echo`, { headers: { 'x-a': '☃' } })),
  ],
  ['a method in lower case', async (fetch) => shown(await fetch(`${elsewhere}/echo`, { method: 'patch' }))],
  ['post in lower case', async (fetch) => shown(await fetch(`${elsewhere}/echo`, { method: 'post' }))],
  ['a forbidden method', async (fetch) => shown(await fetch(`${elsewhere}/echo`, { method: 'TRACE' }))],
  [
    'a lone surrogate',
    async (fetch) => shown(await fetch(`${elsewhere}/echo`, { method: 'POST', body: '\ud800' })),
  ],
  ['what is no URL', async (fetch) => shown(await fetch('http://[x/'))],
  ['a scheme that is unknown', async (fetch) => shown(await fetch('nothing:x'))],
  [
    'a field too many of another origin',
    async (fetch) => {
      const { headers } = await fetch(
        `${elsewhere}/fields?field=X-Hidden:1&field=Access-Control-Expose-Headers:x-shown&field=X-Shown:2`,
      );
      return [headers.get('x-hidden'), headers.get('x-shown'), headers.get('content-length')];
    },
  ],
  [
    'what lets no credentials in',
    async (fetch) => shown(await fetch(`${raw}/fields`, { credentials: 'include' })),
  ],
  ...RAW.map((name): Row => [`raw: ${name}`, async (fetch) => shown(await fetch(`${raw}/${name}`))]),
  [
    'ten requests at once',
    async (fetch) => {
      const all = Array.from({ length: 10 }, async (_, n) =>
        (await fetch(`${elsewhere}/bytes/${n}`)).arrayBuffer(),
      );
      return (await Promise.all(all)).map(({ byteLength }) => byteLength);
    },
  ],
  [
    'two large ones',
    async (fetch) => {
      const all = [1, 2].map(async (n) => (await fetch(`${elsewhere}/flood/3000000?${n}`)).blob());
      return (await Promise.all(all)).map(({ size }) => size);
    },
  ],
];

const hops = (count: number): string => 'redirect/302/'.repeat(count);

const READINGS: Readonly<Record<string, (response: Response) => Promise<unknown>>> = {
  text: (response) => response.text(),
  'json of what is none': (response) => response.json(),
  arrayBuffer: async (response) => new Uint8Array(await response.arrayBuffer()),
  blob: async (response) => {
    const { size, type } = await response.blob();
    return [size, type];
  },
  'formData of what is none': (response) => response.formData(),
  bytes: async (response) => ('bytes' in response ? response.bytes() : null),
  'text twice': async (response) => [await response.text(), await response.text()],
  'bodyUsed before and after': async (response) => {
    const before = response.bodyUsed;
    await response.text();
    return [before, response.bodyUsed];
  },
  'a clone after the body was used': async (response) => {
    await response.text();
    return response.clone();
  },
  'a reader, and its end': async (response) => {
    const reader = response.body!.getReader();
    let length = 0;
    for (let next = await reader.read(); !next.done; next = await reader.read()) length += next.value.length;
    await reader.closed;
    return length;
  },
  'a locked body': async (response) => {
    response.body!.getReader();
    return response.text();
  },
  'a reader into memory of its own': async (response) => {
    const reader = response.body!.getReader({ mode: 'byob' });
    const { value, done } = await reader.read(new Uint8Array(3));
    return [value, done];
  },
  tee: async (response) => {
    const branches = response.body!.tee();
    return Promise.all(branches.map((branch) => new Response(branch).text()));
  },
  pipeThrough: async (response) => new Response(response.body!.pipeThrough(new Twice())).text(),
  'cancel, then text': async (response) => {
    await response.body!.cancel();
    return response.text();
  },
};

/** Gives every chunk twice. */
class Twice extends TransformStream<Uint8Array, Uint8Array> {
  constructor() {
    super({
      transform(chunk, controller) {
        controller.enqueue(chunk);
        controller.enqueue(chunk);
      },
    });
  }
}

/** Reads a body in every way that there is. */
export const readingRows = ({ elsewhere, home }: Places): readonly Row[] => [
  ...Object.entries(READINGS).map(
    ([name, read]): Row => [name, async (fetch) => read(await fetch(`${elsewhere}/hello`))],
  ),
  ...['text/plain', 'text/plain; charset=latin1', 'multipart/x; a="b"; boundary=c', 'no type', ''].map(
    (type): Row => [
      `the type of a blob: ${type}`,
      async (fetch) =>
        (await (await fetch(`${elsewhere}/fields?field=Content-Type:${encodeURIComponent(type)}`)).blob())
          .type,
    ],
  ),
  ['json of nothing', async (fetch) => (await fetch(`${elsewhere}/bytes/0`)).json()],
  ['json', async (fetch) => Object.keys((await (await fetch(`${elsewhere}/echo`)).json()) as object)],
  [
    'formData',
    async (fetch) => {
      const data = await (await fetch(`data:application/x-www-form-urlencoded,a=b%26c=d`)).formData();
      return [...data];
    },
  ],
  ['a byte order mark', async (fetch) => (await fetch('data:text/plain,%EF%BB%BFx')).text()],
  [
    'UTF-16 is not decoded',
    async (fetch) => (await fetch('data:text/plain;charset=utf-16,%FF%FEx%00')).text(),
  ],
  [
    'a document of its own origin',
    async (fetch) => {
      const response = await fetch(home);
      return [response.type, response.status, (await response.text()).length];
    },
  ],
  [
    'WebAssembly',
    async (fetch) => {
      const module = await WebAssembly.compileStreaming(fetch('data:application/wasm;base64,AGFzbQEAAAA='));
      return WebAssembly.Module.exports(module);
    },
  ],
  [
    'a signal that times out',
    async (fetch) => {
      const signal = AbortSignal.timeout(20);
      const failure: unknown = await fetch(`${elsewhere}/black-hole`, { signal }).catch(
        (error: unknown) => error,
      );
      // WebKit's own fetch loses the reason, which is right in ours.
      return ['AbortError', 'TimeoutError'].includes((failure as Error).name);
    },
  ],
  [
    'an abort with a reason of its own',
    async (fetch) => {
      const reason = new RangeError('enough');
      return shown(await fetch(`${elsewhere}/hello`, { signal: AbortSignal.abort(reason) }));
    },
  ],
];
