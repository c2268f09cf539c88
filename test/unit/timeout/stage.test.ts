import { describe, expect, test } from 'vitest';
import { ask } from '../../../src/call/ask.ts';
import type { HttpResponse } from '../../../src/call/response.ts';
import { NetworkError } from '../../../src/error.ts';
import type { BodySink, ResponseBody } from '../../../src/message/body.ts';
import { UNTOLD_SECURITY } from '../../../src/message/connection-security.ts';
import { timeoutStage } from '../../../src/timeout/stage.ts';
import { countCancelers } from '../../support/count-cancelers.ts';
import { FakeClock, makeExchange, makeRequest, makeResponse, walkNow } from '../../support/fixtures.ts';

/** A request with a timeout of 100 ms whose response and body are given by hand. */
function setup(transferTimeout = 100) {
  const clock = new FakeClock();
  let answerQuestion: (answer: unknown) => void = () => {};
  const ask = () => new Promise((resolve) => (answerQuestion = resolve));
  const { exchange } = makeExchange({ clock, ask });
  const cancelers = countCancelers(exchange);
  let answer!: (response: HttpResponse) => void;
  let reject!: (error: unknown) => void;
  const next = () =>
    new Promise<HttpResponse>((onAnswer, onReject) => {
      answer = onAnswer;
      reject = onReject;
    });
  const request = makeRequest({ url: 'http://user:secret@origin.test/a#b', options: { transferTimeout } });
  const response = walkNow(timeoutStage(true), request, next, exchange);
  response.catch(() => {});
  return {
    clock,
    exchange,
    response,
    cancelers,
    answer,
    reject,
    answerQuestion: (value: unknown) => answerQuestion(value),
    /** Answers with a body, starts to read it, and gives it and what stands behind it. */
    async read() {
      let sink!: BodySink;
      const behind: ResponseBody = { start: (to) => (sink = to), pause() {}, resume() {}, cancel() {} };
      answer(makeResponse({ body: behind }));
      const { body } = await response;
      body.start({ data() {}, end() {}, fail() {} });
      return { body, sink };
    },
  };
}

describe('a transfer timeout', () => {
  test('cancels the exchange with timeout, and names the URL without secrets', () => {
    const { clock, exchange } = setup();
    clock.advance(99);
    expect(exchange.cancelled).toBeNull();
    clock.advance(1);
    expect(exchange.cancelled).toMatchObject({ code: 'timeout', qtCode: 4, url: 'http://origin.test/a' });
  });

  test('of 0 is off', () => {
    const { clock, exchange } = setup(0);
    expect([clock.pendingTimers, exchange.idle]).toEqual([0, null]);
  });

  test('counts anew from the bytes that leave, the head, and each chunk', async () => {
    const { clock, exchange, read } = setup();
    clock.advance(90);
    exchange.emit({ type: 'upload-progress', sent: 1, total: 2 });
    clock.advance(90);
    const { sink } = await read();
    clock.advance(90);
    sink.data(new Uint8Array(1), false);
    clock.advance(99);
    expect(exchange.cancelled).toBeNull();
    clock.advance(1);
    expect(exchange.cancelled?.code).toBe('timeout');
  });

  test('stands still while a question is open', async () => {
    const { clock, exchange, answerQuestion } = setup();
    clock.advance(50);
    const asked = ask(exchange, { type: 'encrypted', security: UNTOLD_SECURITY });
    clock.advance(10_000);
    answerQuestion({ allowed: true });
    await asked;
    clock.advance(49);
    expect(exchange.cancelled).toBeNull();
    clock.advance(1);
    expect(exchange.cancelled?.code).toBe('timeout');
  });

  test('stands still while the reader does not read', async () => {
    const { clock, exchange, read } = setup();
    const { body } = await read();
    clock.advance(50);
    body.pause();
    clock.advance(10_000);
    expect(exchange.cancelled).toBeNull();
    body.resume();
    clock.advance(50);
    expect(exchange.cancelled?.code).toBe('timeout');
  });

  test('stands still until somebody reads the body', async () => {
    const { clock, exchange, answer, response } = setup();
    clock.advance(90);
    answer(makeResponse({ body: { start: () => {}, pause: () => {}, resume: () => {}, cancel: () => {} } }));
    const { body } = await response;
    clock.advance(10_000);
    expect(exchange.cancelled).toBeNull();
    body.start({ data: () => {}, end: () => {}, fail: () => {} });
    clock.advance(99);
    expect(exchange.cancelled).toBeNull();
    clock.advance(1);
    expect(exchange.cancelled?.code).toBe('timeout');
  });

  test.each<[string, (test: ReturnType<typeof setup>) => unknown]>([
    ['the end of the body', async ({ read }) => (await read()).sink.end(null)],
    [
      'a body that fails',
      async ({ read }) => (await read()).sink.fail(new NetworkError('remote-host-closed', '')),
    ],
    [
      'a body that is dropped',
      async ({ read }) => (await read()).body.cancel(new NetworkError('operation-canceled', '')),
    ],
    [
      'a request that fails',
      async ({ reject, response }) => {
        reject(new NetworkError('connection-refused', ''));
        await response.catch(() => {});
      },
    ],
  ])('ends with %s', async (_name, act) => {
    const the = setup();
    await act(the);
    expect([the.clock.pendingTimers, the.exchange.idle, the.cancelers.size]).toEqual([0, null, 0]);
    the.clock.advance(1000);
    expect(the.exchange.cancelled).toBeNull();
  });

  test('leaves no timer behind an abort', () => {
    const { clock, exchange } = setup();
    exchange.cancel(new NetworkError('operation-canceled', 'aborted'));
    expect(clock.pendingTimers).toBe(0);
  });
});
