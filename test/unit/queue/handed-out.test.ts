import { afterEach, expect, test } from 'vitest';
import type { Call } from '../../../src/call/call.ts';
import type { HttpResponse } from '../../../src/call/response.ts';
import type { ResponseBody } from '../../../src/message/body.ts';
import { RequestQueue } from '../../../src/queue/request-queue.ts';
import { queueStage } from '../../../src/queue/stage.ts';
import { UNREAD_PATIENCE } from '../../../src/queue/unread-bodies.ts';
import { FakeClock, makeExchange, makeRequest, makeResponse, walkNow } from '../../support/fixtures.ts';

/** Responses of the platform's, which nobody reads and which the tests keep. */
const held: Response[] = [];
afterEach(() => void held.splice(0));

/** A platform of two connections, whose heads are given by hand. */
function setup() {
  const clock = new FakeClock();
  const queue = new RequestQueue({ perKey: 2, total: Number.POSITIVE_INFINITY });
  const stage = queueStage(queue, false);
  const heads = new Map<string, () => void>();
  const given: string[] = [];
  const send = (name: string) => {
    const { exchange, events } = makeExchange({ clock });
    const body = {
      takeResponse: () => {
        const response = new Response('unread');
        held.push(response);
        return response;
      },
      cancel: () => given.push(name),
    } as unknown as ResponseBody;
    const next = (_request: unknown, _attempt: Call) =>
      new Promise<HttpResponse>((answer) => heads.set(name, () => answer(makeResponse({ body }))));
    const response = walkNow(stage, makeRequest({}), next, exchange);
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
