/** What is posted of the times of a request: what the other side does not know yet. */
import { expect, test } from 'vitest';
import { NetworkAccessManager, type NetworkReply } from '../../../platform/node/index.ts';
import type { Call } from '../../../src/call/call.ts';
import type { Timings } from '../../../src/call/timings.ts';
import type { Transport } from '../../../src/call/transport.ts';
import { countingTransport } from './counting-transport.ts';
import { HELLO, pair, rawPort, requestMessage } from './pair.ts';

const HOST = 'https://host.example/';

/** Connects, sends an upload, and after that connects no more, as over a connection that is there. */
function timed(): Transport {
  const transport = countingTransport(() => {});
  return {
    ...transport,
    async send(request, attempt) {
      const { timings, emit } = attempt as unknown as Call;
      const tell: Call['emit'] = emit.bind(attempt);
      Object.assign(timings, { connectEnd: 5, requestSent: 7 });
      tell({ type: 'upload-progress', sent: 1, total: 2 });
      timings.requestSent = 8;
      tell({ type: 'upload-progress', sent: 2, total: 2 });
      tell({ type: 'request-sent' });
      tell({ type: 'informational', status: 103, reason: 'Early Hints', headers: [] });
      Object.assign(timings, { connectEnd: 0, responseStart: 9 });
      return transport.send(request, attempt);
    },
  };
}

interface Told {
  readonly events: readonly { readonly type: string }[];
  readonly times: readonly unknown[];
}

test('each event tells what has changed, and what was said of an upload is said again', async () => {
  const raw = rawPort({}, new NetworkAccessManager({ transport: timed() }));
  raw.say(HELLO, requestMessage(1, HOST));
  const told = () =>
    (raw.heard.filter(({ type }) => type === 'events') as unknown as Told[]).flatMap(({ events, times }) =>
      events.map(({ type }, i) => [type, times[i]] as const),
    );
  await raw.heardUntil(() => told().some(([type]) => type === 'end'));
  const all = expect.objectContaining({ created: expect.any(Number), connectEnd: 5, requestSent: 8 });
  expect(told()).toEqual([
    ['upload-progress', all],
    ['request-sent', all],
    ['informational', null],
    ['head', { connectEnd: 0, responseStart: 9 }],
    ['end', { responseEnd: expect.any(Number) }],
  ]);
  await raw.end();
});

test('a client knows the times that the owner knows', async () => {
  await using both = pair({}, new NetworkAccessManager({ transport: timed() }));
  const served: NetworkReply[] = [];
  both.manager.on('finished', (reply) => served.push(reply));
  const reply = both.client.get(HOST);
  const seen: Partial<Timings>[] = [];
  reply.on('requestSent', () => seen.push({ ...reply.timings }));
  reply.on('metaDataChanged', () => seen.push({ ...reply.timings }));
  await reply.completed;
  expect(seen).toMatchObject([
    { connectEnd: 5, requestSent: 8, responseStart: 0 },
    { connectEnd: 0, requestSent: 8, responseStart: 9, responseEnd: 0 },
  ]);
  expect(reply.timings).toEqual(served[0]!.timings);
});
