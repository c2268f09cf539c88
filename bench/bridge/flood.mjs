/**
 * What a client that floods the owner of a manager costs: the processor time of what the default policy lets it say in a
 * second, and what another client waits for its GETs of another host, with the flood and without it in turns.
 * `node bench/bridge/flood.mjs [--rounds N] [--only TEXT]`. It measures what `npm run build` has made.
 */
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { MessageChannel, Worker } from 'node:worker_threads';
import { serve } from '../../dist/node/bridge.js';
import { NetworkAccessManager } from '../../dist/node/index.js';
import { messagesOf } from './flooder.mjs';
import { range, startOwner } from './owner.mjs';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '20' }, only: { type: 'string', default: '' } },
});
const ROUNDS = Number(values.rounds);
/** Milliseconds that a client is looked at with a flood, or without one. */
const WINDOW = 250;

/** What the default policy lets be said in a second: 1000 requests, or messages that count for 10 000. */
const FLOODS = [
  { says: 'requests', perSecond: 1000 },
  { says: 'refused', perSecond: 1000 },
  { says: 'nothing', perSecond: 10_000 },
  { says: 'large', perSecond: 15 },
].filter(({ says }) => says.includes(values.only));

/** Processor time of both ends of a port for a second of a flood, in parts of that second. What is asked for is `data:`. */
async function share({ says, perSecond }) {
  const manager = new NetworkAccessManager();
  const shares = [];
  for (let round = 0; round < ROUNDS + 2; round++) {
    const { port1, port2 } = new MessageChannel();
    const limits = { requestsPerSecond: 1e9, maximumRequests: 1e6 };
    const served = serve(manager, port1, { schemes: ['data'], ...limits });
    port2.on('message', () => {});
    const messages = messagesOf(says, 'data:,', perSecond);
    port2.postMessage([{ type: 'hello', major: 1, minor: 0 }]);
    const before = process.cpuUsage();
    for (let at = 0; at < messages.length; at += 50) port2.postMessage(messages.slice(at, at + 50));
    port2.postMessage([{ type: 'goodbye' }]);
    if (!served.isClosed) await once(port2, 'close');
    const { user, system } = process.cpuUsage(before);
    if (round >= 2) shares.push((user + system) / 1e6);
  }
  await manager.close();
  return range(shares);
}

const { origin, elsewhere, portTo, client, end } = await startOwner();
const victim = client();

/** Milliseconds of a GET, in the middle of a window of time. */
async function latency(path) {
  const all = [];
  const until = performance.now() + WINDOW;
  while (performance.now() < until) {
    const began = performance.now();
    await victim.get(`${origin}${path}`).text();
    all.push(performance.now() - began);
  }
  return all.toSorted((a, b) => a - b)[all.length >> 1];
}

/** With the flood and without it in windows that take turns. */
async function waiting({ says, perSecond }, path) {
  const flooder = new Worker(fileURLToPath(new URL('./flooder.mjs', import.meta.url)), {
    workerData: { says, perSecond, origin: elsewhere },
  });
  await once(flooder, 'online');
  let closed = 0;
  flooder.on('message', () => {
    closed++;
  });
  const ratios = [];
  for (let round = 0; round < ROUNDS; round++) {
    const took = {};
    for (const on of round % 2 === 0 ? [true, false] : [false, true]) {
      const port = on ? portTo({}) : null;
      flooder.postMessage(port, on ? [port] : []);
      took[on] = await latency(path);
    }
    ratios.push(took.true / took.false);
  }
  await flooder.terminate();
  return `${range(ratios)}, closed ${closed} of ${ROUNDS}`;
}

await latency('/');
for (const flood of FLOODS) {
  console.log(`${flood.says}: ${await share(flood)} of a core`);
  for (const times of [0.9, 10])
    console.log(
      `  ${times} times that: another client waits ${await waiting(
        { ...flood, perSecond: flood.perSecond * times },
        '/later/10',
      )} of its time`,
    );
}
await victim.close();
await end();
