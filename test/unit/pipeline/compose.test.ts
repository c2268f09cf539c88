import { describe, expect, test } from 'vitest';
import type { Rewrite } from '../../../src/call/stage.ts';
import { NetworkError } from '../../../src/error.ts';
import type { ResponseBody } from '../../../src/message/body.ts';
import { bytesBody } from '../../../src/message/bytes-body.ts';
import { compose } from '../../../src/pipeline/compose.ts';
import { makeExchange, makeRequest, makeResponse } from '../../support/fixtures.ts';

/** A rewrite that puts its name to what passes, at once or later, and writes down what it saw. */
function marking(name: string, isLate: boolean, seen: string[]): Rewrite {
  const pass = <Value>(value: Value): Value | Promise<Value> => (isLate ? Promise.resolve(value) : value);
  return {
    name,
    outgoing(request) {
      return pass({ ...request, method: `${request.method}>${name}` });
    },
    incoming(response, request) {
      seen.push(`${name} sent ${request.method}`);
      return pass({ ...response, reason: `${response.reason}<${name}` });
    },
  };
}

describe.each([
  ['at once', false],
  ['later', true],
])('rewrites that answer %s', (_name, isLate) => {
  test('are passed in order on the way out and in the opposite one on the way back', async () => {
    const seen: string[] = [];
    const run = compose(
      [marking('a', isLate, seen), { name: 'idle' }, marking('b', isLate, seen)],
      (request) => {
        seen.push(`next ${request.method}`);
        return Promise.resolve(makeResponse({ reason: 'OK' }));
      },
    );
    const response = await run(makeRequest(), makeExchange().exchange);
    expect(response.reason).toBe('OK<b<a');
    expect(seen).toEqual(['next GET>a>b', 'b sent GET>a', 'a sent GET']);
  });

  test('that fail on the way back cancel the body', async () => {
    const failure = new NetworkError('unknown-content', 'no');
    const cancelled: unknown[] = [];
    const body: ResponseBody = Object.assign(bytesBody(), {
      cancel: (reason: NetworkError) => cancelled.push(reason),
    });
    const failing: Rewrite = {
      name: 'failing',
      incoming() {
        if (isLate) return Promise.reject(failure);
        throw failure;
      },
    };
    const run = compose([failing], () => Promise.resolve(makeResponse({ body })));
    await expect(run(makeRequest(), makeExchange().exchange)).rejects.toBe(failure);
    expect(cancelled).toEqual([failure]);
  });

  test('that fail on the way out send nothing', async () => {
    const failing: Rewrite = {
      name: 'failing',
      outgoing() {
        if (isLate) return Promise.reject(new Error('no'));
        throw new Error('no');
      },
    };
    const run = compose([failing], () => Promise.reject(new Error('was sent')));
    await expect(async () => run(makeRequest(), makeExchange().exchange)).rejects.toThrow('no');
  });
});
