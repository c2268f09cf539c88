import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { delay, LONGEST_DELAY, setBackgroundTimeout, systemClock } from '../../../src/util/clock.ts';

const DAY = 24 * 60 * 60 * 1000;

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a timer of the system', () => {
  test.each([0, 1, LONGEST_DELAY, LONGEST_DELAY + 1, 30 * DAY, 365 * DAY])(
    'is due after %d ms',
    async (ms) => {
      const called = vi.fn();
      systemClock.setTimeout(called, ms);
      if (ms > 0) await vi.advanceTimersByTimeAsync(ms - 1);
      expect(called).not.toHaveBeenCalled();
      await vi.advanceTimersByTimeAsync(1);
      expect(called).toHaveBeenCalledTimes(1);
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  test.each([1000, 30 * DAY, Number.POSITIVE_INFINITY])(
    'of %d ms is taken back, at any moment',
    async (ms) => {
      const called = vi.fn();
      const timer = systemClock.setTimeout(called, ms);
      await vi.advanceTimersByTimeAsync(Math.min(ms, 26 * DAY) - 1);
      systemClock.clearTimeout(timer);
      expect(vi.getTimerCount()).toBe(0);
      await vi.advanceTimersByTimeAsync(40 * DAY);
      expect(called).not.toHaveBeenCalled();
      systemClock.clearTimeout(timer);
      systemClock.clearTimeout(null);
    },
  );

  test('is never due when it is Infinity', async () => {
    const called = vi.fn();
    systemClock.setTimeout(called, Number.POSITIVE_INFINITY);
    await vi.advanceTimersByTimeAsync(1000 * DAY);
    expect(called).not.toHaveBeenCalled();
  });

  test.each([1000, 30 * DAY])('of %d ms keeps no process alive where it is in the background', (ms) => {
    vi.useRealTimers();
    const unref = vi.spyOn(setTimeout(() => {}, 0).constructor.prototype, 'unref');
    systemClock.clearTimeout(setBackgroundTimeout(() => {}, ms));
    expect(unref).toHaveBeenCalledTimes(1);
    unref.mockRestore();
  });
});

test('the monotonic clock goes on when the clock on the wall is set back', async () => {
  const before = systemClock.monotonic();
  vi.setSystemTime(-1000 * DAY);
  const later = delay(10);
  await vi.advanceTimersByTimeAsync(10);
  await later;
  expect(systemClock.now()).toBeLessThan(0);
  expect(systemClock.monotonic()).toBeGreaterThanOrEqual(before);
});
