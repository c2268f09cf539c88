/** What is posted of bodies: whose memory it is, and how often their progress is told. */
import { MessageChannel } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { REPLY_WINDOW } from '../../../platform/bridge/protocol.ts';
import { connect, serve } from '../../../platform/node/bridge.ts';
import { NetworkAccessManager } from '../../../platform/node/index.ts';
import type { Call } from '../../../src/call/call.ts';
import type { Transport } from '../../../src/call/transport.ts';
import type { BodySink, ResponseBody } from '../../../src/message/body.ts';
import { UNREAD_PATIENCE } from '../../../src/queue/unread-bodies.ts';
import { FakeClock } from '../../support/fixtures.ts';
import { countingTransport } from './counting-transport.ts';
import { eventsOf, HELLO, rawPort, requestMessage } from './pair.ts';

const HOST = 'https://host.example/';
const SIZE = 64 * 1024;

/** A transport whose responses have that body. */
function answering(run: (sink: BodySink) => void, sent: (call: Call) => void = () => {}): Transport {
  const transport = countingTransport(() => {});
  const body: ResponseBody = { start: run, pause: () => {}, resume: () => {}, cancel: () => {} };
  return {
    ...transport,
    async send(request, attempt) {
      sent(attempt as never);
      return { ...(await transport.send(request, attempt)), body } as never;
    },
  };
}

test.each<[string, () => Uint8Array, boolean, boolean]>([
  ['is the receiver’s is handed over', () => new Uint8Array(SIZE).fill(7), false, true],
  ['is lent is copied', () => new Uint8Array(SIZE).fill(7), true, false],
  ['is part of more memory is copied', () => new Uint8Array(2 * SIZE).fill(7).subarray(SIZE), false, false],
])('a chunk that %s', async (_name, make, lent, isGivenAway) => {
  const chunk = make();
  const transport = answering((sink) => {
    sink.data(chunk, lent);
    sink.end(null);
  });
  const manager = new NetworkAccessManager({ transport });
  const { port1, port2 } = new MessageChannel();
  serve(manager, port1);
  const client = connect(port2);
  const bytes = await client.get(HOST).bytes();
  expect([bytes.length, bytes.every((byte) => byte === 7), bytes.buffer.byteLength]).toEqual([
    SIZE,
    true,
    SIZE,
  ]);
  expect(chunk.length).toBe(isGivenAway ? 0 : SIZE);
  await client.close();
  await manager.close();
});

test.each([
  ['the last of a turn', {}, [99]],
  ['all of it where that is wanted', { emitAllUploadProgressSignals: true }, Array.from(Array(100).keys())],
])('progress of an upload is told: %s', async (_name, options, told) => {
  const transport = answering(
    (sink) => sink.end(null),
    (call) => {
      for (let sent = 0; sent < 100; sent++) call.emit({ type: 'upload-progress', sent, total: 100 });
      call.emit({ type: 'request-sent' });
    },
  );
  const raw = rawPort({}, new NetworkAccessManager({ transport }));
  raw.say(HELLO, { ...requestMessage(1, HOST), options });
  await raw.heardUntil(() => eventsOf(raw.heard).some(({ type }) => type === 'end'));
  const seen = eventsOf(raw.heard);
  expect(seen.flatMap(({ sent }) => sent ?? [])).toEqual(told);
  const at = seen.findIndex(({ type }) => type === 'request-sent');
  expect(seen[at - 1]).toMatchObject({ type: 'upload-progress', sent: 99 });
  // What is mentioned waits for what is sent, and what follows in the turn is put into it.
  expect(raw.heard.filter(({ type }) => type === 'events').length).toBe(1);
  await raw.end();
});

test('what is mentioned of a request goes before the port is closed', async () => {
  const transport = answering(
    () => {},
    (call) => {
      call.emit({ type: 'request-sent' });
      queueMicrotask(() => raw.served.close());
    },
  );
  const raw = rawPort({}, new NetworkAccessManager({ transport }));
  raw.say(HELLO, requestMessage(1, HOST));
  await raw.until('goodbye');
  expect(raw.heard.slice(0, 3).map(({ type }) => type)).toEqual(['welcome', 'events', 'goodbye']);
  await raw.end();
});

test('bodies of which it is said late that nobody reads them give way to a request that waits already', async () => {
  const clock = new FakeClock();
  let isLarge = true;
  const transport = answering((sink) =>
    isLarge ? sink.data(new Uint8Array(REPLY_WINDOW), true) : sink.end(null),
  );
  const raw = rawPort({}, new NetworkAccessManager({ transport, clock }));
  const heads = (...ids: number[]) =>
    raw.heardUntil(() =>
      ids.every((id) => eventsOf(raw.heard).some((event) => event.id === id && event.type === 'head')),
    );
  const unread = [1, 2, 3, 4, 5, 6];
  raw.say(HELLO, ...unread.map((id) => requestMessage(id, HOST)));
  await heads(...unread);
  isLarge = false;
  raw.say(requestMessage(7, HOST));
  // What is asked of other hosts goes the same way behind it.
  raw.say(requestMessage(8, 'https://other.example/'));
  await heads(8);
  raw.say(...unread.map((id) => ({ type: 'credit', id, bytes: 0, isUnread: true })));
  raw.say(requestMessage(9, 'https://other.example/'));
  await heads(9);
  clock.advance(UNREAD_PATIENCE);
  await heads(7);
  await raw.end();
});
