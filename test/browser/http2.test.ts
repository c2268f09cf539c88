/** Many requests at once where the origin speaks HTTP/2: the limit of six is one of HTTP/1.1. */
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { NetworkAccessManager } from '../../platform/browser/index.ts';

const told = inject('secureServer');
/** The same server under a name by which it hides how it was reached (no Timing-Allow-Origin). */
const untold = told.replace('127.0.0.1', 'localhost');

let manager: NetworkAccessManager;
beforeEach(() => {
  // The browser keeps 250 of what was loaded, and the test's own modules are more than that.
  performance.clearResourceTimings();
  manager = new NetworkAccessManager();
});
afterEach(() => manager.close());

/** The server answers none of them before all are there. */
async function together(origin: string, count: number): Promise<readonly string[]> {
  const url = `${origin}/together/${count}?id=${crypto.randomUUID()}`;
  return Promise.all(Array.from({ length: count }, (_, i) => manager.get(`${url}&${i}`).text()));
}

const all = (count: number): readonly string[] => new Array(count).fill('together');

test('an origin of which the browser tells', async () => {
  expect(await manager.get(`${told}/hello`).text()).toBe('hello');
  expect(await together(told, 30)).toEqual(all(30));
});

test('it is told while requests wait already', async () => {
  const quick = manager.get(`${told}/hello?${crypto.randomUUID()}`).text();
  const slow = together(told, 40);
  expect(await quick).toBe('hello');
  expect(await slow).toEqual(all(40));
});

test('an origin of which it does not, as the application says', async () => {
  manager.multiplexedOrigins = [untold];
  expect(await together(untold, 30)).toEqual(all(30));
});

test('by fetch, beside as many as HTTP/1.1 allows that stay open', async () => {
  manager.multiplexedOrigins = [told];
  const open = Array.from({ length: 6 }, (_, i) => manager.get(`${told}/black-hole?${i}`));
  const answers = await Promise.all(Array.from({ length: 20 }, () => manager.fetch(`${told}/hello`)));
  expect(await Promise.all(answers.map((answer) => answer.text()))).toEqual(new Array(20).fill('hello'));
  for (const reply of open) reply.abort();
});
