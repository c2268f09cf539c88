import { afterEach, describe, expect, test, vi } from 'vitest';
import { fetchCacheMode } from '../../../platform/common/fetch-cache.ts';
import { FetchTransport } from '../../../platform/common/fetch-transport.ts';
import {
  browserCapabilities,
  browserFetchCapabilities,
  portableFetchCapabilities,
} from '../../../platform/common/fetch-transport-capabilities.ts';
import { foreignStream } from '../../../platform/common/foreign-stream.ts';
import { HeadEvent } from '../../../src/call/head-event.ts';
import { NetworkError } from '../../../src/error.ts';
import { bindRequest, fetchWords } from '../../../src/message/fetch-words.ts';
import { toRequestBody } from '../../../src/message/request-body.ts';
import { streamBody } from '../../../src/message/stream-body.ts';
import type { RequestOptions } from '../../../src/options/options.ts';
import { makeExchange, makeRequest, readBody } from '../../support/fixtures.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

type Options = Partial<RequestOptions>;
type Init = RequestInit & { readonly duplex?: string };

/** What fetch is called with. */
async function initOf(
  request: Parameters<typeof makeRequest>[0],
  capabilities = browserFetchCapabilities,
): Promise<Init> {
  let seen: Init = {};
  const transport = new FetchTransport(async (_url, init) => {
    seen = init;
    return new Response();
  }, capabilities);
  await transport.send(makeRequest(request), makeExchange().exchange);
  return seen;
}

async function refusalOf(request: Parameters<typeof makeRequest>[0]): Promise<NetworkError> {
  const error = await initOf(request).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(NetworkError);
  return error as NetworkError;
}

describe('what fetch is asked', () => {
  test.each([{}, { method: 'POST', body: toRequestBody('x') }])(
    'has nothing that we do not say: %j',
    async (request) => {
      const prototype = Object.prototype as Record<string, unknown>;
      prototype.dispatcher = 'the one of somebody else';
      try {
        const init = await initOf(request);
        expect([(init as { dispatcher?: unknown }).dispatcher, Object.getPrototypeOf(init)]).toEqual([
          undefined,
          null,
        ]);
      } finally {
        delete prototype.dispatcher;
      }
    },
  );

  test.each<[string, Options, RequestCredentials]>([
    ['by default', {}, 'same-origin'],
    ['useCredentials', { useCredentials: true }, 'include'],
    ['no cookies', { cookieLoadControl: 'manual', cookieSaveControl: 'manual' }, 'omit'],
    ['no cookies wins', { cookieLoadControl: 'manual', useCredentials: true }, 'omit'],
  ])('credentials: %s', async (_name, options, credentials) => {
    expect((await initOf({ options })).credentials ?? 'same-origin').toBe(credentials);
  });

  test.each<[string, Options, RequestCache | null, RequestCache | null, boolean?]>([
    ['prefer-network', {}, 'default', 'default'],
    ['prefer-network, saving nothing', { cacheSaveControl: false }, 'no-store', 'no-store'],
    ['always-network', { cacheLoadControl: 'always-network' }, 'reload', 'reload'],
    [
      'always-network, saving nothing',
      { cacheLoadControl: 'always-network', cacheSaveControl: false },
      'no-store',
      'no-store',
    ],
    ['prefer-cache', { cacheLoadControl: 'prefer-cache' }, 'force-cache', 'force-cache'],
    [
      'prefer-cache, saving nothing',
      { cacheLoadControl: 'prefer-cache', cacheSaveControl: false },
      null,
      null,
    ],
    ['always-cache', { cacheLoadControl: 'always-cache' }, 'only-if-cached', null],
    ['a cache of ours', {}, 'no-store', 'default', true],
    ['one, asked for anew', { cacheLoadControl: 'always-network' }, 'no-store', 'reload', true],
    ['one, stale or not', { cacheLoadControl: 'prefer-cache' }, 'no-store', 'force-cache', true],
    ['one, and nothing else', { cacheLoadControl: 'always-cache' }, 'no-store', 'no-store', true],
    ['one, saving nothing', { cacheSaveControl: false }, 'no-store', 'no-store', true],
  ])(
    'cache mode, on the page’s origin and elsewhere: %s',
    (_name, options, here, elsewhere, ours = false) => {
      const resolved = makeRequest({ options }).options;
      expect([fetchCacheMode(resolved, ours, true), fetchCacheMode(resolved, ours, false)]).toEqual([
        here,
        elsewhere,
      ]);
    },
  );

  test.each<[string, Options, RequestRedirect, RequestMode | undefined]>([
    ['by default', {}, 'follow', undefined],
    ['none allowed', { maximumRedirectsAllowed: 0 }, 'error', undefined],
    ['some allowed', { maximumRedirectsAllowed: 20 }, 'follow', undefined],
    ['same-origin', { redirectPolicy: 'same-origin' }, 'follow', 'same-origin'],
  ])('redirects: %s', async (_name, options, redirect, mode) => {
    const init = await initOf({ options });
    expect([init.redirect ?? 'follow', init.mode]).toEqual([redirect, mode]);
  });

  test('a cache mode that fetch does not have is refused by the name of the capability', async () => {
    const error = await refusalOf({ options: { cacheLoadControl: 'always-cache' } });
    expect([error.code, error.capability]).toEqual(['protocol-invalid-operation', 'platformCache']);
    expect(error.message).toContain("cacheLoadControl 'always-cache'");
  });

  test('a platform without a cache is told nothing of it', async () => {
    const options = { cacheLoadControl: 'always-network' } as const;
    expect(await initOf({ options }, portableFetchCapabilities)).not.toHaveProperty('cache');
  });

  test.each<[string, Options, RequestCache | undefined, boolean?]>([
    ['max-age=0', {}, 'no-cache'],
    ['no-cache', {}, 'no-cache'],
    ['no-cache', {}, 'no-cache', true],
    // `default` is no word for workerd, and goes without saying.
    ['max-age=5', {}, undefined],
  ])(
    'what a mode sends by itself is not written out: %s',
    async (control, options, mode, isCached = false) => {
      const headers = { 'cache-control': control };
      const init = await initOf({ headers, options, parts: { addressFilter: null, isCached } });
      expect(init.cache).toBe(mode);
      expect(init.headers).toEqual(mode === undefined ? [['cache-control', control]] : []);
      const plain = await initOf({ headers, options }, portableFetchCapabilities);
      expect(plain.headers).toEqual([['cache-control', control]]);
    },
  );

  test.each(['TRACE', 'track'])('%s is refused', async (method) => {
    expect((await refusalOf({ method })).code).toBe('protocol-invalid-operation');
  });

  test.each<[string, 'half' | null, (typeof browserFetchCapabilities)['requestStreams'], boolean]>([
    ['asked for, and possible', 'half', 'half-duplex', true],
    ['not asked for', null, 'half-duplex', false],
    ['always', null, 'always', true],
    ['never', null, 'never', false],
  ])('a body of unknown length is streamed: %s', async (_name, duplex, requestStreams, streamed) => {
    const body = {
      length: null,
      replayable: false,
      bytes: null,
      contentType: null,
      async *open() {
        yield Uint8Array.of(1, 2, 3);
      },
    };
    const capabilities = { ...browserFetchCapabilities, requestStreams };
    const init = await initOf({ method: 'POST', body, options: { duplex } }, capabilities);
    expect([init.body instanceof ReadableStream, init.duplex]).toEqual(
      streamed ? [true, 'half'] : [false, undefined],
    );
    expect(new Uint8Array(await new Response(init.body).arrayBuffer())).toEqual(Uint8Array.of(1, 2, 3));
  });
});

test('a runtime that makes a text of a stream refuses to stream it', async () => {
  class TextRequest extends Request {
    constructor(url: string, { method, body }: RequestInit) {
      super(url, { method: method!, body: String(body) });
    }
  }
  vi.stubGlobal('Request', TextRequest);
  const body = toRequestBody(new Blob(['x']).stream());
  const sent = refusalOf({ method: 'POST', body, options: { duplex: 'half' } });
  expect(await sent).toMatchObject({ code: 'protocol-invalid-operation', capability: 'requestStreams' });
});

describe('what fetch is given', () => {
  const blob = new Blob(['text'], { type: 'text/plain' });

  test('a Blob goes as it is where fetch knows Blobs', async () => {
    expect((await initOf({ method: 'POST', body: toRequestBody(blob) })).body).toBe(blob);
  });

  test('a dialect with streams of its own gets bytes', async () => {
    let seen: Init = {};
    const transport = new FetchTransport(
      async (_url, init) => {
        seen = init;
        return new Response();
      },
      portableFetchCapabilities,
      { toStream: foreignStream },
    );
    await transport.send(makeRequest({ method: 'POST', body: toRequestBody(blob) }), makeExchange().exchange);
    expect(seen.body).toEqual(new TextEncoder().encode('text'));
  });

  test('a streamed upload keeps the idle timer awake', async () => {
    let touched = 0;
    const { exchange } = makeExchange();
    exchange.idle = { touch: () => touched++, pause: () => {}, resume: () => {} };
    const body = toRequestBody(new Blob(['one', 'two']).stream());
    const transport = new FetchTransport(
      async (_url, init) => {
        await new Response(init.body).text();
        return new Response();
      },
      { ...browserFetchCapabilities, requestStreams: 'always' },
    );
    await transport.send(makeRequest({ method: 'POST', body }), exchange);
    expect(touched).toBeGreaterThan(1);
  });
});

describe('what fetch answers', () => {
  const answer = (
    response: Response,
    url = 'http://origin.test/path',
    options: Partial<RequestOptions> = {},
  ) =>
    new FetchTransport(async () => response, browserFetchCapabilities).send(
      makeRequest({ url, options }),
      makeExchange().exchange,
    );
  const responseLike = (init: Partial<Response> & { readonly fields?: HeadersInit }): Response =>
    Object.defineProperties(
      new Response('body', { headers: init.fields ?? [] }),
      Object.fromEntries(Object.entries(init).map(([name, value]) => [name, { value }])),
    );

  test.each([
    ['of the same origin, plain', { type: 'basic' }, { 'Content-Length': '4' }, 4],
    ['of unknown length', { type: 'basic' }, {}, -1],
    ['encoded', { type: 'basic' }, { 'Content-Length': '99', 'Content-Encoding': 'br' }, -1],
    ['of another origin, which hides its encoding', { type: 'cors' }, { 'Content-Length': '99' }, -1],
  ] as const)('the length of a response %s', async (_name, init, fields, total) => {
    const response = await answer(responseLike({ ...init, fields }));
    const told = new Headers(fields).get('content-length');
    expect(response.headers.get('content-length')).toBe(told);
    expect(new HeadEvent(response, 'GET')).toMatchObject({
      total,
      originalContentLength: Number(told ?? -1),
    });
  });

  const UNENCODED = { unencodedOrigins: ['http://origin.test'] };
  test.each<[string, Partial<Response>, HeadersInit, number]>([
    ['of another origin', { type: 'cors' }, { 'Content-Length': '4' }, 4],
    [
      'that shows a coding all the same',
      { type: 'cors' },
      { 'Content-Length': '4', 'Content-Encoding': 'gzip' },
      -1,
    ],
    [
      'of an origin that it was redirected to',
      { type: 'cors', url: 'https://x.test/' },
      { 'Content-Length': '4' },
      -1,
    ],
  ])(
    'the length where the application says that there is no coding, %s',
    async (_name, init, fields, total) => {
      const response = await answer(responseLike({ ...init, fields }), undefined, UNENCODED);
      expect(new HeadEvent(response, 'GET').total).toBe(total);
    },
  );

  test.each(['basic', 'cors'] as const)('what is left of a %s response', async (type) => {
    expect((await answer(responseLike({ type }))).fidelity).toBe(type === 'cors' ? 'filtered' : 'decoded');
  });

  test('the URL after redirects, and after an upgrade that was none', async () => {
    const redirected = await answer(responseLike({ redirected: true, url: 'https://other.test/x' }));
    expect([redirected.url.href, redirected.redirectedByPlatform, redirected.security !== null]).toEqual([
      'https://other.test/x',
      true,
      true,
    ]);
    const upgraded = await answer(responseLike({ url: 'https://origin.test/path' }));
    expect([upgraded.url.href, upgraded.redirectedByPlatform]).toEqual(['https://origin.test/path', false]);
    const direct = await answer(
      responseLike({ url: 'http://origin.test/path' }),
      'http://origin.test/path#here',
    );
    expect(direct.url.fragment).toBe('#here');
  });

  test('a fetch function that is deaf to its signal cannot hold a request', async () => {
    const transport = new FetchTransport(() => new Promise(() => {}), browserFetchCapabilities);
    const { exchange } = makeExchange();
    const response = transport.send(makeRequest(), exchange);
    const reason = new NetworkError('timeout', 'too late');
    exchange.cancel(reason);
    await expect(response).rejects.toBe(reason);
  });

  test('a stream that is deaf to the signal is cancelled', async () => {
    let canceled = false;
    const stream = new ReadableStream({
      cancel: () => {
        canceled = true;
      },
    });
    const transport = new FetchTransport(async () => new Response(stream), browserFetchCapabilities);
    const { exchange } = makeExchange();
    const { body } = await transport.send(makeRequest(), exchange);
    const reason = new NetworkError('timeout', 'too late');
    const read = readBody(body);
    exchange.cancel(reason);
    await expect(read).rejects.toBe(reason);
    expect(canceled).toBe(true);
  });

  test('a response without a stream arrives in one piece', async () => {
    const response = { body: undefined, arrayBuffer: async () => Uint8Array.of(104, 105).buffer };
    expect(
      await readBody(
        streamBody(
          foreignStream(response as unknown as Response),
          () => new NetworkError('unknown-content', ''),
        ),
      ),
    ).toBe('hi');
  });
});

describe('a platform that passes what was cut off for complete', () => {
  const cuts = { ...browserFetchCapabilities, cutBodies: false };
  const answer = async (
    init: ResponseInit,
    type: ResponseType,
    method = 'GET',
    options: Partial<RequestOptions> = {},
  ) => {
    const response = new Response(method === 'HEAD' ? null : '12345', init);
    Object.defineProperty(response, 'type', { value: type });
    const transport = new FetchTransport(async () => response, cuts);
    return transport.send(makeRequest({ method, options }), makeExchange().exchange);
  };

  test('is not believed where the length is known', async () => {
    const { body, mayBeCutOff } = await answer({ headers: { 'content-length': '10' } }, 'basic');
    expect(mayBeCutOff).toBe(false);
    await expect(readBody(body)).rejects.toMatchObject({
      code: 'remote-host-closed',
      message: expect.stringContaining('5 of 10 bytes'),
    });
    const whole = await answer({ headers: { 'content-length': '5' } }, 'basic');
    expect(await readBody(whole.body)).toBe('12345');
    const made = await answer({ headers: { 'content-length': '10' } }, 'default');
    expect(await readBody(made.body)).toBe('12345');
  });

  test('is not believed where the application says that there is no coding', async () => {
    const options = { unencodedOrigins: ['http://origin.test'] };
    const { body, mayBeCutOff } = await answer(
      { headers: { 'content-length': '10' } },
      'cors',
      'GET',
      options,
    );
    expect(mayBeCutOff).toBe(false);
    await expect(readBody(body)).rejects.toMatchObject({ code: 'remote-host-closed' });
  });

  test.each([
    ['is not believed of a Request of the page', false, false],
    ['is believed of what a service worker is asked, whose answer goes back as it came', true, true],
  ])('%s', async (_name, isServiceWorker, isTaken) => {
    if (isServiceWorker) vi.stubGlobal('ServiceWorkerGlobalScope', class {});
    const request = new Request('http://origin.test/');
    const options = { fetch: bindRequest(fetchWords(request), request) };
    const { body } = await answer({ headers: { 'content-length': '10' } }, 'basic', 'GET', options);
    expect(body.takeResponse !== undefined).toBe(isTaken);
    if (!isTaken) await expect(readBody(body)).rejects.toMatchObject({ code: 'remote-host-closed' });
  });

  test.each<[string, Record<string, string>, ResponseType]>([
    ['there is no length', {}, 'basic'],
    ['a coding was undone', { 'content-length': '99', 'content-encoding': 'gzip' }, 'basic'],
    ['another origin hides whether one was', { 'content-length': '99' }, 'cors'],
  ])('is believed, and not stored, where %s', async (_, headers, type) => {
    const { body, mayBeCutOff } = await answer({ headers }, type);
    expect([mayBeCutOff, await readBody(body)]).toEqual([true, '12345']);
  });

  test.each<[string, boolean]>([
    ['Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15', false],
    [
      'Mozilla/5.0 (X11; Linux) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/126.0 Safari/537.36',
      true,
    ],
    ['Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/120.0 Mobile Safari/604.1', false],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0', true],
  ])('is WebKit alone: %s', (userAgent, tells) => {
    vi.stubGlobal('navigator', { userAgent });
    expect(browserCapabilities().cutBodies).toBe(tells);
  });
});

test.each([
  [false, 'temporary-network-failure', 'says that it is offline'],
  [true, 'unknown-network', 'the platform does not tell'],
  [undefined, 'unknown-network', 'the platform does not tell'],
])('a failure while navigator.onLine is %s', async (onLine, code, words) => {
  vi.stubGlobal('navigator', { onLine });
  const cause = new TypeError('Failed to fetch');
  const transport = new FetchTransport(() => Promise.reject(cause), browserFetchCapabilities);
  const error = await transport.send(makeRequest(), makeExchange().exchange).catch((thrown) => thrown);
  expect(error).toMatchObject({ code, cause, message: expect.stringContaining(words) });
});

describe('the limit of an origin', () => {
  const told = 'https://h2.test';

  /** The limits that requests have set, the first of which stays under way. */
  async function limits(urls: readonly string[], learn?: string): Promise<(number | null)[]> {
    const known = new Set<string>();
    let tell = (): void => {};
    const multiplexing = {
      has: (origin: string) => known.has(origin),
      watch: (learnt: () => void) => {
        tell = learnt;
      },
      stop: () => {},
    };
    const transport = new FetchTransport(() => new Promise(() => {}), browserFetchCapabilities, {
      multiplexing,
    });
    const set: (number | null)[] = [];
    for (const url of urls) {
      const { exchange } = makeExchange();
      exchange.slot = { setConcurrency: (requests) => set.push(requests) };
      transport.send(makeRequest({ url }), exchange).catch(() => {});
    }
    if (learn !== undefined) known.add(learn);
    tell();
    await transport.close();
    return set;
  }

  test.each<[string, readonly string[], string | undefined, readonly number[]]>([
    ['stays for one that is not known', [told, told], undefined, []],
    ['is lifted for those under way once it is learnt', [told, told], told, [100, 100]],
    ['stays for another one', [told, told], 'https://other.test', []],
    ['is nothing that one request alone would learn', [told], told, []],
  ])('%s', async (_name, urls, learn, expected) => {
    expect(await limits(urls, learn)).toEqual(expected);
  });
});

test('the capabilities of a page are those of a browser, with its origin', () => {
  vi.stubGlobal('origin', 'https://page.test');
  expect(browserCapabilities()).toEqual({ ...browserFetchCapabilities, pageOrigin: 'https://page.test' });
  vi.unstubAllGlobals();
  expect(browserCapabilities().pageOrigin).toBeNull();
});
