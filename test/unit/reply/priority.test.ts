import { expect, test } from 'vitest';
import type { Call } from '../../../src/call/call.ts';
import type { Priority } from '../../../src/options/options.ts';
import { pipelineSource } from '../../../src/reply/pipeline-source.ts';
import { NetworkReply } from '../../../src/reply/reply.ts';
import { FakeClock, makeRequest } from '../../support/fixtures.ts';

/** A reply whose pipeline waits in a queue that writes down the priorities it is told. */
function setup() {
  const told: Priority[] = [];
  let exchange!: Call;
  const run = (_request: unknown, started: Call) => {
    exchange = started;
    exchange.queued = { setPriority: (priority) => told.push(priority) };
    return new Promise<never>(() => {});
  };
  const source = pipelineSource(run, { clock: new FakeClock() });
  const reply = NetworkReply.create({ operation: 'get', request: makeRequest(), source });
  return { reply, told, exchange: () => exchange };
}

test('a priority that is set before the start counts from the start', async () => {
  const { reply, exchange } = setup();
  reply.setPriority('high');
  await Promise.resolve();
  expect(exchange().priority).toBe('high');
});

test('a priority that is set later reaches the queue, and is kept for the next hop', async () => {
  const { reply, told, exchange } = setup();
  await Promise.resolve();
  expect(exchange().priority).toBeNull();
  reply.setPriority('low');
  expect([told, exchange().priority]).toEqual([['low'], 'low']);
});

test('what is no priority is refused', () => {
  const { reply } = setup();
  expect(() => reply.setPriority('urgent' as never)).toThrow(/'priority'/);
});
