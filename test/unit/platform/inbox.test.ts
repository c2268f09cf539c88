import { expect, test } from 'vitest';
import { Inbox } from '../../../platform/node/http/inbox.ts';

const FULL = 64 * 1024;

/** Plays the socket: asks for a buffer, fills so much of it, and so on. Gives what came of each read. */
function read(inbox: Inbox, ...lengths: number[]): { buffer: Uint8Array; isLent: boolean }[] {
  const results: { buffer: Uint8Array; isLent: boolean }[] = [];
  inbox.open((buffer, _length, isLent) => results.push({ buffer, isLent }));
  const { buffer: next, callback } = inbox.onread;
  for (const length of lengths) callback(length, (next as () => Uint8Array)());
  return results;
}

test('small reads of all sockets go into one buffer, which is lent', () => {
  const [one, two] = read(new Inbox(), 10, FULL - 1);
  const [other] = read(new Inbox(), 10);
  expect([one!.isLent, two!.isLent]).toEqual([true, true]);
  expect(two!.buffer).toBe(one!.buffer);
  expect(other!.buffer).toBe(one!.buffer);
});

test('a socket that fills it reads into buffers of its own, which are given away', () => {
  const [shared, one, two] = read(new Inbox(), FULL, FULL, FULL / 2);
  expect([shared!.isLent, one!.isLent, two!.isLent]).toEqual([true, false, false]);
  expect(new Set([shared!.buffer, one!.buffer, two!.buffer]).size).toBe(3);
});

test('a read that does not fill half of its own buffer is lent, and the last into one', () => {
  const [shared, own, last] = read(new Inbox(), FULL, FULL / 2 - 1, 10);
  expect(own!.isLent).toBe(true);
  expect(own!.buffer).not.toBe(shared!.buffer);
  expect(last!.buffer).toBe(shared!.buffer);
});

test('what arrives before there is a receiver is kept', () => {
  const inbox = new Inbox();
  const buffer = (inbox.onread.buffer as () => Uint8Array)();
  buffer.set([1, 2, 3]);
  inbox.onread.callback(2, buffer);
  buffer.fill(0);
  expect(inbox.hasMail).toBe(true);
  expect(inbox.takeEarly()).toEqual([Uint8Array.of(1, 2)]);
  expect(inbox.hasMail).toBe(false);
});

test('a socket that goes on without a receiver is not read any more', () => {
  const inbox = new Inbox();
  const { buffer, callback } = inbox.onread;
  const readOn = () => callback(FULL / 2, (buffer as () => Uint8Array)());
  expect([readOn(), readOn(), inbox.isFull]).toEqual([true, false, true]);
});
