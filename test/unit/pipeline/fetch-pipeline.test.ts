import { describe, expect, test } from 'vitest';
import { fetchRules } from '../../../platform/common/fetch-rules.ts';
import { browserFetchCapabilities } from '../../../platform/common/fetch-transport-capabilities.ts';
import { ask } from '../../../src/call/ask.ts';
import type { ManagerSettings } from '../../../src/call/parts.ts';
import type { HttpRequest } from '../../../src/call/request.ts';
import type { HttpResponse } from '../../../src/call/response.ts';
import { NetworkError } from '../../../src/error.ts';
import { bytesBody } from '../../../src/message/bytes-body.ts';
import { UNTOLD_SECURITY } from '../../../src/message/connection-security.ts';
import type { RequestOptions } from '../../../src/options/options.ts';
import type { HttpParts } from '../../../src/pipeline/list.ts';
import { requestSources } from '../../../src/pipeline/sources.ts';
import { NetworkReply } from '../../../src/reply/reply.ts';
import type { ReplySource } from '../../../src/reply/reply-source.ts';
import { DEFAULT_SETTINGS } from '../../../src/resolve-options.ts';
import { makeRequest, makeResponse } from '../../support/fixtures.ts';

/** A page's parts over a transport that answers with `answer`, and what that was sent. */
function setup(answer: () => HttpResponse = () => makeResponse(), settings: Partial<ManagerSettings> = {}) {
  const sent: HttpRequest[] = [];
  const parts: HttpParts = {
    settings: { ...DEFAULT_SETTINGS, ...settings },
    defaults: DEFAULT_SETTINGS,
    transport: {
      capabilities: browserFetchCapabilities,
      send: async (request, exchange) => {
        sent.push(request);
        expect(exchange.idle === null).toBe(request.options.transferTimeout === 0);
        return answer();
      },
      close: async () => {},
    },
    proxies: null,
    schemes: new Map([['app', { open: () => makeResponse({ status: 0 }) }]]),
  };
  return { parts, sent };
}

/** The source of a manager of a page. */
const sourceOf = requestSources({ rules: fetchRules });

const reply = (source: ReplySource, request: HttpRequest): NetworkReply =>
  NetworkReply.create({ operation: 'get', request, source });

describe('a response', () => {
  test.each([
    ['http://other.test/', true],
    ['https://other.test/', true],
    ['http://other.test/', false],
  ])('that ends at %s (redirected: %s) is an error when that is less safe', async (url, redirected) => {
    let cancelled = 0;
    const body = Object.assign(bytesBody(), { cancel: () => cancelled++ });
    const { parts } = setup(() => makeResponse({ url, redirectedByPlatform: redirected, body }));
    const { completed } = reply(sourceOf(parts), makeRequest({ url: 'https://origin.test/' }));
    const isOffence = redirected && url.startsWith('http:');
    const code = await completed.then(
      () => null,
      (reason: NetworkError) => reason.code,
    );
    expect(code).toBe(isOffence ? 'insecure-redirect' : null);
    expect(cancelled).toBe(isOffence ? 1 : 0);
  });
});

describe('a request', () => {
  const run = async (
    options: Partial<RequestOptions>,
    init: Parameters<typeof makeRequest>[0] = {},
  ): Promise<NetworkReply> => reply(sourceOf(setup().parts), makeRequest({ ...init, options })).completed;

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

  test('may be over a transport that sees and asks more', async () => {
    const { parts } = setup();
    const transport: HttpParts['transport'] = {
      ...parts.transport,
      async send(_request, exchange) {
        exchange.emit({ type: 'upload-progress', sent: 1, total: 1 });
        exchange.emit({ type: 'request-sent' });
        expect(await ask(exchange, { type: 'encrypted', security: UNTOLD_SECURITY })).toEqual({
          allowed: true,
        });
        return makeResponse();
      },
    };
    const settings = { ...parts.settings, transport };
    const asked = reply(sourceOf({ ...parts, transport, settings }), makeRequest());
    const trace: string[] = [];
    asked.on('uploadProgress', (sent) => trace.push(`uploadProgress ${sent}`));
    asked.on('requestSent', () => trace.push('requestSent'));
    asked.on('encrypted', () => trace.push('encrypted'));
    await asked.completed;
    expect(trace).toEqual(['uploadProgress 1', 'requestSent', 'encrypted']);
  });

  test('meets the stages of what is set', async () => {
    const cache = { stage: { name: 'cache', handle: async () => makeResponse({ source: 'cache' }) } };
    const source = sourceOf(setup(undefined, { cache }).parts);
    expect((await reply(source, makeRequest()).completed).source).toBe('cache');
  });
});

describe('requests that must wait', () => {
  /** Replies of a manager of one slot over a transport whose answers are given by hand. */
  function waiting() {
    const order: string[] = [];
    const answers: ((response: HttpResponse | Promise<never>) => void)[] = [];
    const { parts } = setup();
    const settings = { ...DEFAULT_SETTINGS, connectionsPerHost: 1 };
    const transport: HttpParts['transport'] = {
      ...parts.transport,
      send: (request) => {
        order.push(request.url.target);
        return new Promise((answer) => answers.push(answer));
      },
    };
    const source = requestSources({ rules: fetchRules })({ ...parts, settings, transport });
    const get = (target: string, own: Partial<RequestOptions> = {}): NetworkReply =>
      NetworkReply.create({
        operation: 'get',
        request: makeRequest({ url: `http://origin.test${target}`, options: own }),
        source,
      });
    return { order, answers, get };
  }

  /** Nothing here comes from elsewhere: what can happen has happened after some turns. */
  const settle = async () => {
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setTimeout(resolve));
  };

  test('go in their order as the slot is given back: at the end, after a failure, after an abort', async () => {
    const { order, answers, get } = waiting();
    const [one] = ['/1', '/2', '/3', '/4', '/5'].map((target) => get(target));
    await settle();
    expect(order).toEqual(['/1']);
    answers[0]!(makeResponse({ body: 'text' }));
    expect(await one!.text()).toBe('text');
    await settle();
    expect(order).toEqual(['/1', '/2']);
    answers[1]!(Promise.reject(new NetworkError('unknown-network', 'gone')));
    await settle();
    expect(order).toEqual(['/1', '/2', '/3']);
  });

  test.each<[string, (reply: NetworkReply, answer: (response: HttpResponse) => void) => unknown]>([
    ['the end of the body', (_reply, answer) => answer(makeResponse({ body: 'text' }))],
    [
      'a body that nobody wants',
      (reply, answer) => {
        reply.on('metaDataChanged', () => reply.abort());
        answer(makeResponse({ body: 'text' }));
      },
    ],
    [
      'an insecure redirect',
      (_reply, answer) => answer(makeResponse({ url: 'http://other.test/', redirectedByPlatform: true })),
    ],
    ['an abort before the head', (reply) => reply.abort()],
    [
      'everything together',
      async (reply, answer) => {
        answer(makeResponse({ body: 'text' }));
        await reply.bytes();
        reply.abort();
      },
    ],
  ])('have the one slot that is given back by %s', async (_name, act) => {
    const { order, answers, get } = waiting();
    const first = get('/1');
    await settle();
    await act(first, answers[0]!);
    await settle();
    for (const target of ['/2', '/3']) get(target);
    await settle();
    expect(order).toEqual(['/1', '/2']);
  });

  test('are not overtaken by those that come while others wait, but by priority', async () => {
    const { order, answers, get } = waiting();
    const first = get('/1');
    get('/2', { priority: 'low' });
    get('/3').setPriority('high');
    await Promise.resolve();
    first.abort();
    get('/4');
    for (let i = 1; i < 4; i++) {
      await settle();
      answers[i]!(makeResponse());
    }
    await settle();
    expect(order).toEqual(['/1', '/3', '/4', '/2']);
  });

  test('are never sent when they were aborted while they waited', async () => {
    const { order, get } = waiting();
    const first = get('/1');
    const second = get('/2');
    get('/3');
    await Promise.resolve();
    second.abort();
    first.abort();
    await settle();
    expect(order).toEqual(['/1', '/3']);
  });
});
