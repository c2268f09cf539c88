import { describe, expect, test, vi } from 'vitest';
import type { Call } from '../../../src/call/call.ts';
import type { HttpRequest } from '../../../src/call/request.ts';
import type { HttpResponse } from '../../../src/call/response.ts';
import type { Next } from '../../../src/call/stage.ts';
import type { AbstractCookieJar } from '../../../src/cookies/abstract-cookie-jar.ts';
import { cookieStages } from '../../../src/cookies/stage.ts';
import { NetworkError } from '../../../src/error.ts';
import type { RequestOptions } from '../../../src/options/options.ts';
import { compose } from '../../../src/pipeline/compose.ts';
import { countCancelers } from '../../support/count-cancelers.ts';
import { makeExchange, makeRequest, makeResponse } from '../../support/fixtures.ts';
import { makeJar, pairs } from './fixtures.ts';

const SITE = 'https://www.example.com/';

/** Both stages, which have only the cache between them. */
function walk(
  jar: AbstractCookieJar,
  request: HttpRequest,
  next: Next,
  exchange: Call,
): Promise<HttpResponse> {
  const { attach, store } = cookieStages(jar);
  return compose([attach, store], next)(request, exchange);
}

/** Sends one request through the stages; answers what was sent below it. */
async function send(
  { cookieJar, ...options }: Partial<RequestOptions> & { readonly cookieJar: AbstractCookieJar },
  request: { readonly url?: string; readonly cookie?: string; readonly method?: string } = {},
  response: Partial<HttpResponse> & { readonly setCookie?: string[] } = {},
): Promise<HttpRequest> {
  const { exchange } = makeExchange();
  const headers: [string, string][] = request.cookie === undefined ? [] : [['cookie', request.cookie]];
  const sent: HttpRequest[] = [];
  const next = async (below: HttpRequest) => {
    sent.push(below);
    const fields = (response.setCookie ?? []).map((line): [string, string] => ['set-cookie', line]);
    return { ...makeResponse({ url: below.url.href, headers: fields }), ...response };
  };
  await walk(cookieJar, makeRequest({ url: SITE, ...request, headers, options }), next, exchange);
  return sent[0]!;
}

describe('attaching', () => {
  test.each<
    [name: string, options: Partial<RequestOptions>, byHand: string | undefined, expected: string | null]
  >([
    ['the jar’s', {}, undefined, 'a=1; b=2'],
    ['the jar’s, then those by hand', {}, 'c=3; a=9', 'a=1; b=2; c=3'],
    ['only those by hand', { cookieLoadControl: 'manual' }, 'c=3', 'c=3'],
    ['none', { cookieLoadControl: 'manual' }, undefined, null],
    ['for another site', { siteForCookies: 'https://example.net' }, undefined, null],
    ['for its own site', { siteForCookies: 'https://example.com' }, undefined, 'a=1; b=2'],
  ])('%s', async (_name, options, cookie, expected) => {
    const { jar } = makeJar();
    jar.setCookie('a=1', SITE);
    jar.setCookie('b=2', SITE);
    const sent = await send({ cookieJar: jar, ...options }, cookie === undefined ? {} : { cookie });
    expect(sent.headers.get('cookie')).toBe(expected);
    expect(sent.headers.getAll('cookie')).toHaveLength(expected === null ? 0 : 1);
  });

  test('a request without cookies passes as it is', async () => {
    const { exchange } = makeExchange();
    const request = makeRequest({ url: SITE });
    const next = vi.fn(async () => makeResponse());
    await walk(makeJar().jar, request, next, exchange);
    expect(next).toHaveBeenCalledWith(request, exchange);
  });
});

describe('keeping', () => {
  test('what the URL set that answered, every field', async () => {
    const { jar } = makeJar();
    await send(
      { cookieJar: jar },
      { url: 'https://www.example.com/dir/page' },
      { status: 302, setCookie: ['a=1', 'b=2; Path=/', 'bad=1; Domain=com'] },
    );
    expect(jar.allCookies()).toMatchObject([
      { name: 'a', domain: 'www.example.com', path: '/dir' },
      { name: 'b', path: '/' },
    ]);
  });

  test.each<[name: string, options: Partial<RequestOptions>]>([
    ['cookieSaveControl is manual', { cookieSaveControl: 'manual' }],
    ['the site is another', { siteForCookies: 'https://example.net' }],
  ])('nothing when %s', async (_name, options) => {
    const { jar } = makeJar();
    await send({ cookieJar: jar, ...options }, {}, { setCookie: ['a=1'] });
    expect(jar.allCookies()).toEqual([]);
  });

  test('what comes with loading off', async () => {
    const { jar } = makeJar();
    await send({ cookieJar: jar, cookieLoadControl: 'manual' }, {}, { setCookie: ['b=2'] });
    expect(pairs(jar)).toEqual(['b=2']);
  });
});

describe('a jar of the application', () => {
  test('may answer with promises, and gets parsed cookies and text for a URL', async () => {
    const calls: unknown[] = [];
    const cookieJar: AbstractCookieJar = {
      cookiesForUrl: async (url, context) => {
        calls.push([url, context]);
        return [{ name: 'a', value: '1' }];
      },
      setCookiesFromUrl: async (cookies, url, context) => {
        calls.push([cookies.map(({ name, path }) => [name, path]), url, context]);
      },
    };
    const context = { site: 'https://example.net', method: 'PUT' };
    const sent = await send(
      { cookieJar, siteForCookies: context.site },
      { method: 'PUT' },
      { setCookie: ['b=2; Path=/x', '='] },
    );
    expect(sent.headers.get('cookie')).toBe('a=1');
    expect(calls).toEqual([
      [SITE, context],
      [[['b', '/x']], SITE, context],
    ]);
  });

  test('that fails fails the request, before anything is sent', async () => {
    const cookieJar: AbstractCookieJar = {
      cookiesForUrl: () => Promise.reject(new Error('locked')),
      setCookiesFromUrl: () => {},
    };
    await expect(send({ cookieJar })).rejects.toMatchObject({
      code: 'unknown-network',
      url: SITE,
      message: 'the cookie jar failed',
    });
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['the text of a field', 'a=1'],
    ['cookies of another shape', [{ key: 'a', value: '1' }]],
    ['cookies without a value', [{ name: 'a' }]],
    ['holes', [null]],
    ['values that are no field', [{ name: 'a', value: '1\r\nx: y' }]],
  ])('that answers with %s fails the request, too', async (_name, answer) => {
    for (const cookies of [answer, Promise.resolve(answer)]) {
      const cookieJar = { cookiesForUrl: () => cookies, setCookiesFromUrl: () => true } as AbstractCookieJar;
      const sending = send({ cookieJar });
      await expect(sending).rejects.toMatchObject({
        code: 'unknown-network',
        message: 'the cookie jar failed',
      });
    }
  });

  test('that cannot keep a cookie fails the request and lets the body go', async () => {
    const cookieJar: AbstractCookieJar = {
      cookiesForUrl: () => [],
      setCookiesFromUrl: () => {
        throw new Error('full');
      },
    };
    const body = { length: null, start: vi.fn(), pause: vi.fn(), resume: vi.fn(), cancel: vi.fn() };
    const failed = send({ cookieJar }, {}, { body: body as never, setCookie: ['a=1'] });
    await expect(failed).rejects.toBeInstanceOf(NetworkError);
    expect(body.cancel).toHaveBeenCalledOnce();
  });

  test('that never answers does not outlive the request', async () => {
    const { exchange } = makeExchange();
    const cookieJar: AbstractCookieJar = {
      cookiesForUrl: () => new Promise(() => {}),
      setCookiesFromUrl: () => {},
    };
    const reason = new NetworkError('operation-canceled', 'aborted');
    const next = vi.fn();
    const response = walk(cookieJar, makeRequest({ url: SITE }), next, exchange);
    exchange.cancel(reason);
    await expect(response).rejects.toBe(reason);
    expect(next).not.toHaveBeenCalled();
  });

  test('is asked for changes of others first, and one that has none to wait for costs no promise', async () => {
    const order: string[] = [];
    const cookieJar: AbstractCookieJar = {
      refresh: () => Promise.resolve().then(() => void order.push('refreshed')),
      cookiesForUrl: () => {
        order.push('asked');
        return [{ name: 'a', value: '1' }];
      },
      setCookiesFromUrl: () => {},
    };
    expect((await send({ cookieJar })).headers.get('cookie')).toBe('a=1');
    expect(order).toEqual(['refreshed', 'asked']);
    cookieJar.refresh = () => null;
    expect((await send({ cookieJar })).headers.get('cookie')).toBe('a=1');
  });

  test('that has answered leaves nothing behind', async () => {
    const { exchange } = makeExchange();
    const left = countCancelers(exchange);
    const cookieJar: AbstractCookieJar = {
      cookiesForUrl: async () => [],
      setCookiesFromUrl: async () => {},
    };
    const next = async () => makeResponse({ headers: { 'set-cookie': 'a=1' } });
    await walk(cookieJar, makeRequest({ url: SITE }), next, exchange);
    expect(left.size).toBe(0);
  });
});

test('Expires is corrected by the Date of the response', async () => {
  const { exchange } = makeExchange();
  const { jar } = makeJar({ clock: exchange.clock });
  const hourAhead = Math.floor(exchange.clock.now() / 1000) * 1000 + 3_600_000;
  const date = new Date(hourAhead).toUTCString();
  const expires = new Date(hourAhead + 1_800_000).toUTCString();
  const next = async () => makeResponse({ headers: { date, 'set-cookie': `sid=1; Expires=${expires}` } });
  await walk(jar, makeRequest({ url: SITE }), next, exchange);
  expect(jar.allCookies()[0]?.expires).toBe(exchange.clock.now() + 1_800_000);
});
