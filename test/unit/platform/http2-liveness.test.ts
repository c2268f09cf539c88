import { describe, expect, test } from 'vitest';
import {
  Http2Liveness,
  type LivenessTarget,
  patienceFor,
  silenceBefore,
} from '../../../platform/node/http/http2-liveness.ts';
import { FakeClock } from '../../support/fixtures.ts';

test.each([
  [0, 5000],
  [1, 25_000],
  [2, 90_000],
  [3, 300_000],
  [100, 300_000],
])('after %i PINGs, the next one waits for %i ms of silence', (pings, expected) => {
  expect(silenceBefore(pings)).toBe(expected);
});

test.each([
  [null, 1000],
  [0, 250],
  [100, 400],
  [5000, 1000],
])('a peer with a round trip of %s ms is doubted after %i ms', (roundTrip, expected) => {
  expect(patienceFor(roundTrip)).toBe(expected);
});

class Target implements LivenessTarget {
  isBusy = true;
  readonly seen: string[] = [];
  answer: () => void = () => {};

  ping(answered: () => void): void {
    this.seen.push('ping');
    this.answer = answered;
  }

  doubted(): void {
    this.seen.push('doubted');
  }

  dead(): void {
    this.seen.push('dead');
  }
}

/** What has arrived comes before judgement. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a connection', () => {
  function setUp(): { clock: FakeClock; target: Target; liveness: Http2Liveness } {
    const clock = new FakeClock();
    const target = new Target();
    return { clock, target, liveness: new Http2Liveness(target, clock) };
  }

  test('that stays silent is asked, doubted and given up', async () => {
    const { clock, target, liveness } = setUp();
    liveness.watch();
    clock.advance(4999);
    expect(target.seen).toEqual([]);
    clock.advance(1);
    expect(target.seen).toEqual(['ping']);
    clock.advance(1000);
    await turn();
    expect(target.seen).toEqual(['ping', 'doubted']);
    clock.advance(4000);
    await turn();
    expect(target.seen).toEqual(['ping', 'doubted', 'dead']);
  });

  test('that answers lives, and is asked less and less often', async () => {
    const { clock, target, liveness } = setUp();
    liveness.watch();
    const asked: number[] = [];
    for (let second = 1; second <= 1000; second++) {
      clock.advance(1000);
      if (target.seen.splice(0).includes('ping')) asked.push(second);
      target.answer();
      await turn();
    }
    expect(asked).toEqual([5, 30, 120, 420, 720]);
  });

  test('that is heard of in time is not given up', async () => {
    const { clock, target, liveness } = setUp();
    liveness.probe();
    clock.advance(1000);
    await turn();
    liveness.heard();
    clock.advance(60_000);
    await turn();
    expect(target.seen).toEqual(['ping', 'doubted']);
  });

  test('whose answer has arrived while the process was busy is not given up', async () => {
    const { clock, target, liveness } = setUp();
    liveness.probe();
    clock.advance(60_000);
    target.answer();
    await turn();
    expect(target.seen).toEqual(['ping']);
  });

  test('that is heard of all the time is never asked', () => {
    const { clock, target, liveness } = setUp();
    liveness.watch();
    for (let i = 0; i < 100; i++) {
      clock.advance(3000);
      liveness.heard();
    }
    expect(target.seen).toEqual([]);
  });

  test('is asked once by many who doubt it', () => {
    const { target, liveness } = setUp();
    for (let i = 0; i < 10; i++) liveness.probe();
    expect(target.seen).toEqual(['ping']);
  });

  test('that nobody waits for is left alone, and has no timer', () => {
    const { clock, target, liveness } = setUp();
    liveness.watch();
    target.isBusy = false;
    clock.advance(60_000);
    expect([target.seen, clock.pendingTimers]).toEqual([[], 0]);
  });

  test('that is over has no timer', () => {
    const { clock, liveness } = setUp();
    liveness.watch();
    liveness.probe();
    liveness.stop();
    liveness.watch();
    liveness.probe();
    expect(clock.pendingTimers).toBe(0);
  });
});
