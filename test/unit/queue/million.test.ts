import v8 from 'node:v8';
import vm from 'node:vm';
import { expect, test } from 'vitest';
import { RequestQueue, type Ticket } from '../../../src/queue/request-queue.ts';
import { LinkedList } from '../../../src/util/collections.ts';

const MILLION = 1_000_000;
const HOSTS = 10;

function heapUsed(): number {
  v8.setFlagsFromString('--expose-gc');
  (vm.runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

/** Counts what the lists of all queues do: every step of the queue but arithmetic is one of these. */
function countListOperations(): { count: number; stop: () => void } {
  const { append, remove } = LinkedList.prototype;
  const counter = {
    count: 0,
    stop: () => {
      LinkedList.prototype.append = append;
      LinkedList.prototype.remove = remove;
    },
  };
  LinkedList.prototype.append = function (entry) {
    counter.count++;
    append.call(this, entry);
  };
  LinkedList.prototype.remove = function (entry) {
    counter.count++;
    remove.call(this, entry);
  };
  return counter;
}

test('a million requests to ten hosts take under 1000 bytes each and a constant number of steps each', () => {
  const queue = new RequestQueue({ perKey: 6, total: 20 });
  const origins = Array.from({ length: HOSTS }, (_, i) => `https://host${i}.example`);
  const tickets = new Array<Ticket>(MILLION);
  const operations = countListOperations();
  const before = heapUsed();
  for (let i = 0; i < MILLION; i++) {
    const ticket = queue.enter(origins[i % HOSTS]!, i % 3 === 0 ? 'high' : 'normal');
    ticket.waiter = { granted: () => served.push(i) };
    tickets[i] = ticket;
  }
  const served: number[] = tickets.flatMap((ticket, i) => (ticket.running ? [i] : []));
  expect((heapUsed() - before) / MILLION).toBeLessThan(1000);

  for (let i = 0; i < served.length; i++) queue.leave(tickets[served[i]!]!);
  operations.stop();
  expect(served.length).toBe(MILLION);
  expect(queue.size).toBe(0);
  // In and out of its lane's list, and its lane in and out of the line of ready ones.
  expect(operations.count).toBeLessThanOrEqual(4 * MILLION);
}, 60_000);
