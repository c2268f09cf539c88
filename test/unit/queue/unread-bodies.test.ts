import { beforeEach, describe, expect, test } from 'vitest';
import { UNREAD_PATIENCE, UnreadBodies, type UnreadBody } from '../../../src/queue/unread-bodies.ts';
import { FakeClock } from '../../support/fixtures.ts';

let clock: FakeClock;
let unread: UnreadBodies;
/** Names of the bodies that have let go. */
let gone: string[];
/** Slots that are missing. */
let missing: number;
beforeEach(() => {
  clock = new FakeClock();
  unread = new UnreadBodies();
  gone = [];
  missing = 0;
});

function body(name: string, { isUnread = true } = {}): UnreadBody {
  return {
    clock,
    isUnread,
    get isInTheWay() {
      return missing > 0;
    },
    letGo: () => {
      gone.push(name);
      missing--;
      unread.goOn();
    },
  };
}

function wait(): void {
  missing++;
  unread.wait();
}

describe('a body that is not read', () => {
  test('is left alone while nothing waits', () => {
    unread.add(body('a'));
    clock.advance(10 * UNREAD_PATIENCE);
    expect([gone, clock.pendingTimers]).toEqual([[], 0]);
  });

  test('lets go when something has waited for it long enough', () => {
    unread.add(body('a'));
    wait();
    clock.advance(UNREAD_PATIENCE - 1);
    expect(gone).toEqual([]);
    clock.advance(1);
    expect([gone, clock.pendingTimers]).toEqual([['a'], 0]);
  });

  test('lets go at once when it has not been read for long', () => {
    unread.add(body('a'));
    clock.advance(UNREAD_PATIENCE);
    wait();
    clock.advance(0);
    expect(gone).toEqual(['a']);
  });

  test('lets go in the order in which they stopped, one for each that waits', () => {
    unread.add(body('a'));
    clock.advance(10);
    unread.add(body('b'));
    unread.add(body('c'));
    wait();
    wait();
    clock.advance(UNREAD_PATIENCE - 10);
    expect(gone).toEqual(['a']);
    clock.advance(10);
    expect([gone, clock.pendingTimers]).toEqual([['a', 'b'], 0]);
  });

  test('is left alone once it is read, or over', () => {
    const [a, b] = [body('a'), body('b')];
    unread.add(a);
    unread.add(b);
    wait();
    unread.remove(a);
    clock.advance(UNREAD_PATIENCE);
    expect(gone).toEqual(['b']);
  });

  test('counts anew when it stops again', () => {
    const a = body('a');
    unread.add(a);
    wait();
    clock.advance(UNREAD_PATIENCE - 1);
    unread.remove(a);
    unread.add(a);
    clock.advance(UNREAD_PATIENCE - 1);
    expect(gone).toEqual([]);
    clock.advance(1);
    expect(gone).toEqual(['a']);
  });

  test('is left alone when something reads it, however slowly', () => {
    unread.add(body('a', { isUnread: false }));
    wait();
    clock.advance(10 * UNREAD_PATIENCE);
    expect(gone).toEqual([]);
    missing--;
    unread.goOn();
    expect(clock.pendingTimers).toBe(0);
  });

  test.each(['isUnread', 'isInTheWay'] as const)('lets go when %s comes true later, untold', (what) => {
    const late = { ...body('a'), isInTheWay: true, [what]: false };
    unread.add(late);
    wait();
    clock.advance(3 * UNREAD_PATIENCE);
    expect(gone).toEqual([]);
    late[what] = true;
    clock.advance(UNREAD_PATIENCE);
    expect([gone, clock.pendingTimers]).toEqual([['a'], 0]);
  });

  test('is left alone when what waited has gone', () => {
    unread.add(body('a'));
    wait();
    missing--;
    unread.goOn();
    expect(clock.pendingTimers).toBe(0);
  });
});
