import { expect, test } from 'vitest';
import type { Priority } from '../../../src/options.ts';
import type { Exchange } from '../../../src/pipeline/exchange.ts';
import { ExchangeSource } from '../../../src/reply/exchange-source.ts';
import { FakeClock, makeRequest } from '../../support/fixtures.ts';

/** A source whose pipeline waits in a queue that writes down the priorities it is told. */
function setup() {
  const told: Priority[] = [];
  let exchange!: Exchange;
  const run = (_request: unknown, started: Exchange) => {
    exchange = started;
    exchange.queued = { setPriority: (priority) => told.push(priority) };
    return new Promise<never>(() => {});
  };
  const source = new ExchangeSource(makeRequest(), run, new FakeClock());
  const start = () =>
    source.start({ accept() {}, ask: () => Promise.reject(new Error('unexpected question')) });
  return { source, start, told, exchange: () => exchange };
}

test('a priority that is set before the start counts from the start', () => {
  const { source, start, exchange } = setup();
  source.setPriority('high');
  start();
  expect(exchange().priority).toBe('high');
});

test('a priority that is set later reaches the queue, and is kept for the next hop', () => {
  const { source, start, told, exchange } = setup();
  start();
  expect(exchange().priority).toBeNull();
  source.setPriority('low');
  expect([told, exchange().priority]).toEqual([['low'], 'low']);
});
