import { describe, expect, test } from 'vitest';
import type { Call } from '../../../src/call/call.ts';
import type { HttpRequest } from '../../../src/call/request.ts';
import type { HttpResponse } from '../../../src/call/response.ts';
import { NetworkError } from '../../../src/error.ts';
import type { BodySink, ResponseBody } from '../../../src/message/body.ts';
import { bytesBody } from '../../../src/message/bytes-body.ts';
import { RequestQueue } from '../../../src/queue/request-queue.ts';
import { queueStage } from '../../../src/queue/stage.ts';
import { countCancelers } from '../../support/count-cancelers.ts';
import {
  FakeClock,
  makeExchange,
  makeRequest,
  makeResponse,
  readBody,
  walkNow,
} from '../../support/fixtures.ts';

const aborted = new NetworkError('operation-canceled', 'aborted');

/** A queue with one slot, and a `next` whose answers are given by hand. */
function setup() {
  const queue = new RequestQueue({ perKey: 1, total: Number.POSITIVE_INFINITY });
  const stage = queueStage(queue, true);
  const clock = new FakeClock();
  const sent: {
    answer: (response: HttpResponse) => void;
    reject: (error: unknown) => void;
    name: string;
    attempt: Call;
  }[] = [];
  const send = (name: string, options: Parameters<typeof makeRequest>[0] = {}) => {
    const { exchange } = makeExchange({ clock });
    const next = (_request: unknown, attempt: Call) =>
      new Promise<HttpResponse>((answer, reject) => {
        sent.push({ answer, reject, name, attempt });
      });
    const response = walkNow(stage, makeRequest(options), next, exchange);
    response.catch(() => {});
    return { exchange, response };
  };
  return { queue, clock, sent, send, names: () => sent.map((one) => one.name) };
}

const turns = async (): Promise<void> => {
  for (let i = 0; i < 5; i++) await Promise.resolve();
};

/** Whether a request that waits for the one slot gets it through what `act` does to the first. */
async function freesTheSlot(
  act: (first: {
    exchange: Call;
    response: Promise<HttpResponse>;
    sent: ReturnType<typeof setup>['sent'][0];
  }) => unknown,
): Promise<boolean> {
  const { send, sent, names, queue } = setup();
  const first = send('first');
  send('second');
  send('third');
  await act({ ...first, sent: sent[0]! });
  await turns();
  expect(names()).not.toContain('third');
  if (names().length === 2) expect(queue.size).toBe(1);
  return names().length === 2;
}

describe('the slot', () => {
  test.each<[string, (first: Parameters<Parameters<typeof freesTheSlot>[0]>[0]) => unknown, boolean]>([
    ['is kept while the request is under way', () => {}, false],
    [
      'is kept while nobody reads the body',
      async ({ sent, response }) => {
        sent.answer(makeResponse({ body: 'text' }));
        await response;
      },
      false,
    ],
    [
      'is freed by the end of the body',
      async ({ sent, response }) => {
        sent.answer(makeResponse({ body: 'text' }));
        await readBody((await response).body);
      },
      true,
    ],
    [
      'is freed by a body that fails',
      async ({ sent, response }) => {
        sent.answer(makeResponse({ body: failingBody() }));
        await readBody((await response).body).catch(() => {});
      },
      true,
    ],
    [
      'is freed by a body that is dropped',
      async ({ sent, response }) => {
        sent.answer(makeResponse({ body: 'text' }));
        (await response).body.cancel(aborted);
      },
      true,
    ],
    ['is freed by a request that fails', ({ sent }) => sent.reject(aborted), true],
    ['is freed by an abort before the head', ({ exchange }) => exchange.cancel(aborted), true],
    [
      'is freed by an abort after the head',
      async ({ sent, response, exchange }) => {
        sent.answer(makeResponse({ body: 'text' }));
        await response;
        exchange.cancel(aborted);
      },
      true,
    ],
    [
      'is freed once by everything together',
      async ({ sent, response, exchange }) => {
        sent.answer(makeResponse({ body: 'text' }));
        const { body } = await response;
        await readBody(body);
        body.cancel(aborted);
        exchange.cancel(aborted);
      },
      true,
    ],
  ])('%s', async (_name, act, expected) => {
    expect(await freesTheSlot(act)).toBe(expected);
  });

  test('is freed when a stage behind throws instead of returning a promise', () => {
    const queue = new RequestQueue();
    const failing = () => {
      throw aborted;
    };
    const { exchange } = makeExchange();
    expect(() => walkNow(queueStage(queue, true), makeRequest(), failing, exchange)).toThrow(aborted);
    expect(queue.size).toBe(0);
  });

  test('belongs to an origin', async () => {
    const { send, names } = setup();
    send('first');
    send('same', { url: 'http://origin.test/other' });
    send('port', { url: 'http://origin.test:81/' });
    send('scheme', { url: 'https://origin.test/' });
    expect(names()).toEqual(['first', 'port', 'scheme']);
  });

  test('is one of more as soon as the connection says that it carries more at once', async () => {
    const { send, sent, names } = setup();
    send('first');
    for (const name of ['second', 'third', 'fourth']) send(name);
    const { attempt } = sent[0]!;
    attempt.slot!.setConcurrency(3);
    await turns();
    expect(names()).toEqual(['first', 'second', 'third']);
    attempt.slot!.setConcurrency(null);
    sent[1]!.reject(aborted);
    await turns();
    expect(names()).toEqual(['first', 'second', 'third']);
  });

  test('is told nothing by a request that has none', async () => {
    const { send, sent } = setup();
    send('first');
    send('second');
    expect(sent.map(({ attempt }) => attempt.slot !== null)).toEqual([true]);
    sent[0]!.reject(aborted);
    await turns();
    expect(sent.map(({ attempt }) => attempt.slot !== null)).toEqual([false, true]);
  });

  test('leaves nothing registered with the exchange', async () => {
    const { send, sent } = setup();
    send('first');
    const second = send('second');
    const cancelers = countCancelers(second.exchange);
    sent[0]!.reject(aborted);
    await turns();
    sent[1]!.answer(makeResponse({ body: 'text' }));
    await readBody((await second.response).body);
    expect(cancelers.size).toBe(0);
  });

  test('is taken at once when it is free, and that moment is noted', () => {
    const { send, names, clock } = setup();
    clock.advance(5);
    const { exchange } = send('first');
    expect(names()).toEqual(['first']);
    expect(exchange.timings.dequeued).toBe(clock.now());
  });
});

describe('the wait', () => {
  test('ends with an abort, and the request is never sent', async () => {
    const { send, sent, names } = setup();
    send('first');
    const second = send('second');
    second.exchange.cancel(aborted);
    await expect(second.response).rejects.toBe(aborted);
    expect(second.exchange.queued).toBeNull();
    sent[0]!.reject(aborted);
    await turns();
    expect(names()).toEqual(['first']);
  });

  test('of an exchange that was cancelled before takes no place', async () => {
    const { send, queue, sent } = setup();
    send('first');
    const { exchange } = makeExchange();
    exchange.cancel(aborted);
    const next = () => Promise.reject(new Error('sent'));
    await expect(walkNow(queueStage(queue, true), makeRequest(), next, exchange)).rejects.toBe(aborted);
    expect(exchange.queued).toBeNull();
    sent[0]!.reject(aborted);
    await turns();
    expect(queue.size).toBe(0);
  });

  test('that ends in the same turn as an abort gives the slot on', async () => {
    const { send, sent, names } = setup();
    const first = send('first');
    const second = send('second');
    send('third');
    first.exchange.cancel(aborted);
    second.exchange.cancel(aborted);
    await expect(second.response).rejects.toBe(aborted);
    expect(names()).toEqual(['first', 'third']);
    expect(sent).toHaveLength(2);
  });

  test('is shorter for a request that gets a higher priority, by option or later', async () => {
    const { send, sent, names } = setup();
    send('first');
    send('normal');
    send('high', { options: { priority: 'high' } });
    const raised = send('raised', { options: { priority: 'low' } });
    raised.exchange.setPriority('high');
    for (let i = 0; i < 3; i++) {
      sent[i]!.reject(aborted);
      await turns();
    }
    expect(names()).toEqual(['first', 'high', 'raised', 'normal']);
    expect(raised.exchange.queued).toBeNull();
  });

  test('of a later hop has the priority that was set meanwhile', async () => {
    const { queue, send, sent, names } = setup();
    send('first');
    send('waiting');
    const { exchange } = makeExchange();
    exchange.setPriority('high');
    const hop = walkNow(
      queueStage(queue, true),
      makeRequest(),
      () => {
        sent.push({ name: 'hop', answer: () => {}, reject: () => {}, attempt: exchange });
        return Promise.reject(aborted);
      },
      exchange,
    );
    sent[0]!.reject(aborted);
    await expect(hop).rejects.toBe(aborted);
    await turns();
    expect(names()).toEqual(['first', 'hop', 'waiting']);
  });
});

test('an origin that is known to take many requests at once has no limit of one connection each', async () => {
  const queue = new RequestQueue({ perKey: 1, total: Number.POSITIVE_INFINITY });
  const sent: string[] = [];
  const stage = queueStage(queue, false, ['https://many.test']);
  const next = (request: HttpRequest): Promise<HttpResponse> => {
    sent.push(request.url.origin);
    return new Promise(() => {});
  };
  for (const url of [
    'https://many.test/1',
    'https://one.test/',
    'https://many.test/2',
    'https://one.test/2',
  ]) {
    void walkNow(stage, makeRequest({ url }), next, makeExchange().exchange);
  }
  await turns();
  expect(sent).toEqual(['https://many.test', 'https://one.test', 'https://many.test']);
});

function failingBody(): ResponseBody {
  const body = bytesBody(new Uint8Array(1));
  return {
    ...body,
    start: (sink: BodySink) => sink.fail(new NetworkError('remote-host-closed', 'gone')),
  };
}
