import { expect, test } from 'vitest';
import { DRAIN_LIMIT, DRAIN_TIME, drain } from '../../../src/call/drain.ts';
import { NetworkError } from '../../../src/error.ts';
import { type BodySink, EMPTY_BODY, type ResponseBody } from '../../../src/message/body.ts';
import { bytesBody } from '../../../src/message/bytes-body.ts';
import { countCancelers } from '../../support/count-cancelers.ts';
import { FakeClock, makeExchange } from '../../support/fixtures.ts';

/** A body whose events are given by hand. */
function manualBody() {
  const state: { sink: BodySink | null; cancelled: NetworkError | null } = { sink: null, cancelled: null };
  const body: ResponseBody = {
    start: (sink) => {
      state.sink = sink;
    },
    pause: () => {},
    resume: () => {},
    cancel: (reason) => {
      state.cancelled = reason;
    },
  };
  return { body, state };
}

test.each([
  ['no body', EMPTY_BODY],
  ['a body in memory', bytesBody(new Uint8Array(10))],
])('%s is read at once', async (_name, body) => {
  const { exchange } = makeExchange();
  const left = countCancelers(exchange);
  await drain(body, exchange);
  expect(left.size).toBe(0);
});

test('a body of exactly 64 KiB is waited for, so that its connection can be used again', async () => {
  const { exchange } = makeExchange();
  const { body, state } = manualBody();
  let drained = false;
  const waiting = drain(body, exchange).then(() => {
    drained = true;
  });
  state.sink!.data(new Uint8Array(DRAIN_LIMIT), false);
  await Promise.resolve();
  expect(drained).toBe(false);
  state.sink!.end(null);
  await waiting;
  expect(state.cancelled).toBeNull();
});

test('a longer one is given up, which closes its connection', async () => {
  const { exchange } = makeExchange();
  const left = countCancelers(exchange);
  const { body, state } = manualBody();
  const waiting = drain(body, exchange);
  state.sink!.data(new Uint8Array(DRAIN_LIMIT), false);
  state.sink!.data(new Uint8Array(1), false);
  await waiting;
  expect(state.cancelled).toBeInstanceOf(NetworkError);
  expect(left.size).toBe(0);
});

test('a body that fails is as good as read', async () => {
  const { exchange } = makeExchange();
  const { body, state } = manualBody();
  const waiting = drain(body, exchange);
  state.sink!.fail(new NetworkError('remote-host-closed', 'cut'));
  await waiting;
});

test('rejects, and gives the body up, when the exchange is cancelled', async () => {
  const { exchange } = makeExchange();
  const { body, state } = manualBody();
  const reason = new NetworkError('operation-canceled', 'aborted');
  const waiting = drain(body, exchange);
  exchange.cancel(reason);
  await expect(waiting).rejects.toBe(reason);
  expect(state.cancelled).toBe(reason);
});

test('a body that takes its time is given up, and leaves no timer', async () => {
  const clock = new FakeClock();
  const { exchange } = makeExchange({ clock });
  const left = countCancelers(exchange);
  const { body, state } = manualBody();
  const waiting = drain(body, exchange);
  clock.advance(DRAIN_TIME - 1);
  expect(state.cancelled).toBeNull();
  state.sink!.data(new Uint8Array(1), false);
  clock.advance(1);
  await waiting;
  expect(state.cancelled).toBeInstanceOf(NetworkError);
  expect([left.size, clock.pendingTimers]).toEqual([0, 0]);
});

test.each(['end', 'failure', 'cancellation'])('no timer is left after the %s', async (how) => {
  const clock = new FakeClock();
  const { exchange } = makeExchange({ clock });
  const { body, state } = manualBody();
  const waiting = drain(body, exchange);
  const error = new NetworkError('remote-host-closed', 'cut');
  if (how === 'end') state.sink!.end(null);
  else if (how === 'failure') state.sink!.fail(error);
  else exchange.cancel(error);
  await waiting.catch(() => {});
  expect(clock.pendingTimers).toBe(0);
});
