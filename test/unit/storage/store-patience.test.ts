import { expect, test } from 'vitest';
import { STORE_PATIENCE, StoreTimeout, withinPatience } from '../../../src/storage/store-patience.ts';
import { FakeClock } from '../../support/fixtures.ts';

test('waits for a store for a second, and no longer', async () => {
  const clock = new FakeClock();
  const waiting = withinPatience(new Promise(() => {}), 'cookies: loading', clock);
  const outcome = waiting.catch((error: unknown) => error);
  clock.advance(STORE_PATIENCE - 1);
  expect(clock.pendingTimers).toBe(1);
  clock.advance(1);
  expect(await outcome).toBeInstanceOf(StoreTimeout);
  expect(await outcome).toMatchObject({ message: expect.stringContaining('cookies: loading') });
});

test('gives what the store gives, and leaves no timer', async () => {
  const clock = new FakeClock();
  expect(await withinPatience(Promise.resolve(7), 'x', clock)).toBe(7);
  const refused = new Error('refused');
  await expect(withinPatience(Promise.reject(refused), 'x', clock)).rejects.toBe(refused);
  expect(clock.pendingTimers).toBe(0);
});
