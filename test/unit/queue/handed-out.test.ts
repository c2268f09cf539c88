import { afterEach, expect, test } from 'vitest';
import type { Call } from '../../../src/call/call.ts';
import type { HttpResponse } from '../../../src/call/response.ts';
import type { NetworkError } from '../../../src/error.ts';
import type { ResponseBody } from '../../../src/message/body.ts';
import { RequestQueue } from '../../../src/queue/request-queue.ts';
import { queueStage } from '../../../src/queue/stage.ts';
import { UNREAD_PATIENCE } from '../../../src/queue/unread-bodies.ts';
import { FakeClock, makeExchange, makeRequest, makeResponse, walkNow } from '../../support/fixtures.ts';

/** Responses of the platform's, which nobody reads and which the tests keep. */
const held = new Map<string, Response>();
afterEach(() => held.clear());

/** A Response, and what gives it up: without effect where it is deaf because it has come whole (WebKit). */
function passedBody(isDeaf: boolean): {
  readonly response: Response;
  readonly fail: (reason: Error) => void;
} {
  let body!: ReadableStreamDefaultController;
  const stream = new ReadableStream({
    start: (controller) => {
      body = controller;
      controller.enqueue(new TextEncoder().encode('unread'));
      if (isDeaf) controller.close();
    },
  });
  return { response: new Response(stream), fail: (reason) => isDeaf || body.error(reason) };
}

/**
 * A platform of two connections, whose heads are given by hand.
 * @param isDeaf whether no body fails by being given up
 */
function setup(isDeaf = false) {
  const clock = new FakeClock();
  const queue = new RequestQueue({ perKey: 2, total: Number.POSITIVE_INFINITY });
  const stage = queueStage(queue, false);
  const heads = new Map<string, () => void>();
  const given: string[] = [];
  const send = (name: string) => {
    const { exchange, events } = makeExchange({ clock });
    const passed = passedBody(isDeaf);
    const body = {
      takeResponse: () => {
        held.set(name, passed.response);
        return passed.response;
      },
      cancel: (reason: NetworkError) => {
        given.push(name);
        passed.fail(reason);
      },
    } as unknown as ResponseBody;
    const next = (_request: unknown, _attempt: Call) =>
      new Promise<HttpResponse>((answer) => heads.set(name, () => answer(makeResponse({ body }))));
    const response = walkNow(stage, makeRequest({ url: `http://a.test/${name}` }), next, exchange);
    response.catch(() => {});
    return { events, response };
  };
  /** Gives the head of a request, whose Response is handed out at once. */
  const handOut = async (name: string, { response }: ReturnType<typeof send>) => {
    heads.get(name)!();
    (await response).body.takeResponse!();
    for (let i = 0; i < 5; i++) await Promise.resolve();
  };
  return { clock, queue, given, send, handOut, isSent: (name: string) => heads.has(name) };
}

test.each(['before', 'after'])(
  'the oldest Response goes for a request without a head that was sent %s the last was handed out',
  async (when) => {
    const { clock, given, send, handOut, isSent } = setup();
    const [a, b] = [send('a'), send('b')];
    const early = when === 'before' ? send('c') : null;
    expect(isSent('c')).toBe(false);
    await handOut('a', a);
    // It has the slot of the first, and none of the connections.
    expect(isSent('c')).toBe(early !== null);
    await handOut('b', b);
    const { events } = early ?? send('c');
    clock.advance(UNREAD_PATIENCE - 1);
    expect(given).toEqual([]);
    clock.advance(1);
    expect([given, events.map(({ type }) => type)]).toEqual([['a'], ['fault']]);
    clock.advance(10 * UNREAD_PATIENCE);
    expect([given, clock.pendingTimers]).toEqual([['a'], 0]);
  },
);

test('a head that has come needs no Response to go, and leaves no timer', async () => {
  const { clock, given, send, handOut } = setup();
  const [a, b, c] = [send('a'), send('b'), send('c')];
  await handOut('a', a);
  await handOut('b', b);
  expect(clock.pendingTimers).toBe(1);
  await handOut('c', c);
  clock.advance(10 * UNREAD_PATIENCE);
  expect([given, clock.pendingTimers]).toEqual([[], 0]);
});

test.each([
  ['fails with what was told of it', false, /GET http:\/\/a\.test\/a: the body has not been read/],
  ['that has come whole cannot be read', true, /./],
])('a body that was given up %s', async (_name, isDeaf, says) => {
  const { clock, send, handOut } = setup(isDeaf);
  const [a, b] = [send('a'), send('b')];
  await handOut('a', a);
  await handOut('b', b);
  const { events } = send('c');
  clock.advance(UNREAD_PATIENCE);
  await Promise.resolve();
  // The one that was given up, and not the one that has waited for it.
  expect(events).toMatchObject([{ type: 'fault', error: { url: 'http://a.test/a' } }]);
  await expect(held.get('a')!.text()).rejects.toThrow(says);
});
