/** A client that floods the owner of a manager: what others wait for it, and what becomes of it. */
import { setImmediate } from 'node:timers/promises';
import { MessageChannel } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { type BridgePolicyInput, connect, serve } from '../../../platform/node/bridge.ts';
import { NetworkAccessManager } from '../../../platform/node/index.ts';
import { Cleanup } from '../../support/listening.ts';
import { countingTransport } from './counting-transport.ts';
import { HELLO, rawPort, requestMessage, rulesOf } from './pair.ts';

const cleanup = new Cleanup();
const HOST = 'https://host.example';
const FLOOD = 2000;
/** What the owner obeys of a flooder in four turns of its loop. */
const A_FEW_TURNS = 256;

/** A flooder and another client of one manager, and the paths that were asked for, in their order. */
function flooded(policy: BridgePolicyInput = {}, answered?: () => Promise<unknown>) {
  const asked: string[] = [];
  const transport = countingTransport(({ pathname }) => asked.push(pathname), answered);
  const manager = new NetworkAccessManager({ transport });
  const flooder = rawPort({ maximumRequests: 10_000, ...policy }, manager);
  const { port1, port2 } = new MessageChannel();
  serve(manager, port1);
  const other = connect(port2);
  cleanup.add(async () => {
    await other.close();
    await flooder.end();
  });
  const floodsBefore = (): number => asked.indexOf('/other');
  return { flooder, other, floodsBefore };
}

/** Requests in posts of that many. */
function say(flooder: ReturnType<typeof rawPort>, url: string, inPost: number): void {
  flooder.say(HELLO);
  for (let id = 1; id <= FLOOD; id += inPost)
    flooder.say(...Array.from({ length: inPost }, (_, i) => requestMessage(id + i, url)));
}

describe('another client is answered', () => {
  test.each([1, 100])('while a flood of requests waits, %i in a post', async (inPost) => {
    const { flooder, other, floodsBefore } = flooded();
    await other.ready;
    say(flooder, `${HOST}/flood`, inPost);
    await other.get('https://another.example/other').completed;
    // Its message comes in the first turns, each of which obeys so many of the flooder's.
    expect(floodsBefore()).toBeLessThanOrEqual(A_FEW_TURNS);
  });

  test('by the host that the flood waits for', async () => {
    const { flooder, other, floodsBefore } = flooded({}, setImmediate);
    await other.ready;
    say(flooder, `${HOST}/flood`, 100);
    await other.get(`${HOST}/other`).completed;
    // Six go in each of these few turns, and then it is the other one's.
    expect(floodsBefore()).toBeLessThanOrEqual(8 * 6);
  });

  test('while a flood of requests is refused', async () => {
    const { flooder, other } = flooded();
    await other.ready;
    say(flooder, 'file:///etc/passwd', 100);
    await other.get(`${HOST}/other`).completed;
    const refusals = flooder.heard.filter(({ type }) => type === 'events').length;
    expect(refusals).toBeLessThanOrEqual(A_FEW_TURNS);
    expect(flooder.violations.length).toBeLessThanOrEqual(10);
  });
});

test('whoever says more than may wait is shown the door, and told why', async () => {
  const { flooder } = flooded({ messagesPerSecond: 500 });
  say(flooder, 'file:///etc/passwd', 100);
  await flooder.closed;
  expect(flooder.heard.at(-1)).toMatchObject({
    type: 'goodbye',
    error: { code: 'content-access-denied', message: expect.stringContaining('rule messagesPerSecond') },
  });
  expect(rulesOf(flooder)).toContain('messagesPerSecond');
  expect(flooder.served.requestsUnderWay).toBe(0);
});
