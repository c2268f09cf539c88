import { describe, expect, test } from 'vitest';
import { ask } from '../../../src/call/ask.ts';
import { phasesOf } from '../../../src/call/timed-out.ts';
import type { Timings } from '../../../src/call/timings.ts';
import { NetworkError } from '../../../src/error.ts';
import { UNTOLD_SECURITY } from '../../../src/message/connection-security.ts';
import type { RequestOptions } from '../../../src/options/options.ts';
import type { Timeouts } from '../../../src/options/timeouts.ts';
import {
  DEFAULT_OPTIONS,
  DEFAULT_SETTINGS,
  ownOptions,
  requestDefaults,
  resolveManagerOptions,
  resolveRequestOptions,
} from '../../../src/resolve-options.ts';
import { SilenceWatch, type WaitingRequest } from '../../../src/timeout/silence-watch.ts';
import { timeoutStage } from '../../../src/timeout/stage.ts';
import { FakeClock, makeExchange, makeRequest, makeResponse, walkNow } from '../../support/fixtures.ts';

const url = 'http://origin.test/';
const NONE: Timings = {
  created: 1000,
  queued: 0,
  dequeued: 0,
  lookupEnd: 0,
  connectEnd: 0,
  proxyConnectEnd: 0,
  secureConnectEnd: 0,
  requestSent: 0,
  responseStart: 0,
  responseEnd: 0,
};

describe('the phases of an attempt', () => {
  test.each<[string, Partial<Timings>, Record<string, number>]>([
    ['before the queue', {}, { before: 1000 }],
    ['in the queue', { queued: 1010 }, { before: 10, queue: 990 }],
    ['connecting, at once', { dequeued: 1005 }, { before: 5, connect: 995 }],
    [
      'connecting',
      { queued: 1010, dequeued: 1100, lookupEnd: 1200 },
      { before: 10, queue: 90, connect: 900 },
    ],
    ['sending', { dequeued: 1000, connectEnd: 1100 }, { connect: 100, send: 900 }],
    [
      'waiting for the head',
      { dequeued: 1000, connectEnd: 1100, secureConnectEnd: 1200, requestSent: 1300 },
      { connect: 200, send: 100, firstByte: 700 },
    ],
    ['on a kept connection', { dequeued: 1000, requestSent: 1300 }, { send: 300, firstByte: 700 }],
    ['in the body, in a page', { dequeued: 1000, responseStart: 1500 }, { firstByte: 500, body: 500 }],
    [
      'the second attempt, in the queue',
      { queued: 1700, connectEnd: 1100, requestSent: 1200, responseStart: 1300 },
      { before: 700, queue: 300 },
    ],
    [
      'the second attempt, connecting, with a slot that was free',
      { dequeued: 1700, connectEnd: 1100, requestSent: 1200, responseStart: 1300 },
      { before: 700, connect: 300 },
    ],
    [
      'the second attempt, sending, after a wait',
      { queued: 1500, dequeued: 1700, connectEnd: 1800, responseStart: 1300 },
      { before: 500, queue: 200, connect: 100, send: 200 },
    ],
  ])('%s', (_, timings, expected) => expect(phasesOf({ ...NONE, ...timings }, 2000, null)).toEqual(expected));

  test.each<[string, Partial<Timings>, Record<string, number>]>([
    ['kept, with an upload that stalls', { dequeued: 1000 }, { send: 1000 }],
    ['opened', { dequeued: 1000, connectEnd: 1100 }, { connect: 100, send: 900 }],
    ['sent over', { dequeued: 1000, requestSent: 1300 }, { send: 300, firstByte: 700 }],
  ])('with a connection that stands: %s', (_, timings, expected) =>
    expect(phasesOf({ ...NONE, ...timings }, 2000, 'carried')).toEqual(expected),
  );

  test.each<[string, Partial<Timings>, Record<string, number>]>([
    ['in TLS', { dequeued: 1000, connectEnd: 1100 }, { connect: 1000 }],
    ['behind a tunnel', { dequeued: 1000, connectEnd: 1100, proxyConnectEnd: 1200 }, { connect: 1000 }],
    ['over, on a kept connection', { dequeued: 1000, requestSent: 1300 }, { send: 300, firstByte: 700 }],
  ])('with something of the connection to come: %s', (_, timings, expected) =>
    expect(phasesOf({ ...NONE, ...timings }, 2000, 'opening')).toEqual(expected),
  );
});

test('the phases between two attempts are all before the next one', () => {
  const earlier = { queued: 1100, dequeued: 1200, connectEnd: 1300, requestSent: 1400, responseStart: 1500 };
  expect(phasesOf({ ...NONE, ...earlier }, 2000, 'between')).toEqual({ before: 1000 });
});

test.each<[string, Partial<Timings>, Record<string, number>]>([
  ['waiting for the head', { dequeued: 1200 }, { before: 200, firstByte: 800 }],
  ['waiting again', { dequeued: 1700, responseStart: 1300 }, { before: 700, firstByte: 300 }],
  ['in the body', { dequeued: 1200, responseStart: 1500 }, { before: 200, firstByte: 300, body: 500 }],
])('the phases where a platform does not tell them: %s', (_, timings, expected) =>
  expect(phasesOf({ ...NONE, ...timings }, 2000, 'sent')).toEqual(expected),
);

describe('the option', () => {
  const manager = (options: object) => requestDefaults(resolveManagerOptions(options, DEFAULT_SETTINGS));

  test.each<[string, object, object, object, number]>([
    ['of the manager', { timeouts: { total: 9 } }, {}, { total: 9 }, 0],
    [
      'of both, name by name',
      { timeouts: { total: 9, queue: 1 } },
      { timeouts: { total: 0 } },
      { total: 0, queue: 1 },
      0,
    ],
    ['idle is transferTimeout', {}, { timeouts: { idle: 7 } }, { idle: 7 }, 7],
    [
      'idle of the manager, and transferTimeout',
      { timeouts: { idle: 7 } },
      { transferTimeout: 8 },
      { idle: 8 },
      8,
    ],
    [
      'transferTimeout of the manager, and idle',
      { transferTimeout: 8 },
      { timeouts: { idle: 0 } },
      { idle: 0 },
      0,
    ],
  ])('%s', (_, ofManager, ofRequest, timeouts, transferTimeout) => {
    const resolved = resolveRequestOptions({ url, ...ofRequest }, manager(ofManager));
    expect([resolved.timeouts, resolved.transferTimeout]).toEqual([timeouts, transferTimeout]);
    expect(Object.isFrozen(resolved.timeouts)).toBe(true);
  });

  test("that a request has set itself is what crosses a port, and not its manager's", () => {
    const request = { url, timeouts: { attempt: 3 } };
    const options = resolveRequestOptions(request, manager({ timeouts: { total: 9 } }));
    expect(ownOptions(request, options)).toEqual({ timeouts: { attempt: 3 } });
  });

  test.each<[string, object]>([
    ["options 'transferTimeout' and 'timeouts.idle' are one", { transferTimeout: 1, timeouts: { idle: 1 } }],
    ["timeouts: unknown option 'headers'", { timeouts: { headers: 1 } }],
    ["timeouts: option 'total': expected a whole number", { timeouts: { total: -1 } }],
    ["option 'timeouts': expected an object", { timeouts: 5 }],
  ])('refused: %s', (message, options) =>
    expect(() => resolveRequestOptions({ url, ...options }, DEFAULT_OPTIONS)).toThrow(
      expect.objectContaining({ name: 'TypeError', message: expect.stringContaining(message) }),
    ),
  );
});

describe('the timers of an attempt', () => {
  function setup(timeouts: Timeouts, tellsPhases = true) {
    const clock = new FakeClock();
    let answerQuestion: (answer: unknown) => void = () => {};
    const { exchange } = makeExchange({
      clock,
      ask: () => new Promise((resolve) => (answerQuestion = resolve)),
    });
    let answer!: (body?: string) => void;
    const options: Partial<RequestOptions> = { timeouts };
    const response = walkNow(
      timeoutStage(tellsPhases),
      makeRequest({ options }),
      () => new Promise((resolve) => (answer = (body = '') => resolve(makeResponse({ body })))),
      exchange,
    );
    response.catch(() => {});
    const sent = () => {
      exchange.timings.requestSent = exchange.time();
      exchange.emit({ type: 'request-sent' });
    };
    return {
      clock,
      exchange,
      response,
      sent,
      answer: (body?: string) => answer(body),
      answerQuestion: () => answerQuestion({ allowed: true }),
    };
  }
  const ended = ({ exchange }: ReturnType<typeof setup>) => exchange.cancelled?.timeout?.name ?? null;

  test('connect: until a connection carries it, without the time of questions', async () => {
    const the = setup({ connect: 100 });
    the.clock.advance(99);
    const asked = ask(the.exchange, { type: 'encrypted', security: UNTOLD_SECURITY });
    the.clock.advance(1000);
    the.answerQuestion();
    await asked;
    expect(ended(the)).toBeNull();
    the.clock.advance(1);
    expect(ended(the)).toBe('connect');

    const other = setup({ connect: 100 });
    other.exchange.idle!.connected!();
    other.clock.advance(1000);
    expect([ended(other), other.clock.pendingTimers]).toEqual([null, 0]);
  });

  test('firstByte: from the last byte of the request, or from the beginning where that is not told', () => {
    const the = setup({ firstByte: 100 });
    the.clock.advance(1000);
    the.sent();
    the.clock.advance(99);
    expect(ended(the)).toBeNull();
    the.clock.advance(1);
    expect(ended(the)).toBe('firstByte');

    const page = setup({ firstByte: 100 }, false);
    page.clock.advance(100);
    expect(ended(page)).toBe('firstByte');
  });

  test('firstByte ends with the head; attempt goes on to the end of the body', async () => {
    const the = setup({ firstByte: 100, attempt: 500 });
    the.sent();
    the.answer();
    await the.response;
    the.clock.advance(499);
    expect(ended(the)).toBeNull();
    the.clock.advance(1);
    expect(ended(the)).toBe('attempt');
  });

  test('all of them leave nothing behind a body that has ended', async () => {
    const the = setup({ connect: 1, firstByte: 1, attempt: 1 });
    the.answer();
    const { body } = await the.response;
    await new Promise<void>((end) => body.start({ data() {}, end: () => end(), fail: () => end() }));
    expect([the.clock.pendingTimers, the.exchange.idle]).toEqual([0, null]);
  });

  test('the error says which, how long, and what took how long', () => {
    const the = setup({ attempt: 100 });
    the.exchange.timings.dequeued = the.exchange.time();
    the.clock.advance(100);
    const error = the.exchange.cancelled!;
    expect(error).toMatchObject({
      code: 'timeout',
      message: "the timeout 'attempt' is 100 ms (so far: connect 100 ms)",
      timeout: { name: 'attempt', limit: 100, phases: { connect: 100 } },
    });
    expect(NetworkError.from(structuredClone(error.toJSON())).timeout).toEqual(error.timeout);
  });
});

describe('a server that is silent', () => {
  function setup() {
    const clock = new FakeClock();
    const running = new Set<WaitingRequest>();
    const told: string[] = [];
    const watch = new SilenceWatch(running, ({ url }) => told.push(url!), clock);
    const add = (timings: Partial<Timings>, { path = 'a', sent = 0, options = {} } = {}) => {
      const request = makeRequest({ url: url + path, options });
      const one = { reply: { request }, timings: { ...NONE, ...timings }, upload: { sent } };
      running.add(one);
      watch.watch();
      return one;
    };
    return { clock, running, told, add, watch };
  }

  test('is told once for its origin, and the timer ends with the requests', () => {
    const { clock, running, told, add } = setup();
    add({ requestSent: 1 });
    add({ requestSent: 2 }, { path: 'b' });
    clock.advance(79_999);
    expect(told).toEqual([]);
    clock.advance(1);
    expect(told).toEqual([`${url}a`]);
    clock.advance(500_000);
    expect(told.length).toBe(1);
    running.clear();
    clock.advance(20_000);
    expect(clock.pendingTimers).toBe(0);
  });

  test.each<[string, Partial<Timings>, object, boolean]>([
    ['that does not read what it is sent', {}, { sent: 5 }, true],
    ['that has answered', { requestSent: 1, responseStart: 2 }, {}, false],
    ['that nothing was sent to', {}, {}, false],
    ['under a transferTimeout', { requestSent: 1 }, { options: { transferTimeout: 1 } }, false],
    ['under a timeout for all', { requestSent: 1 }, { options: { timeouts: { total: 1 } } }, false],
    ['under one for the queue', { requestSent: 1 }, { options: { timeouts: { queue: 1 } } }, true],
  ])('%s', (_, timings, more, isTold) => {
    const { clock, told, add } = setup();
    add(timings, more);
    clock.advance(200_000);
    expect(told.length).toBe(isTold ? 1 : 0);
  });

  test('an upload that moves is not silent', () => {
    const { clock, told, add } = setup();
    const one = add({}, { sent: 1 });
    for (let look = 0; look < 20; look++) {
      one.upload.sent++;
      clock.advance(20_000);
    }
    expect(told).toEqual([]);
  });
});
