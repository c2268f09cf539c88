import { expect, test } from 'vitest';
import type { Call } from '../../../src/call/call.ts';
import type { HttpResponse } from '../../../src/call/response.ts';
import { NetworkError } from '../../../src/error.ts';
import { compose } from '../../../src/pipeline/compose.ts';
import { RequestQueue } from '../../../src/queue/request-queue.ts';
import { queueStage } from '../../../src/queue/stage.ts';
import { timeoutStage } from '../../../src/timeout/stage.ts';
import { FakeClock, makeExchange, makeRequest, makeResponse } from '../../support/fixtures.ts';

/** The end of the list over a transport that never answers, and fails with the reason when its attempt is given up. */
function setup() {
  const clock = new FakeClock();
  const queue = new RequestQueue();
  const attempts: Call[] = [];
  let answer: () => Promise<HttpResponse> = () =>
    new Promise((_, reject) => attempts.at(-1)!.onCancel(reject));
  const run = compose([queueStage(queue, true), timeoutStage(true)], (_request, attempt) => {
    attempts.push(attempt);
    return answer();
  });
  const { exchange: call } = makeExchange({ clock });
  const send = () => run(makeRequest({ options: { transferTimeout: 100 } }), call);
  return { clock, queue, attempts, call, send, answerWith: (next: typeof answer) => (answer = next) };
}

test('a timeout ends the attempt and gives its slot back, and the call can try again', async () => {
  const { clock, queue, attempts, call, send, answerWith } = setup();
  const first = send();
  clock.advance(100);
  await expect(first).rejects.toMatchObject({ code: 'timeout' });
  expect([call.cancelled, attempts[0]!.cancelled?.code, queue.size]).toEqual([null, 'timeout', 0]);

  answerWith(async () => makeResponse());
  expect((await send()).status).toBe(200);
  expect(attempts).toHaveLength(2);
  expect(attempts[1]!.cancelled).toBeNull();
});

test('an abort ends the call, and its attempt with the same reason', async () => {
  const { clock, attempts, call, send } = setup();
  const aborted = new NetworkError('operation-canceled', 'aborted');
  const response = send();
  call.cancel(aborted);
  await expect(response).rejects.toBe(aborted);
  expect([attempts[0]!.cancelled, attempts[0]!.slot, clock.pendingTimers]).toEqual([aborted, null, 0]);
  await expect((async () => send())()).rejects.toBe(aborted);
  expect(attempts).toHaveLength(1);
});

test('an attempt has the clock, the timings and the priority of its call', () => {
  const { attempts, call, send } = setup();
  void send().catch(() => {});
  call.setPriority('high');
  const { clock, timings, priority } = attempts[0]!;
  expect([clock === call.clock, timings === call.timings, priority]).toEqual([true, true, 'high']);
  call.cancel(new NetworkError('operation-canceled', 'over'));
});

test('a wait ends with what its promise gives, or with the reason, and leaves nothing registered', async () => {
  const { exchange: call } = makeExchange();
  expect(await call.wait(Promise.resolve(1))).toBe(1);
  const aborted = new NetworkError('operation-canceled', 'aborted');
  const waits = [call.wait(new Promise(() => {})), call.wait(new Promise(() => {}))];
  call.cancel(aborted);
  for (const wait of waits) await expect(wait).rejects.toBe(aborted);
  await expect(call.wait(Promise.resolve(1))).rejects.toBe(aborted);
});
