import { describe, expect, test } from 'vitest';
import { Gate } from '../../../src/queue/gate.ts';
import type { Ticket } from '../../../src/queue/request-queue.ts';
import { takeOver } from '../../../src/queue/take-over.ts';

const gateOf = (perKey: number, total = Number.POSITIVE_INFINITY): Gate => {
  const gate = new Gate();
  gate.configure({ perKey, total });
  return gate;
};

describe('a gate', () => {
  test('admits six of a key, and others of other keys', () => {
    const gate = new Gate();
    const admitted = Array.from({ length: 6 }, () => gate.admit('a'));
    expect(admitted).not.toContain(null);
    expect(gate.admit('b')).not.toBeNull();
    expect(gate.admit('a')).toBeNull();
  });

  test('keeps to the total over all keys', () => {
    const gate = gateOf(6, 2);
    expect(['a', 'b', 'c'].map((key) => gate.admit(key) !== null)).toEqual([true, true, false]);
  });

  test('admits as many as leave', () => {
    const gate = gateOf(1, 2);
    for (let i = 0; i < 10; i++) {
      const [a, b] = [gate.admit('a')!, gate.admit('b')!];
      a.leave!();
      b.leave!();
    }
    expect(gate.admit('a')).not.toBeNull();
    expect(gate.admit('a')).toBeNull();
  });

  test('takes no slot back twice', () => {
    const gate = gateOf(6, 2);
    const a = gate.admit('a')!;
    gate.admit('b');
    a.leave!();
    a.leave!();
    expect(['a', 'a'].map((key) => gate.admit(key) !== null)).toEqual([true, false]);
  });

  test('admits nobody once somebody has had to wait, that nobody is overtaken', () => {
    const gate = gateOf(1);
    const slot = gate.admit('a')!;
    gate.admit('a');
    slot.leave!();
    expect([gate.admit('a'), gate.admit('b')]).toEqual([null, null]);
  });

  test('goes on when those who waited have given up', () => {
    const gate = gateOf(1);
    const slot = gate.admit('a')!;
    gate.admit('a');
    gate.reopen();
    expect(gate.admit('b')).not.toBeNull();
    expect(gate.admit('a')).toBeNull();
    gate.reopen();
    slot.leave!();
    expect(gate.admit('a')).not.toBeNull();
  });
});

describe('the queue that takes over', () => {
  test('knows who runs, is one for all, and admits in place of the gate', async () => {
    const gate = gateOf(2, 3);
    const [a, b] = [gate.admit('a')!, gate.admit('b')!];
    const queue = gate.realQueue(takeOver);
    expect(gate.realQueue(takeOver)).toBe(queue);
    expect(gate.admit('c')).toBeNull();
    const tickets: Ticket[] = ['a', 'a', 'b', 'c'].map((key) => queue.enter(key, 'normal'));
    const running = () => tickets.map((ticket) => ticket.running);
    await Promise.resolve();
    expect(running()).toEqual([true, false, false, false]);
    a.leave!();
    expect(running()).toEqual([true, false, true, false]);
    b.leave!();
    expect(running()).toEqual([true, false, true, true]);
    for (const ticket of tickets) queue.leave(ticket);
    expect(queue.size).toBe(0);
  });

  test('has the limits of the gate, and later ones', async () => {
    const gate = gateOf(1);
    gate.admit('a');
    gate.configure({ perKey: 2, total: 9 });
    const queue = gate.realQueue(takeOver);
    const tickets = [queue.enter('a', 'normal'), queue.enter('a', 'normal')];
    await Promise.resolve();
    expect(tickets.map((ticket) => ticket.running)).toEqual([true, false]);
    gate.configure({ perKey: 3, total: 9 });
    expect(tickets.map((ticket) => ticket.running)).toEqual([true, true]);
  });

  test('lets nobody go before all have come in who waited for it', async () => {
    const gate = gateOf(1);
    const slot = gate.admit('a')!;
    gate.admit('a');
    slot.leave!();
    const queue = gate.realQueue(takeOver);
    const tickets = (['low', 'high'] as const).map((priority) => queue.enter('a', priority));
    expect(tickets.map((ticket) => ticket.running)).toEqual([false, false]);
    await Promise.resolve();
    expect(tickets.map((ticket) => ticket.running)).toEqual([false, true]);
  });
});
