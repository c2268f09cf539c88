import { describe, expect, test } from 'vitest';
import type { Priority } from '../../../src/options/options.ts';
import { RequestQueue, type Ticket } from '../../../src/queue/request-queue.ts';

/** Enters requests by name, and notes in `order` when each of them goes. */
function track(queue: RequestQueue) {
  const order: string[] = [];
  const tickets = new Map<string, Ticket>();
  return {
    order,
    enter(key: string, name: string, priority: Priority = 'normal', client: object | null = null): void {
      const ticket = queue.enter(key, priority, client);
      tickets.set(name, ticket);
      if (ticket.running) order.push(name);
      else ticket.waiter = { granted: () => order.push(name) };
    },
    leave(...names: string[]): void {
      for (const name of names) queue.leave(tickets.get(name)!);
    },
    setPriority: (name: string, priority: Priority) => queue.setPriority(tickets.get(name)!, priority),
  };
}

const one = { perKey: 1, total: Number.POSITIVE_INFINITY };

describe('limits', () => {
  test('lets six of a key go, and others of other keys', () => {
    const requests = track(new RequestQueue());
    for (let i = 1; i <= 8; i++) requests.enter('a', `a${i}`);
    requests.enter('b', 'b1');
    expect(requests.order).toEqual(['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'b1']);
    requests.leave('a3');
    expect(requests.order.at(-1)).toBe('a7');
  });

  test('keeps to the total over all keys', () => {
    const requests = track(new RequestQueue({ perKey: 6, total: 2 }));
    for (const key of ['a', 'b', 'c']) requests.enter(key, key);
    expect(requests.order).toEqual(['a', 'b']);
    requests.leave('a');
    expect(requests.order).toEqual(['a', 'b', 'c']);
  });

  test('raised by configure, lets those who wait go at once; lowered, stops none', () => {
    const queue = new RequestQueue(one);
    const requests = track(queue);
    for (const name of ['1', '2', '3', '4']) requests.enter('a', name);
    queue.configure({ ...one, perKey: 3 });
    expect(requests.order).toEqual(['1', '2', '3']);
    queue.configure(one);
    requests.leave('1', '2');
    expect(requests.order).toEqual(['1', '2', '3']);
    requests.leave('3');
    expect(requests.order).toEqual(['1', '2', '3', '4']);
  });

  test('a total lowered while keys stand in line is kept', () => {
    const queue = new RequestQueue({ perKey: 1, total: 2 });
    const requests = track(queue);
    for (const key of ['a', 'b', 'c', 'd']) requests.enter(key, key);
    queue.configure({ perKey: 1, total: 1 });
    requests.leave('a');
    expect(requests.order).toEqual(['a', 'b']);
    requests.leave('b');
    expect(requests.order).toEqual(['a', 'b', 'c']);
  });

  test('of one key can be lifted while it is in use, and are the common ones again after', () => {
    const queue = new RequestQueue(one);
    const requests = track(queue);
    for (const name of ['1', '2', '3']) requests.enter('a', name);
    queue.setLimit('a', 100);
    expect(requests.order).toEqual(['1', '2', '3']);
    requests.leave('1', '2', '3');
    requests.enter('a', '4');
    requests.enter('a', '5');
    expect(requests.order).toEqual(['1', '2', '3', '4']);
  });

  test('of one key can be taken back while it is in use', () => {
    const queue = new RequestQueue(one);
    const requests = track(queue);
    for (const name of ['1', '2']) requests.enter('a', name);
    queue.setLimit('a', 2);
    queue.setLimit('a', null);
    requests.enter('a', '3');
    requests.leave('1');
    expect(requests.order).toEqual(['1', '2']);
    requests.leave('2');
    expect(requests.order).toEqual(['1', '2', '3']);
  });

  test('of a key that is not in use cannot be set, and the key is not remembered for it', () => {
    const queue = new RequestQueue(one);
    queue.setLimit('a', 100);
    expect(queue.size).toBe(0);
  });
});

describe('order', () => {
  test('is high, normal, low, and first come, first served within each', () => {
    const requests = track(new RequestQueue(one));
    requests.enter('a', 'running');
    for (const [name, priority] of [
      ['l1', 'low'],
      ['n1', 'normal'],
      ['h1', 'high'],
      ['l2', 'low'],
      ['n2', 'normal'],
      ['h2', 'high'],
    ] as const) {
      requests.enter('a', name, priority);
    }
    requests.leave('running', 'h1', 'h2', 'n1', 'n2', 'l1');
    expect(requests.order).toEqual(['running', 'h1', 'h2', 'n1', 'n2', 'l1', 'l2']);
  });

  test('is changed by a new priority: to the end of its kind', () => {
    const requests = track(new RequestQueue(one));
    for (const name of ['running', '1', '2', '3']) requests.enter('a', name);
    requests.setPriority('3', 'high');
    requests.setPriority('1', 'low');
    requests.setPriority('1', 'normal');
    requests.setPriority('running', 'low');
    requests.leave('running', '3', '2');
    expect(requests.order).toEqual(['running', '3', '2', '1']);
  });

  test('keeps the place of a request that gets the priority it has', () => {
    const requests = track(new RequestQueue(one));
    for (const name of ['running', '1', '2']) requests.enter('a', name);
    requests.setPriority('1', 'normal');
    requests.leave('running');
    expect(requests.order).toEqual(['running', '1']);
  });

  test('gives keys that compete for the total one turn each, however much one of them wants', () => {
    const requests = track(new RequestQueue({ perKey: 6, total: 1 }));
    requests.enter('greedy', 'g0', 'high');
    for (let i = 1; i <= 3; i++) requests.enter('greedy', `g${i}`, 'high');
    requests.enter('modest', 'm1', 'low');
    requests.enter('other', 'o1');
    requests.enter('modest', 'm2', 'low');
    for (const name of ['g0', 'g1', 'm1', 'o1', 'g2', 'm2']) requests.leave(name);
    expect(requests.order).toEqual(['g0', 'g1', 'm1', 'o1', 'g2', 'm2', 'g3']);
  });

  test('has no gap for a newcomer when slots are being handed out', () => {
    const queue = new RequestQueue({ perKey: 6, total: 1 });
    const running = queue.enter('a', 'normal');
    const waiting = queue.enter('b', 'normal');
    const order: string[] = [];
    const granted = (): void => {
      order.push('b');
      queue.leave(waiting);
      const newcomer = queue.enter('d', 'normal');
      newcomer.waiter = { granted: () => order.push('d') };
      if (newcomer.running) order.push('d');
    };
    waiting.waiter = { granted };
    const last = queue.enter('c', 'normal');
    const grantedLast = (): void => {
      order.push('c');
      queue.leave(last);
    };
    last.waiter = { granted: grantedLast };
    queue.leave(running);
    expect(order).toEqual(['b', 'c', 'd']);
  });
});

describe('leaving', () => {
  test('twice frees one slot', () => {
    const requests = track(new RequestQueue(one));
    for (const name of ['1', '2', '3']) requests.enter('a', name);
    requests.leave('1', '1');
    expect(requests.order).toEqual(['1', '2']);
  });

  test('while waiting gives up the place, and that request never goes', () => {
    const requests = track(new RequestQueue(one));
    for (const name of ['1', '2', '3', '4']) requests.enter('a', name);
    requests.leave('3', '2', '1');
    expect(requests.order).toEqual(['1', '4']);
  });

  test('makes a key forgotten when it was the last', () => {
    const queue = new RequestQueue(one);
    const requests = track(queue);
    requests.enter('a', '1');
    requests.enter('a', '2');
    requests.leave('2');
    expect(queue.size).toBe(1);
    requests.leave('1');
    expect(queue.size).toBe(0);
  });

  test('after the last waiter of a key was cancelled lets the other keys take their turns', () => {
    const requests = track(new RequestQueue({ perKey: 6, total: 1 }));
    for (const key of ['a', 'b', 'c']) requests.enter(key, key);
    requests.leave('b', 'a');
    expect(requests.order).toEqual(['a', 'c']);
  });

  test('inside granted, for a hundred thousand requests in a row, does not exhaust the stack', () => {
    const queue = new RequestQueue(one);
    const running = queue.enter('a', 'normal');
    let served = 0;
    for (let i = 0; i < 100_000; i++) {
      const ticket = queue.enter('a', 'normal');
      const granted = (): void => {
        served++;
        queue.leave(ticket);
      };
      ticket.waiter = { granted };
    }
    queue.leave(running);
    expect([served, queue.size]).toEqual([100_000, 0]);
  });
});

describe('what is in the way', () => {
  test('of a request of its key', () => {
    const queue = new RequestQueue(one);
    const first = queue.enter('a', 'normal');
    expect(queue.isInTheWay(first)).toBe(false);
    const second = queue.enter('a', 'normal');
    const other = queue.enter('b', 'normal');
    expect([first, second, other].map((ticket) => queue.isInTheWay(ticket))).toEqual([true, false, false]);
    queue.leave(first);
    expect([first, second].map((ticket) => queue.isInTheWay(ticket))).toEqual([false, false]);
  });

  test('of any request where the slots of all are used up', () => {
    const queue = new RequestQueue({ perKey: 6, total: 2 });
    const running = [queue.enter('a', 'normal'), queue.enter('b', 'normal')];
    expect(running.map((ticket) => queue.isInTheWay(ticket))).toEqual([false, false]);
    queue.enter('c', 'normal');
    expect(running.map((ticket) => queue.isInTheWay(ticket))).toEqual([true, true]);
  });
});

describe('clients of one key', () => {
  const [flooder, other] = [{}, {}];

  test('take turns, however many wait and whatever priority they have', () => {
    const requests = track(new RequestQueue(one));
    for (let i = 1; i <= 50; i++) requests.enter('a', `flood${i}`, 'high', flooder);
    requests.enter('a', 'own1', 'low');
    requests.enter('a', 'own2', 'low');
    requests.enter('a', 'other', 'normal', other);
    for (let i = 0; i < 6; i++) requests.leave(requests.order.at(-1)!);
    expect(requests.order).toEqual(['flood1', 'flood2', 'own1', 'other', 'flood3', 'own2', 'flood4']);
  });

  test('keep their turn when one of their requests gets another priority', () => {
    const requests = track(new RequestQueue(one));
    requests.enter('a', '1');
    requests.enter('a', 'first', 'low', other);
    for (const name of ['2', '3']) requests.enter('a', name);
    requests.setPriority('first', 'normal');
    requests.leave('1');
    expect(requests.order.at(-1)).toBe('first');
  });
});
