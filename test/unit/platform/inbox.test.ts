import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { SocketInbox, StreamInbox } from '../../../platform/node/dial/inbox.ts';

const FULL = 64 * 1024;

/** Plays the socket: asks for a buffer, fills so much of it, and so on. Gives what came of each read. */
function read(inbox: SocketInbox, ...lengths: number[]): { buffer: Uint8Array; isLent: boolean }[] {
  const results: { buffer: Uint8Array; isLent: boolean }[] = [];
  inbox.open((buffer, _length, isLent) => results.push({ buffer, isLent }));
  const { buffer: next, callback } = inbox.onread;
  for (const length of lengths) callback(length, (next as () => Uint8Array)());
  return results;
}

test('small reads of all sockets go into one buffer, which is lent', () => {
  const [one, two] = read(new SocketInbox(), 10, FULL - 1);
  const [other] = read(new SocketInbox(), 10);
  expect([one!.isLent, two!.isLent]).toEqual([true, true]);
  expect(two!.buffer).toBe(one!.buffer);
  expect(other!.buffer).toBe(one!.buffer);
});

test('a socket that fills it reads into buffers of its own, which are given away', () => {
  const [shared, one, two] = read(new SocketInbox(), FULL, FULL, FULL / 2);
  expect([shared!.isLent, one!.isLent, two!.isLent]).toEqual([true, false, false]);
  expect(new Set([shared!.buffer, one!.buffer, two!.buffer]).size).toBe(3);
});

test('a read that does not fill half of its own buffer is lent, and the last into one', () => {
  const [shared, own, last] = read(new SocketInbox(), FULL, FULL / 2 - 1, 10);
  expect(own!.isLent).toBe(true);
  expect(own!.buffer).not.toBe(shared!.buffer);
  expect(last!.buffer).toBe(shared!.buffer);
});

test('a socket that brings something before there is a receiver is not read on', () => {
  const inbox = new SocketInbox();
  const { buffer, callback } = inbox.onread;
  expect(inbox.hasMail).toBe(false);
  expect(callback(2, (buffer as () => Uint8Array)())).toBe(false);
  expect(inbox.hasMail).toBe(true);
});

test('the inbox of a stream leaves in it what arrives before there is a receiver', async () => {
  const stream = new PassThrough();
  const inbox = new StreamInbox(stream);
  expect(inbox.hasMail).toBe(false);
  stream.write('early');
  expect(inbox.hasMail).toBe(true);
  const read = new Promise<[Uint8Array, boolean]>((resolve) => {
    inbox.open((bytes, length, isLent) => resolve([bytes.subarray(0, length), isLent]));
  });
  expect(await read).toEqual([new TextEncoder().encode('early'), false]);
});
