import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Priority } from '../../../src/options/options.ts';
import { RequestQueue, type Ticket } from '../../../src/queue/request-queue.ts';

const CLIENTS: readonly (object | null)[] = [null, {}, {}];
const PRIORITIES: readonly Priority[] = ['high', 'normal', 'low'];

interface Waiting {
  readonly id: number;
  readonly key: string;
  readonly client: object | null;
  priority: Priority;
}

/** The same rules in the plainest way: one list of those who wait, searched from the front, and lists of turns. */
class PlainQueue {
  readonly running = new Map<number, string>();
  waiting: Waiting[] = [];
  turns: string[] = [];
  /** Of the clients of each key. */
  readonly clients = new Map<string, (object | null)[]>();
  readonly perKey: number;
  readonly total: number;

  constructor(perKey: number, total: number) {
    this.perKey = perKey;
    this.total = total;
  }

  enter(id: number, key: string, client: object | null, priority: Priority): void {
    this.waiting.push({ id, key, client, priority });
    this.review();
    this.settle();
  }

  leave(id: number): void {
    this.running.delete(id);
    this.waiting = this.waiting.filter((one) => one.id !== id);
    this.review();
    this.settle();
  }

  /** Who waits has a turn, behind those who waited before. */
  review(): void {
    for (const key of ['a', 'b', 'c']) {
      const all = this.waiting.filter((one) => one.key === key).map(({ client }) => client);
      const before = (this.clients.get(key) ?? []).filter((client) => all.includes(client));
      this.clients.set(key, [...new Set([...before, ...all])]);
    }
  }

  setPriority(id: number, priority: Priority): void {
    const found = this.waiting.find((one) => one.id === id);
    if (found === undefined || found.priority === priority) return;
    this.waiting = [...this.waiting.filter((one) => one !== found), { ...found, priority }];
  }

  settle(): void {
    for (;;) {
      const ready = (key: string) =>
        this.waiting.some((one) => one.key === key) &&
        [...this.running.values()].filter((one) => one === key).length < this.perKey;
      this.turns = this.turns.filter(ready);
      for (const { key } of this.waiting) if (ready(key) && !this.turns.includes(key)) this.turns.push(key);
      const key = this.turns[0];
      if (key === undefined || this.running.size >= this.total) return;
      const [client = null, ...others] = this.clients.get(key)!;
      const own = this.waiting.filter((one) => one.key === key && one.client === client);
      const next = PRIORITIES.flatMap((priority) => own.filter((one) => one.priority === priority))[0]!;
      this.waiting = this.waiting.filter((one) => one !== next);
      this.clients.set(key, [...others, client]);
      this.review();
      this.running.set(next.id, key);
      this.turns.shift();
    }
  }
}

const priority = fc.constantFrom(...PRIORITIES);
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.tuple(fc.constant('enter' as const), fc.constantFrom('a', 'b', 'c'), priority, fc.nat(2)),
  },
  { weight: 2, arbitrary: fc.tuple(fc.constant('leave' as const), fc.nat(), priority, fc.constant(0)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('setPriority' as const), fc.nat(), priority, fc.constant(0)) },
);

test('after any steps, the same requests run as in the plainest queue of the same rules', () => {
  const limits = fc.record({ perKey: fc.integer({ min: 1, max: 3 }), total: fc.integer({ min: 1, max: 5 }) });
  const run = (
    steps: readonly (readonly [string, string | number, Priority, number])[],
    queueLimits: { perKey: number; total: number },
  ) => {
    const queue = new RequestQueue(queueLimits);
    const plain = new PlainQueue(queueLimits.perKey, queueLimits.total);
    const tickets: Ticket[] = [];
    for (const [action, argument, wanted, who] of steps) {
      if (action === 'enter') {
        plain.enter(tickets.length, argument as string, CLIENTS[who]!, wanted);
        tickets.push(queue.enter(argument as string, wanted, CLIENTS[who]!));
      } else if (tickets.length > 0) {
        const id = (argument as number) % tickets.length;
        if (action === 'leave') {
          plain.leave(id);
          queue.leave(tickets[id]!);
        } else {
          plain.setPriority(id, wanted);
          queue.setPriority(tickets[id]!, wanted);
        }
      }
      const running = tickets.flatMap((ticket, id) => (ticket.running ? [id] : []));
      expect(running).toEqual([...plain.running.keys()].sort((a, b) => a - b));
    }
    for (const ticket of tickets) queue.leave(ticket);
    expect(queue.size).toBe(0);
  };
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), limits, run), { numRuns: 300 });
});
