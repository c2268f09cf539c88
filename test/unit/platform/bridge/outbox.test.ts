/** When what is said is posted, and with what else. */
import { beforeEach, expect, test } from 'vitest';
import { OwnerOutbox } from '../../../../platform/bridge/owner/owner-outbox.ts';
import type { BridgePort } from '../../../../platform/bridge/port.ts';
import { POST_MESSAGES, POST_SIZE } from '../../../../platform/bridge/protocol.ts';
import { FakeClock } from '../../../support/fixtures.ts';

let clock: FakeClock;
let atTurn: (() => void)[];
let posts: unknown[][];
let outbox: OwnerOutbox<unknown>;

beforeEach(() => {
  clock = new FakeClock();
  atTurn = [];
  posts = [];
  const port: BridgePort = {
    transfers: true,
    tellsClose: true,
    open: () => {},
    post: (messages) => posts.push(messages as unknown[]),
    close: () => {},
    afterTurn: (callback) => void atTurn.push(callback),
  };
  outbox = new OwnerOutbox(port, clock, () => {});
});

function turn(): void {
  for (const callback of atTurn.splice(0)) callback();
}

test('what is said in one turn is one post', () => {
  for (const one of [1, 2, 3]) outbox.send(one);
  expect(posts).toEqual([]);
  turn();
  outbox.send(4);
  turn();
  expect(posts).toEqual([[1, 2, 3], [4]]);
});

test('what is mentioned goes when it is sent', () => {
  outbox.mention('by the way');
  outbox.send(1);
  turn();
  expect(posts).toEqual([[1]]);
  expect(outbox.isMentioned('by the way')).toBe(true);
  outbox.send('by the way');
  outbox.send(2);
  turn();
  clock.advance(1000);
  expect(posts).toEqual([[1], ['by the way', 2]]);
  expect(outbox.isMentioned('by the way')).toBe(false);
});

test('or by itself after 10 ms, and not after the end', () => {
  outbox.mention('by the way');
  clock.advance(10);
  expect(posts).toEqual([['by the way']]);
  outbox.mention('too late');
  outbox.close();
  clock.advance(1000);
  expect(posts.length).toBe(1);
});

test('what waits last may grow, and is sent again for its bytes', () => {
  const growing = ['a'];
  outbox.send(growing);
  expect(outbox.last).toBe(growing);
  growing.push('b');
  outbox.send(growing);
  outbox.send(1);
  expect(outbox.last).toBe(1);
  turn();
  expect(outbox.last).toBe(null);
  expect(posts).toEqual([[['a', 'b'], 1]]);
  outbox.send(growing, [], POST_SIZE);
  expect(posts.at(-1)).toEqual([growing]);
});

test('a turn with much to say posts it in parts', () => {
  for (let i = 0; i < 2 * POST_MESSAGES + 1; i++) outbox.send(i);
  expect(posts.map(({ length }) => length)).toEqual([POST_MESSAGES, POST_MESSAGES]);
  outbox.send('large', [], POST_SIZE);
  expect(posts.at(-1)).toEqual([2 * POST_MESSAGES, 'large']);
  turn();
  expect(posts.length).toBe(3);
});
