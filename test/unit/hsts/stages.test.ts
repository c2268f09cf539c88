import { describe, expect, test } from 'vitest';
import type { HttpRequest } from '../../../src/call/request.ts';
import { NetworkError } from '../../../src/error.ts';
import { learnStage, upgradeStage } from '../../../src/hsts/stage.ts';
import { StrictTransportSecurity } from '../../../src/hsts/strict-transport-security.ts';
import { UNTOLD_SECURITY } from '../../../src/message/connection-security.ts';
import { MemoryStore } from '../../../src/storage/memory-store.ts';
import { countCancelers } from '../../support/count-cancelers.ts';
import { FakeClock, makeExchange, makeRequest, makeResponse, walk } from '../../support/fixtures.ts';

const HEADER = { 'strict-transport-security': 'max-age=60' };

function setup() {
  const clock = new FakeClock();
  const security = new StrictTransportSecurity({ clock });
  const { exchange } = makeExchange({ clock });
  const sent: HttpRequest[] = [];
  const next = async (request: HttpRequest) => {
    sent.push(request);
    return makeResponse({ url: request.url.href });
  };
  return { clock, security, exchange, sent, next, urls: () => sent.map(({ url }) => url.href) };
}

describe('upgrade', () => {
  test('a known host is asked over https, with everything else as it was', async () => {
    const { security, exchange, sent, next } = setup();
    security.note(['max-age=60'], 'known.test');
    const request = makeRequest({ url: 'http://u:p@known.test:80/a#b', method: 'POST', headers: { a: '1' } });
    await walk(upgradeStage(security, []), request, next, exchange);
    expect(sent[0]!.url).toMatchObject({ href: 'https://known.test/a#b', username: 'u', password: 'p' });
    expect(sent[0]).toMatchObject({ method: 'POST', headers: request.headers, options: request.options });
  });

  test('until the policy is over', async () => {
    const { clock, security, exchange, urls, next } = setup();
    security.note(['max-age=60'], 'known.test');
    clock.advance(60_000);
    await walk(upgradeStage(security, []), makeRequest({ url: 'http://known.test/' }), next, exchange);
    expect(urls()).toEqual(['http://known.test/']);
  });

  test('a request that is not upgraded passes as the very same value, in the same turn', () => {
    const { security, exchange, sent, next } = setup();
    const request = makeRequest({ url: 'http://other.test/' });
    void walk(upgradeStage(security, []), request, next, exchange);
    expect(sent[0]).toBe(request);
  });

  test('a request waits for the store that is loading', async () => {
    const { clock, security, exchange, urls, sent, next } = setup();
    const store = new MemoryStore();
    await store.apply(new Map([['known.test', { expiry: clock.now() + 1, includeSubDomains: false }]]));
    const left = countCancelers(exchange);
    void security.enableStore(store);
    const response = walk(
      upgradeStage(security, []),
      makeRequest({ url: 'http://known.test/' }),
      next,
      exchange,
    );
    expect(sent).toEqual([]);
    await response;
    expect(urls()).toEqual(['https://known.test/']);
    expect(left.size).toBe(0);
  });

  test('an abort ends that wait', async () => {
    const { security, exchange, sent, next } = setup();
    const store = new MemoryStore();
    store.load = () => new Promise(() => {});
    void security.enableStore(store);
    const response = walk(upgradeStage(security, []), makeRequest(), next, exchange);
    const aborted = new NetworkError('operation-canceled', 'aborted');
    exchange.cancel(aborted);
    await expect(response).rejects.toBe(aborted);
    expect(sent).toEqual([]);
  });
});

describe('note (RFC 6797 §8.1; attack checklist 31)', () => {
  test.each<[string, Parameters<typeof makeResponse>[0], boolean]>([
    ['TLS', { security: UNTOLD_SECURITY }, true],
    ['a redirect', { security: UNTOLD_SECURITY, status: 302 }, true],
    ['a 401', { security: UNTOLD_SECURITY, status: 401 }, true],
    ['plain http', { url: 'http://known.test/', security: null }, false],
    [
      'plain http that claims to be encrypted',
      { url: 'http://known.test/', security: UNTOLD_SECURITY },
      false,
    ],
    ['https that was not encrypted', { security: null }, false],
    [
      'ignored certificate errors',
      { security: { ...UNTOLD_SECURITY, ignoredErrors: ['CERT_HAS_EXPIRED'] } },
      false,
    ],
    ['an IP address', { url: 'https://192.0.2.1/', security: UNTOLD_SECURITY }, false],
  ])('over %s', async (_name, response, isNoted) => {
    const { security, exchange } = setup();
    const answer = makeResponse({ url: 'https://known.test/', headers: HEADER, ...response });
    const request = makeRequest({ url: 'https://asked.test/' });
    expect(await walk(learnStage(security), request, async () => answer, exchange)).toBe(answer);
    expect(security.hosts().map(({ host }) => host)).toEqual(isNoted ? ['known.test'] : []);
  });

  test('field lines are looked at one by one', async () => {
    const { security, exchange } = setup();
    const headers: [string, string][] = [
      ['Strict-Transport-Security', 'max-age=oops'],
      ['Strict-Transport-Security', 'max-age=60'],
    ];
    const answer = makeResponse({ url: 'https://known.test/', security: UNTOLD_SECURITY, headers });
    await walk(learnStage(security), makeRequest(), async () => answer, exchange);
    expect(security.hosts()).toHaveLength(1);
  });
});
