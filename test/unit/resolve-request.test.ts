import { describe, expect, test } from 'vitest';
import { socketCapabilities } from '../../platform/node/http-module-transport/capabilities.ts';
import { MemoryCache } from '../../src/cache/storage/memory-cache.ts';
import type { ManagerSettings } from '../../src/call/parts.ts';
import { HttpHeaders } from '../../src/message/headers.ts';
import { toRequestBody } from '../../src/message/request-body.ts';
import type { NetworkRequest } from '../../src/options/options.ts';
import type { Platform } from '../../src/platform.ts';
import type { Operation } from '../../src/reply/operation.ts';
import { DEFAULT_SETTINGS, requestDefaults } from '../../src/resolve-options.ts';
import {
  connectRequest,
  type RequestSurroundings,
  resolveRequest,
  toNetworkRequest,
} from '../../src/resolve-request.ts';
import { systemClock } from '../../src/util/clock.ts';
import { parseUrl } from '../../src/util/url.ts';

const under = (settings: ManagerSettings, platform: Platform): RequestSurroundings => ({
  options: requestDefaults(settings),
  headers: settings.headers,
  platform,
});

describe('a mistake in a request is a TypeError', () => {
  const platform = { parseUrl, toRequestBody } as unknown as Platform;
  test.each<[string, unknown, Operation, RegExp]>([
    ['nothing', null, 'get', /url must be a string or a URL/],
    ['a number', 42, 'get', /url must be a string or a URL/],
    ['no url', {}, 'get', /url must be a string or a URL/],
    ['an inherited url', Object.create({ url: 'http://h.test/' }), 'get', /url must be/],
    ['a relative url', '/path', 'get', /URL: cannot be parsed, or is not absolute/],
    ['no method', { url: 'http://h.test/' }, 'custom', /method must be a token/],
    ['a method that is no text', { url: 'http://h.test/', method: 5 }, 'custom', /method must be a token/],
    ['a method of two words', { url: 'http://h.test/', method: 'GET /' }, 'custom', /method must be a token/],
    ['CONNECT', { url: 'http://h.test/', method: 'Connect' }, 'custom', /not CONNECT/],
  ])('%s', (_name, input, operation, message) => {
    const resolve = () =>
      resolveRequest(operation, toNetworkRequest(input as never), null, under(DEFAULT_SETTINGS, platform));
    expect(resolve).toThrow(TypeError);
    expect(resolve).toThrow(message);
  });
});

/** Objects that no clone can be made of. */
const PARTS = {
  transport: {
    capabilities: socketCapabilities,
    send: () => new Promise<never>(() => {}),
    close: async () => {},
  },
  jar: { cookiesForUrl: () => [], setCookiesFromUrl: () => true },
  cache: new MemoryCache(),
  clock: systemClock,
};

describe('what a request has said itself', () => {
  const resolve = (request: NetworkRequest, settings: Partial<ManagerSettings> = {}) =>
    resolveRequest(
      'get',
      request,
      null,
      under({ ...DEFAULT_SETTINGS, ...settings }, { parseUrl } as Platform),
    );
  const ca = Uint8Array.of(1, 2);
  const said = {
    url: 'http://h.test/',
    transferTimeout: 5,
    redirectPolicy: 'manual',
    secretHeaders: ['X-Key'],
    tls: { ca, servername: 'h.test' },
    maximumBodySize: null,
    priority: 'high',
    cookieLoadControl: 'manual',
    siteForCookies: 'https://site.test',
    duplex: 'half',
    useCredentials: undefined,
    signal: new AbortController().signal,
    attributes: new Map([[Symbol('mine'), () => {}]]),
  } as unknown as NetworkRequest;

  test('is plain data: a clone of it is the same, and gives the same options again', () => {
    const { own, options } = resolve(said);
    expect(Object.keys(own)).toHaveLength(9);
    expect(own).toMatchObject({ secretHeaders: ['x-key'], maximumBodySize: null });
    const clone = structuredClone(own);
    expect(clone).toEqual(own);
    const again = resolve({ ...clone, url: said.url });
    expect(again.own).toEqual(own);
    expect({ ...again.options, signal: null, attributes: null }).toEqual({
      ...options,
      signal: null,
      attributes: null,
    });
  });

  test('and so is all that is said of it, by its manager, too: the parts of that are not in it', () => {
    const { transport, jar, cache, clock } = PARTS;
    const { options } = resolve(
      { ...said, signal: null, attributes: new Map([['user', 1]]) } as NetworkRequest,
      {
        ...{ transport, cookieJar: jar, cache, clock, headers: new HttpHeaders({ 'x-a': '1' }) },
        schemes: new Map([['app', { open: () => new Response() }]]),
        transferTimeout: 9,
      },
    );
    expect(structuredClone(options)).toEqual(options);
    expect(Object.values(resolve({ url: 'http://h.test/' }, { cookieJar: jar }).options)).not.toContain(jar);
  });

  test('is nothing of its manager’s', () => {
    expect(resolve({ url: 'http://h.test/' }, { transferTimeout: 7, userAgent: 'a' }).own).toEqual({});
  });
});

describe('json', () => {
  const resolve = (operation: Operation, request: object, body: string | null = null) =>
    resolveRequest(
      operation,
      { url: 'http://h.test/', ...request },
      body,
      under(DEFAULT_SETTINGS, { parseUrl } as Platform),
    );
  const text = (bytes: Uint8Array | null | undefined) => new TextDecoder().decode(bytes!);

  test.each<[value: unknown, text: string]>([
    [{ a: 'ä' }, '{"a":"ä"}'],
    [null, 'null'],
    [0, '0'],
    ['', '""'],
    [[1], '[1]'],
    [new Date(0), '"1970-01-01T00:00:00.000Z"'],
  ])('%j is a body, and says what it is', (json, expected) => {
    const { body, own } = resolve('post', { json });
    expect(body).toMatchObject({ contentType: 'application/json', replayable: true });
    expect(text(body!.bytes)).toBe(expected);
    expect(body!.length).toBe(body!.bytes!.length);
    expect(own).toEqual({});
  });

  test('undefined is not set', () => {
    expect(resolve('post', { json: undefined }).body).toBeNull();
    expect(text(resolve('post', { json: undefined }, 'x').body!.bytes)).toBe('x');
  });

  const circle: { it?: unknown } = {};
  circle.it = circle;
  test.each<[name: string, operation: Operation, json: unknown, body: string | null, message: string]>([
    ['a body beside it', 'post', {}, 'x', 'there is a body, too'],
    ['an empty body beside it', 'post', {}, '', 'there is a body, too'],
    ['GET', 'get', {}, null, 'a GET has no body'],
    ['HEAD', 'head', {}, null, 'a HEAD has no body'],
    ['a function', 'put', () => {}, null, 'JSON cannot say that'],
    ['a BigInt', 'put', 1n, null, 'JSON cannot say that'],
    ['a circle', 'put', circle, null, 'JSON cannot say that'],
  ])('%s is a TypeError', (_name, operation, json, body, message) => {
    expect(() => resolve(operation, { json }, body)).toThrow(TypeError);
    expect(() => resolve(operation, { json }, body)).toThrow(message);
  });
});

describe('the request that opens a connection', () => {
  test.each([
    ['h.test', 80, 'http://h.test/'],
    ['H.Test', 8080, 'http://h.test:8080/'],
    ['bücher.test', 80, 'http://xn--bcher-kva.test/'],
    ['::1', 80, 'http://[::1]/'],
    ['[::1]', 81, 'http://[::1]:81/'],
  ])('%s, port %i', (host, port, expected) => {
    const { url } = connectRequest('http', host, port);
    // As the pipeline reads it: behind the prefix, from the parsed URL.
    expect(parseUrl(parseUrl(url).href.replace(/^preconnect-/, '')).href).toBe(expected);
  });

  test.each([
    ['', 80],
    ['h.test/path', 80],
    ['u@h.test', 80],
    ['h.test?q', 80],
    ['h.test#f', 80],
    ['h\\x', 80],
    ['h h', 80],
    ['h.test', 65536],
    ['h.test', -1],
    ['h.test', 1.5],
    ['h.test:81', 80],
  ])('%j, port %d is refused', (host, port) => {
    expect(() => connectRequest('http', host, port)).toThrow(TypeError);
  });

  test.each(['http://me:geheim@h.test/', 'me:geheim@h.test'])('%s is told without its password', (host) => {
    const connect = () => connectRequest('http', host, 80);
    expect(connect).toThrow('"h.test');
    expect(connect).not.toThrow('geheim');
  });
});
