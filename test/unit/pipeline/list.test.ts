import { AsyncResource, createHook, executionAsyncId } from 'node:async_hooks';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fetchRules } from '../../../platform/common/fetch-rules.ts';
import { browserFetchCapabilities } from '../../../platform/common/fetch-transport-capabilities.ts';
import { socketCapabilities } from '../../../platform/node/http-module-transport/capabilities.ts';
import { nodePlatform } from '../../../platform/node/platform.ts';
import { Authentication } from '../../../src/auth/authentication.ts';
import { MemoryCache } from '../../../src/cache/storage/memory-cache.ts';
import type { TransportCapabilities } from '../../../src/call/capabilities.ts';
import type { ManagerSettings } from '../../../src/call/parts.ts';
import type { HttpRequest } from '../../../src/call/request.ts';
import type { Rewrite, Stage } from '../../../src/call/stage.ts';
import { CookieJar } from '../../../src/cookies/jar.ts';
import type { Interceptor } from '../../../src/options/interceptor.ts';
import type { RequestOptions } from '../../../src/options/options.ts';
import { retryPolicy } from '../../../src/options/retry-options.ts';
import { compose } from '../../../src/pipeline/compose.ts';
import { type HttpParts, httpStages, type Shared } from '../../../src/pipeline/list.ts';
import { requestSources } from '../../../src/pipeline/sources.ts';
import { RequestQueue } from '../../../src/queue/request-queue.ts';
import { NetworkReply } from '../../../src/reply/reply.ts';
import { DEFAULT_SETTINGS } from '../../../src/resolve-options.ts';
import { RetryBudget } from '../../../src/retry/budget.ts';
import { systemClock } from '../../../src/util/clock.ts';
import { makeExchange, makeRequest, makeResponse } from '../../support/fixtures.ts';

const shared = (): Shared => ({ queue: new RequestQueue(), retries: new RetryBudget() });

function parts(capabilities: TransportCapabilities, settings: Partial<ManagerSettings> = {}): HttpParts {
  return {
    settings: { ...DEFAULT_SETTINGS, cookieJar: new CookieJar(), ...settings },
    defaults: DEFAULT_SETTINGS,
    transport: { capabilities, send: () => Promise.reject(new Error('not asked')), close: async () => {} },
    proxies: null,
    schemes: new Map(),
  };
}

describe('the list of a transport that', () => {
  test.each<[string, Partial<TransportCapabilities>, string[]]>([
    [
      'hides nothing',
      {},
      [
        'interceptors',
        'requirements',
        'redirect',
        'retry',
        'cookies',
        'headers',
        'fetch',
        'decoding',
        'cache',
        'cookies-store',
        'network-interceptors',
        'queue',
        'timeout',
      ],
    ],
    [
      'decodes',
      { encodedBodies: false },
      [
        'interceptors',
        'requirements',
        'redirect',
        'retry',
        'cookies',
        'headers',
        'fetch',
        'cache',
        'cookies-store',
        'network-interceptors',
        'queue',
        'timeout',
      ],
    ],
    [
      'keeps cookies',
      { cookies: false },
      [
        'interceptors',
        'requirements',
        'redirect',
        'retry',
        'headers',
        'fetch',
        'decoding',
        'cache',
        'network-interceptors',
        'queue',
        'timeout',
      ],
    ],
    [
      'redirects',
      { redirects: false },
      [
        'interceptors',
        'requirements',
        'retry',
        'platform-redirect',
        'cookies',
        'headers',
        'fetch',
        'decoding',
        'cache',
        'cookies-store',
        'network-interceptors',
        'queue',
        'timeout',
      ],
    ],
    [
      'has a cache of its own',
      { platformCache: true },
      [
        'interceptors',
        'requirements',
        'redirect',
        'retry',
        'cookies',
        'headers',
        'fetch',
        'decoding',
        'cookies-store',
        'network-interceptors',
        'queue',
        'timeout',
      ],
    ],
  ])('%s leaves that to it', (_name, hidden, names) => {
    const stages = httpStages(parts({ ...socketCapabilities, ...hidden }), nodePlatform.rules, shared());
    expect(stages.map(({ name }) => name)).toEqual(names);
  });
});

test('the list of a page has what no platform keeps to itself', () => {
  const stages = httpStages(parts(browserFetchCapabilities), fetchRules, shared());
  expect(stages.map(({ name }) => name)).toEqual([
    'interceptors',
    'requirements',
    'retry',
    'platform-redirect',
    'headers',
    'network-interceptors',
    'queue',
    'timeout',
  ]);
});

test('the table of stages in docs/architecture.md is the list with everything in it', () => {
  const { proxies } = nodePlatform.rules;
  const { strictTransportSecurity, authentication } = nodePlatform.defaults!(systemClock);
  const settings = { strictTransportSecurity, authentication, strictTransportSecurityEnabled: true };
  const all = { ...parts(socketCapabilities, settings as Partial<ManagerSettings>), proxies: proxies!() };
  const names = httpStages(all, nodePlatform.rules, shared()).map(({ name }) => name);
  // Where redirects are shown, they were not followed below.
  names.splice(names.indexOf('cookies'), 0, 'platform-redirect');
  const page = readFileSync('docs/architecture.md', 'utf8');
  const table = page.slice(page.indexOf('| stage |'), page.indexOf('| transport | bytes out |'));
  const rows = [...table.matchAll(/^\| ([a-z-]+)(?: \(loop\))? \|/gm)].map(([, name]) => name);
  expect(rows.slice(1)).toEqual(names);
});

test('a cache that is set is in it, and the transport hears of it with each request', async () => {
  const sent: HttpRequest[] = [];
  const transport = {
    capabilities: browserFetchCapabilities,
    send: async (request: HttpRequest) => {
      sent.push(request);
      return makeResponse();
    },
    close: async () => {},
  };
  const settings = { ...DEFAULT_SETTINGS, cache: new MemoryCache() };
  const source = requestSources({ rules: fetchRules })({
    ...parts(browserFetchCapabilities),
    settings,
    transport,
  });
  await NetworkReply.create({ operation: 'get', request: makeRequest(), source }).completed;
  expect(sent[0]!.parts).toEqual({ addressFilter: null, isCached: true });
});

describe('on its way, a request is taken over by', () => {
  const authentication = new Authentication();
  const interceptor: Interceptor = (request, next) => next(request);
  test.each<[string, Partial<RequestOptions>, string[]]>([
    ['nothing but the queue, when it asks for nothing', {}, ['queue']],
    ['the loop of its option retry', { retry: retryPolicy(true) }, ['retry', 'queue']],
    ['its interceptors', { interceptors: [interceptor] }, ['interceptors', 'queue']],
    ['those above the queue', { networkInterceptors: [interceptor] }, ['network-interceptors', 'queue']],
    ['the timers of its timeout', { transferTimeout: 1 }, ['queue', 'timeout']],
  ])('%s', (_name, options, expected) => {
    const list = httpStages(
      { ...parts(socketCapabilities, { authentication }), proxies: nodePlatform.rules.proxies!() },
      nodePlatform.rules,
      shared(),
    );
    const request = makeRequest({ options: { ...options, proxy: 'none' } });
    const next = () => new Promise<never>(() => {});
    const isTaken = (stage: Stage | Rewrite) =>
      'handle' in stage && stage.handle(request, next, makeExchange().exchange) !== null;
    expect(list.filter(isTaken).map(({ name }) => name)).toEqual(expected);
  });
});

test('authentication costs a request that has nothing to do with it no promise', async () => {
  const promises = async (authentication: Authentication | null): Promise<number> => {
    const list = httpStages(parts(socketCapabilities, { authentication }), nodePlatform.rules, shared());
    const run = compose(list, () => Promise.resolve(makeResponse()));
    const { exchange } = makeExchange();
    // Those of the request, and none of what else this thread does meanwhile.
    const request = new AsyncResource('request');
    const made = new Set([request.asyncId()]);
    const counting = createHook({
      init: (id, type, by) => {
        if (type === 'PROMISE' && (made.has(by) || made.has(executionAsyncId()))) made.add(id);
      },
    }).enable();
    await request.runInAsyncScope(() => run(makeRequest(), exchange));
    counting.disable();
    return made.size - 1;
  };
  const without = await promises(null);
  expect(without).toBeGreaterThan(0);
  expect(await promises(new Authentication())).toBe(without);
});
