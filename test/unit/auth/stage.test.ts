import { describe, expect, test, vi } from 'vitest';
import { Authentication } from '../../../src/auth/authentication.ts';
import { CredentialCache } from '../../../src/auth/credential-cache.ts';
import { authenticationStage } from '../../../src/auth/stage.ts';
import type { AuthenticationRounds, AuthenticationSettings } from '../../../src/call/authentication.ts';
import { NetworkError } from '../../../src/error.ts';
import { FlowingBody } from '../../../src/message/flowing-body.ts';
import { countCancelers } from '../../support/count-cancelers.ts';
import { eventually } from '../../support/eventually.ts';
import {
  FakeClock,
  makeExchange,
  makeRequest,
  makeResponse,
  readBody,
  walkNow,
} from '../../support/fixtures.ts';

const SETTINGS: AuthenticationSettings = {
  credentials: null,
  authenticationSchemes: null,
  integratedAuthenticationHosts: [],
  transport: null,
  allowBasicOverHttp: true,
  maximumAuthenticationAttempts: 3,
};
const aborted = new NetworkError('operation-canceled', 'aborted');
const account = { user: 'user', password: 'pass' };

/** A body of which nothing comes. What it is given up for is kept. */
class EndlessBody extends FlowingBody {
  readonly #cancelled: NetworkError[];

  constructor(cancelled: NetworkError[]) {
    super();
    this.#cancelled = cancelled;
  }

  protected flow(): void {}

  protected release(reason: NetworkError): void {
    this.#cancelled.push(reason);
  }
}

/** A part, and the requests that its stage sends to a server which wants Basic. */
function closedServer(settings: Partial<AuthenticationSettings> = {}) {
  const { stage } = new Authentication().under({ ...SETTINGS, ...settings });
  const sent: string[] = [];
  const cancelled: NetworkError[] = [];
  const start = (ask: (question: unknown) => Promise<unknown>, body?: 'endless') => {
    const clock = new FakeClock();
    const { exchange, events } = makeExchange({ clock, ask });
    const cancelers = countCancelers(exchange);
    const response = Promise.resolve(
      walkNow(
        stage,
        makeRequest(),
        async ({ headers }) => {
          sent.push(headers.get('authorization') ?? '-');
          if (headers.has('authorization')) return makeResponse({ body: 'welcome' });
          return makeResponse({
            status: 401,
            headers: { 'www-authenticate': 'Basic realm="x"' },
            body: body === 'endless' ? new EndlessBody(cancelled) : 'refused',
          });
        },
        exchange,
      ),
    );
    response.catch(() => {});
    return { response, exchange, events, cancelers, clock };
  };
  return { start, sent, cancelled };
}

describe('credentials that are remembered', () => {
  test.each([
    ['another origin', { url: 'http://other.test/' }, 0],
    ['another partition', { options: { siteForCookies: 'https://site.test' } }, 0],
    ['their own server', {}, 1],
  ])('put a request to %s off or not', (_name, request, visits) => {
    const cache = new CredentialCache();
    cache.set('http://origin.test', { realm: 'x', credentials: account, paths: ['/'] } as never);
    const rounds = vi.fn(() => ({ before: () => null, accept: () => {} }) as unknown as AuthenticationRounds);
    const { exchange } = makeExchange();
    const next = vi.fn(async () => makeResponse());
    void walkNow(authenticationStage(cache, rounds, ''), makeRequest(request), next, exchange);
    expect(rounds).toHaveBeenCalledTimes(visits);
    if (visits === 0) expect(next).toHaveBeenCalledTimes(1);
  });
});

test('where nothing is remembered and nothing asked, nobody is made to answer', () => {
  const rounds = vi.fn();
  const stage = authenticationStage(new CredentialCache(), rounds, '');
  const request = makeRequest();
  const response = makeResponse();
  const next = () => expect.unreachable();
  const { exchange } = makeExchange();
  expect(stage.handle(request, next, exchange)).toBeNull();
  expect(stage.incoming!(response, request, exchange, next)).toBe(response);
  expect(rounds).not.toHaveBeenCalled();
});

describe('a call that is given up leaves nothing behind', () => {
  test('while the application is asked, nor while others wait for that answer', async () => {
    const { start, sent } = closedServer();
    const asked = vi.fn(() => new Promise<unknown>(() => {}));
    const first = start(asked);
    await eventually(() => expect(asked).toHaveBeenCalledTimes(1));
    const second = start(asked);
    await eventually(() => expect(second.cancelers.size).toBe(1));
    second.exchange.cancel(aborted);
    await expect(second.response).rejects.toBe(aborted);
    first.exchange.cancel(aborted);
    await expect(first.response).rejects.toBe(aborted);
    for (const { cancelers, clock } of [first, second])
      expect([cancelers.size, clock.pendingTimers]).toEqual([0, 0]);
    // What was asked is not open any more: who comes next asks.
    const third = start(async () => ({ credentials: account }));
    expect(await readBody((await third.response).body)).toBe('welcome');
    expect(sent).toEqual(['-', '-', '-', `Basic ${btoa('user:pass')}`]);
    expect([third.cancelers.size, third.clock.pendingTimers]).toEqual([0, 0]);
  });

  test('while the body of the 401 is read', async () => {
    const { start, cancelled } = closedServer();
    const { response, exchange, cancelers, clock } = start(async () => ({ credentials: null }), 'endless');
    await eventually(() => expect(cancelers.size).toBe(1));
    exchange.cancel(aborted);
    await expect(response).rejects.toBe(aborted);
    // The list gives the body of a loop that fails up once more, which says nothing to one that is over.
    expect(cancelled).toEqual([aborted]);
    expect([cancelers.size, clock.pendingTimers]).toEqual([0, 0]);
  });
});

test.each([
  ['a text', 'SECRET'],
  ['numbers', { user: 1, password: 'SECRET' }],
  ['half of it', { user: 'SECRET' }],
])('an answer that is %s is a fault, and the 401 is delivered', async (_name, credentials) => {
  const { start, sent } = closedServer();
  const { response, events } = start(async () => ({ credentials }));
  expect((await response).status).toBe(401);
  expect(sent).toEqual(['-']);
  expect(events).toMatchObject([{ type: 'fault', error: { code: 'authentication-required' } }]);
  expect(JSON.stringify(events)).toContain('authenticationRequired');
  expect(JSON.stringify(events)).not.toContain('SECRET');
});
