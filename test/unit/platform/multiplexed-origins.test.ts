import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { MultiplexedOrigins } from '../../../platform/browser/multiplexed-origins.ts';
import { eventually } from '../../support/eventually.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

test('an observer of the page does not keep a manager that was dropped', async () => {
  const dropped = (() => {
    const origins = new MultiplexedOrigins();
    origins.watch(() => origins.has('https://a.test'));
    return new WeakRef(origins);
  })();
  const kept = new MultiplexedOrigins();
  kept.watch(() => {});
  await eventually(() => {
    collectGarbage();
    // The error of a failed expectation would keep what it shows.
    expect(dropped.deref() === undefined).toBe(true);
  });
  expect(kept.has('https://a.test')).toBe(false);
  kept.stop();
});
