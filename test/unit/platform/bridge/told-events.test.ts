/** Which events of a request are one message, and what they go before. */
import { beforeEach, expect, test } from 'vitest';
import { OwnerOutbox } from '../../../../platform/bridge/owner/owner-outbox.ts';
import { ToldEvents } from '../../../../platform/bridge/owner/told-events.ts';
import type { BridgePort } from '../../../../platform/bridge/port.ts';
import type { OwnerMessage } from '../../../../platform/bridge/protocol.ts';
import type { ReplyEvent } from '../../../../src/call/reply-event.ts';
import { FakeClock } from '../../../support/fixtures.ts';

const SENT: ReplyEvent = { type: 'request-sent' };
const END: ReplyEvent = { type: 'end', trailers: null };
const progress = (sent: number): ReplyEvent => ({ type: 'upload-progress', sent, total: 9 });
const data = (): ReplyEvent => ({ type: 'data', chunk: new Uint8Array(1), lent: false });
const QUESTION = { type: 'question', id: 1, question: 1, asked: null } as unknown as OwnerMessage;

let clock: FakeClock;
let posts: OwnerMessage[][];
let outbox: OwnerOutbox<OwnerMessage>;
let first: ToldEvents;
let second: ToldEvents;

beforeEach(() => {
  clock = new FakeClock();
  posts = [];
  const port: BridgePort = {
    transfers: true,
    tellsClose: true,
    open: () => {},
    post: (messages) => posts.push(messages as OwnerMessage[]),
    close: () => {},
    afterTurn: () => {},
  };
  outbox = new OwnerOutbox(port, clock, () => {});
  first = new ToldEvents(1, outbox);
  second = new ToldEvents(2, outbox);
});

/** What was posted, each message as its number and the types of its events. */
function posted(): unknown[] {
  outbox.flush();
  return posts.flat().map((message) => {
    if (message.type !== 'events') return message.type;
    return [message.id, ...message.events.map((event) => ('sent' in event ? event.sent : event.type))];
  });
}

function tell(to: ToldEvents, ...events: readonly ReplyEvent[]): void {
  for (const event of events) to.tell(event, null);
}

test('those that follow each other, as long as they wait', () => {
  tell(first, data(), END);
  expect(posted()).toEqual([[1, 'data', 'end']]);
  tell(first, data());
  expect(posted()).toEqual([
    [1, 'data', 'end'],
    [1, 'data'],
  ]);
});

test('those of two requests stay in their order', () => {
  tell(first, data());
  tell(second, data(), END);
  tell(first, END);
  expect(posted()).toEqual([
    [1, 'data'],
    [2, 'data', 'end'],
    [1, 'end'],
  ]);
});

test('what is mentioned goes with the next one of its request, or by itself', () => {
  tell(first, SENT);
  tell(second, SENT, data());
  expect(posted()).toEqual([[2, 'request-sent', 'data']]);
  tell(first, data());
  expect(posted()).toEqual([
    [2, 'request-sent', 'data'],
    [1, 'request-sent', 'data'],
  ]);
  tell(first, progress(1));
  clock.advance(10);
  tell(first, END);
  expect(posted().slice(2)).toEqual([
    [1, 1],
    [1, 'end'],
  ]);
});

test('and before a question of its request', () => {
  tell(first, SENT);
  first.send(QUESTION);
  tell(first, data());
  expect(posted()).toEqual([[1, 'request-sent'], 'question', [1, 'data']]);
});

test('how far an upload is takes the place of how far it was, while that waits', () => {
  tell(first, progress(1), progress(2), SENT, progress(3), progress(4));
  expect(posted()).toEqual([]);
  outbox.sendMentioned();
  expect(posted()).toEqual([[1, 2, 'request-sent', 4]]);
  tell(first, data(), progress(5), progress(6));
  expect(posted().slice(1)).toEqual([[1, 'data', 6]]);
});
