import { describe, expect, test } from 'vitest';
import { NetworkError } from '../../../src/error.ts';
import type { HttpResponse } from '../../../src/pipeline/stage.ts';
import { Gate } from '../../../src/queue/gate-stage.ts';
import { takeOver } from '../../../src/queue/stage.ts';
import { makeExchange, makeRequest, makeResponse, readBody } from '../../support/fixtures.ts';

const aborted = new NetworkError('operation-canceled', 'aborted');
const turns = async (): Promise<void> => {
  for (let i = 0; i < 12; i++) await Promise.resolve();
};

/** A gate with one slot for an origin; the real queue is loaded when the test says so. */
function setup(perKey = 1, total = Number.POSITIVE_INFINITY) {
  const loads: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const gate = new Gate(
    () => new Promise((resolve, reject) => loads.push({ resolve: () => resolve({ takeOver }), reject })),
  );
  gate.configure({ perKey, total });
  const order: string[] = [];
  const answers = new Map<string, (response: HttpResponse | Promise<never>) => void>();
  const send = (name: string, init: Parameters<typeof makeRequest>[0] = {}) => {
    const { exchange } = makeExchange();
    const next = () =>
      new Promise<HttpResponse>((answer) => {
        order.push(name);
        answers.set(name, answer);
      });
    const response = gate.handle(makeRequest(init), next, exchange);
    response.catch(() => {});
    return { exchange, response };
  };
  const end = async (name: string): Promise<void> => {
    answers.get(name)!(Promise.reject(aborted));
    await turns();
  };
  return { gate, loads, order, answers, send, end };
}

describe('while nobody has to wait', () => {
  test('requests pass, and nothing is loaded', async () => {
    const { send, end, order, loads } = setup(2);
    for (const name of ['a', 'b']) send(name);
    send('other', { url: 'http://other.test/' });
    expect(order).toEqual(['a', 'b', 'other']);
    await end('a');
    send('c');
    expect(order).toEqual(['a', 'b', 'other', 'c']);
    expect(loads).toHaveLength(0);
  });

  test.each<
    [
      string,
      (first: ReturnType<ReturnType<typeof setup>['send']>, answer: (r: HttpResponse) => void) => unknown,
    ]
  >([
    [
      'the end of the body',
      async ({ response }, answer) => {
        answer(makeResponse({ body: 'text' }));
        await readBody((await response).body);
      },
    ],
    [
      'a body that is dropped',
      async ({ response }, answer) => {
        answer(makeResponse({ body: 'text' }));
        (await response).body.cancel(aborted);
      },
    ],
    ['an abort', ({ exchange }) => exchange.cancel(aborted)],
    [
      'everything together',
      async ({ response, exchange }, answer) => {
        answer(makeResponse({ body: 'text' }));
        const { body } = await response;
        await readBody(body);
        body.cancel(aborted);
        exchange.cancel(aborted);
      },
    ],
  ])('a slot is freed once by %s', async (_name, act) => {
    const { send, order, answers, loads } = setup(1, 2);
    send('other', { url: 'http://other.test/' });
    const first = send('first');
    await act(first, answers.get('first')!);
    await turns();
    send('second');
    send('third', { url: 'http://third.test/' });
    expect(order).toEqual(['other', 'first', 'second']);
    expect(loads).toHaveLength(1);
  });

  test('a request that was cancelled before takes no slot', async () => {
    const { gate, send, order } = setup();
    const { exchange } = makeExchange();
    exchange.cancel(aborted);
    expect(() => gate.handle(makeRequest(), () => Promise.reject(new Error('sent')), exchange)).toThrow(
      aborted,
    );
    send('next');
    expect(order).toEqual(['next']);
  });
});

describe('the first that must wait', () => {
  test('has the real queue loaded, once, which knows those that run', async () => {
    const { send, end, order, loads } = setup();
    for (const name of ['a', 'b', 'c']) send(name);
    expect(order).toEqual(['a']);
    loads[0]!.resolve();
    await turns();
    expect(order).toEqual(['a']);
    await end('a');
    expect(order).toEqual(['a', 'b']);
    await end('b');
    expect(order).toEqual(['a', 'b', 'c']);
    expect(loads).toHaveLength(1);
  });

  test('waits for the total, too', async () => {
    const { send, end, order, loads } = setup(6, 1);
    send('a');
    send('b', { url: 'http://other.test/' });
    loads[0]!.resolve();
    await turns();
    expect(order).toEqual(['a']);
    await end('a');
    expect(order).toEqual(['a', 'b']);
  });

  test('is not overtaken while the queue is loading, but by priority', async () => {
    const { send, end, order, loads } = setup();
    send('a');
    send('b');
    send('c', { options: { priority: 'low' } }).exchange.setPriority('high');
    await end('a');
    send('d');
    expect(order).toEqual(['a']);
    loads[0]!.resolve();
    await turns();
    expect(order).toEqual(['a', 'b']);
    await end('b');
    await end('c');
    expect(order).toEqual(['a', 'b', 'c', 'd']);
  });

  test('is never sent when it was aborted while the queue was loading', async () => {
    const { send, end, order, loads } = setup();
    send('a');
    const b = send('b');
    send('c');
    b.exchange.cancel(aborted);
    loads[0]!.resolve();
    await expect(b.response).rejects.toBe(aborted);
    await end('a');
    expect(order).toEqual(['a', 'c']);
  });

  test('finds the limits that were set meanwhile, and those that are set later', async () => {
    const { gate, send, order, loads } = setup();
    for (const name of ['a', 'b', 'c', 'd']) send(name);
    gate.configure({ perKey: 2, total: 9 });
    loads[0]!.resolve();
    await turns();
    expect(order).toEqual(['a', 'b']);
    gate.configure({ perKey: 3, total: 9 });
    await turns();
    expect(order).toEqual(['a', 'b', 'c']);
  });

  test('fails with all that wait when the queue cannot be loaded; the gate goes on', async () => {
    const { gate, send, end, order, loads } = setup();
    send('a');
    const waiting = [send('b'), send('c')];
    gate.configure({ perKey: 1, total: 9 });
    const lost = new Error('offline');
    loads[0]!.reject(lost);
    for (const { response } of waiting) await expect(response).rejects.toBe(lost);
    await end('a');
    send('d');
    send('e');
    expect(order).toEqual(['a', 'd']);
    loads[1]!.resolve();
    await turns();
    await end('d');
    expect(order).toEqual(['a', 'd', 'e']);
  });
});
