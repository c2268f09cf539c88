import { describe, expect, test } from 'vitest';
import { browserFetchCapabilities } from '../../../platform/common/fetch-transport-capabilities.ts';
import { NetworkError } from '../../../src/error.ts';
import { bytesBody } from '../../../src/message/bytes-body.ts';
import { type BodyInput, toRequestBody } from '../../../src/message/request-body.ts';
import type { RequestOptions } from '../../../src/options.ts';
import { assemble } from '../../../src/pipeline/assemble.ts';
import { fetchStages } from '../../../src/pipeline/fetch.ts';
import { createGate, fetchPipeline } from '../../../src/pipeline/fetch-pipeline.ts';
import type { HttpParts } from '../../../src/pipeline/http-parts.ts';
import type { HttpRequest, HttpResponse, Next } from '../../../src/pipeline/stage.ts';
import { DEFAULT_OPTIONS } from '../../../src/resolve-options.ts';
import { makeExchange, makeRequest, makeResponse } from '../../support/fixtures.ts';

/** A page's parts over a transport that answers with `answer`, and what that was sent. */
function setup(answer: () => HttpResponse = () => makeResponse(), options: Partial<RequestOptions> = {}) {
  const sent: HttpRequest[] = [];
  const parts: HttpParts = {
    options: { ...DEFAULT_OPTIONS, ...options },
    defaults: DEFAULT_OPTIONS,
    queue: createGate(),
    transport: {
      capabilities: browserFetchCapabilities,
      send: async (request, exchange) => {
        sent.push(request);
        expect(exchange.idle === null).toBe(request.options.transferTimeout === 0);
        return answer();
      },
      close: async () => {},
    },
    schemes: new Map([['app', { open: () => makeResponse({ status: 0 }) }]]),
  };
  return { parts, sent };
}

const shortWay = (parts: HttpParts): Next => fetchPipeline(parts);
const longWay = (parts: HttpParts): Next => assemble(fetchStages(parts), parts);

describe('a plain request', () => {
  test.each<[string, Parameters<typeof makeRequest>[0], BodyInput | null]>([
    ['of nothing', {}, null],
    ['with fields', { headers: { accept: 'a/b' } }, null],
    ['with a text', { method: 'POST' }, 'text'],
    ['with a text of a type of its own', { method: 'POST', headers: { 'content-type': 'a/b' } }, 'text'],
    ['with bytes', { method: 'PUT' }, Uint8Array.of(1)],
  ])('%s is sent as it would be along the list', async (_name, init, body) => {
    const request = makeRequest({ ...init, body: body === null ? null : toRequestBody(body) });
    const seen = await Promise.all(
      [shortWay, longWay].map(async (way) => {
        const { parts, sent } = setup();
        await way(parts)(request, makeExchange().exchange);
        return sent.map(({ headers, ...rest }) => ({ ...rest, headers: [...headers] }));
      }),
    );
    expect(seen[0]).toEqual(seen[1]);
    expect(seen[0]).toHaveLength(1);
  });

  test.each([
    ['http://other.test/', true],
    ['https://other.test/', true],
    ['http://other.test/', false],
  ])('that ends at %s (redirected: %s) is judged as it would be along the list', async (url, redirected) => {
    const outcomes = await Promise.all(
      [shortWay, longWay].map(async (way) => {
        const cancelled: unknown[] = [];
        const body = { ...bytesBody(), cancel: (reason: unknown) => cancelled.push(reason) };
        const { parts } = setup(() =>
          makeResponse({ url, redirectedByPlatform: redirected, body: body as never }),
        );
        const run = way(parts)(makeRequest({ url: 'https://origin.test/' }), makeExchange().exchange);
        const outcome = await run.catch((error: unknown) => error);
        return outcome instanceof NetworkError ? [outcome.toJSON(), cancelled.length] : [null, 0];
      }),
    );
    expect(outcomes[0]).toEqual(outcomes[1]);
    expect(outcomes[0]![1]).toBe(redirected && url.startsWith('http:') ? 1 : 0);
  });
});

describe('any other request', () => {
  const run = (
    options: Partial<RequestOptions>,
    init: Parameters<typeof makeRequest>[0] = {},
  ): Promise<HttpResponse> =>
    shortWay(setup(undefined, options).parts)(makeRequest({ ...init, options }), makeExchange().exchange);

  test.each<[string, Partial<RequestOptions>, Record<string, string>, string]>([
    ['an option', { redirectPolicy: 'manual' }, {}, 'redirects'],
    ['a field', {}, { Cookie: 'a=b' }, 'forbiddenFields'],
  ])('is refused for %s that fetch cannot honour', async (_name, options, headers, capability) => {
    await expect(run(options, { headers })).rejects.toMatchObject({ capability });
  });

  test.each<[string, Partial<RequestOptions>]>([
    ['what fetch has', { useCredentials: true }],
    ['a timeout', { transferTimeout: 1000 }],
  ])('passes that asks for %s', async (_name, options) => {
    expect((await run(options)).status).toBe(200);
  });

  test('goes where its scheme is answered', async () => {
    expect((await run({}, { url: 'app://host/' })).status).toBe(0);
    await expect(run({}, { url: 'other://host/' })).rejects.toMatchObject({ code: 'protocol-unknown' });
  });

  test('meets the stages of what is set', async () => {
    const cache = { stage: { name: 'cache', handle: async () => makeResponse({ source: 'cache' }) } };
    expect((await run({ cache })).source).toBe('cache');
  });
});
