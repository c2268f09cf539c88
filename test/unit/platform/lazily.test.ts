import { expect, test } from 'vitest';
import { lazily } from '../../../platform/browser/lazy-store.ts';

test('loads with the first use, and once', async () => {
  let loads = 0;
  const load = lazily(async () => ({ number: ++loads }));
  expect(loads).toBe(0);
  expect(await Promise.all([load(), load()])).toEqual([{ number: 1 }, { number: 1 }]);
  expect(await load()).toEqual({ number: 1 });
});

test('a load that failed is tried again', async () => {
  const answers = [Promise.reject(new Error('offline')), Promise.resolve('code')];
  const load = lazily(() => answers.shift()!);
  await expect(load()).rejects.toThrow('offline');
  expect(await load()).toBe('code');
});
