import { describe, expect, test, vi } from 'vitest';
import { IdleTimeout } from '../../../src/timeout/idle-timeout.ts';
import { FakeClock } from '../../support/fixtures.ts';

type Step = number | 'touch' | 'pause' | 'resume' | 'stop';

/** Runs the steps (a number lets that many ms pass) on a timeout of 100 ms and gives the times at which it expired. */
function expiries(steps: readonly Step[]): number[] {
  const clock = new FakeClock(0);
  const expired: number[] = [];
  const timeout = new IdleTimeout(clock, 100, () => expired.push(clock.now()));
  for (const step of steps) {
    if (typeof step === 'number') clock.advance(step);
    else timeout[step]();
  }
  return expired;
}

describe('a timeout of 100 ms', () => {
  test.each<[string, readonly Step[], readonly number[]]>([
    ['expires after 100 ms', [99, 1], [100]],
    ['not before', [99], []],
    ['expires once', [1000, 'touch', 1000], [100]],
    ['counts from the last touch', [60, 'touch', 30, 'touch', 99, 1], [190]],
    ['never expires after stop', [50, 'stop', 1000], []],
    ['stands still while paused', [60, 'pause', 1000], []],
    ['goes on where it was paused', [60, 'pause', 1000, 'resume', 39, 1], [1100]],
    ['goes on where it was after a short pause, too', [60, 'pause', 10, 'resume', 39, 1], [110]],
    [
      'goes on where it was after many pauses',
      [30, 'pause', 50, 'resume', 30, 'pause', 50, 'resume', 39, 1],
      [200],
    ],
    [
      'stands still until the last of nested pauses ends',
      [50, 'pause', 250, 'pause', 250, 'resume', 500, 'resume', 50],
      [1100],
    ],
    [
      'counts from the end of a pause in which something moved',
      [60, 'pause', 500, 'touch', 200, 'resume', 99, 1],
      [860],
    ],
    ['stays stopped when a pause ends later', [10, 'pause', 500, 'stop', 'resume', 500], []],
  ])('%s', (_name, steps, expected) => {
    expect(expiries(steps)).toEqual(expected);
  });
});

test('a thousand touches set no timer', () => {
  const clock = new FakeClock();
  let timers = 0;
  const counting = {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    setTimeout: (callback: () => void, ms: number) => {
      timers++;
      return clock.setTimeout(callback, ms);
    },
    clearTimeout: (handle: unknown) => clock.clearTimeout(handle),
  };
  const timeout = new IdleTimeout(counting, 100, () => {});
  for (let i = 0; i < 1000; i++) timeout.touch();
  expect(timers).toBe(1);
  timeout.stop();
  expect(clock.pendingTimers).toBe(0);
});

test('is kept when the clock on the wall is set, forward or back', () => {
  for (const set of [-3_600_000, 3_600_000]) {
    const clock = new FakeClock();
    const expired = vi.fn();
    const timeout = new IdleTimeout(clock, 100, expired);
    clock.advance(50);
    clock.set = set;
    timeout.touch();
    clock.advance(99);
    expect(expired).not.toHaveBeenCalled();
    clock.advance(1);
    expect(expired).toHaveBeenCalledTimes(1);
  }
});
