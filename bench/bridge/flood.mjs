/**
 * What a client waits when another one floods the owner: its GETs one after the other, with a flood and without one in turns.
 * `npx tsx bench/bridge/flood.mjs [--rounds N] [--only TEXT]`. Nothing has to be built.
 */
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { range, startOwner } from './owner.mjs';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '20' }, only: { type: 'string', default: '' } },
});
/** Milliseconds that a client is looked at with a flood, or without one. */
const WINDOW = 250;
const { origin, portTo, client, end } = await startOwner();
const victim = client();

/** As much as the default policy lets be, then more than that. */
const FLOODS = [
  { name: 'no flood, but a thread that does nothing', says: 'nothing', perSecond: 0 },
  { name: '900 requests a second', says: 'requests', perSecond: 900 },
  { name: '900 refused requests a second', says: 'refused', perSecond: 900 },
  { name: '9 000 pings a second', says: 'nothing', perSecond: 9000 },
  { name: '100 requests of 160 KiB a second', says: 'large', perSecond: 100 },
  { name: '3 000 refused requests a second, until its port is closed', says: 'refused', perSecond: 3000 },
  { name: '100 000 pings a second, until its port is closed', says: 'nothing', perSecond: 100_000 },
].filter(({ name }) => name.includes(values.only));

/** Milliseconds of the GETs of a window of time. */
async function latencies(path) {
  const all = [];
  const until = performance.now() + WINDOW;
  while (performance.now() < until) {
    const began = performance.now();
    await victim.get(`${origin}${path}`).text();
    all.push(performance.now() - began);
  }
  return all.toSorted((a, b) => a - b);
}

/** With the flood and without it in windows that alternate; the ratio of each pair, of the middle and of the sum. */
async function contest(flood, path) {
  const flooder = new Worker(fileURLToPath(new URL('./flooder.mjs', import.meta.url)), {
    workerData: { origin, flood },
  });
  await once(flooder, 'online');
  let [pairs, closed, isOn] = [[], 0, false];
  flooder.on('message', () => {
    if (isOn) closed++;
  });
  for (let round = 0; round < Number(values.rounds); round++) {
    const took = {};
    for (const on of round % 2 === 0 ? [true, false] : [false, true]) {
      const port = on ? portTo({}) : null;
      isOn = on;
      flooder.postMessage(port, on ? [port] : []);
      took[on] = await latencies(path);
      isOn = false;
    }
    flooder.postMessage(null);
    pairs.push(took);
  }
  await flooder.terminate();
  const ratio = (of) => range(pairs.map((took) => of(took.true) / of(took.false)));
  const mean = (all) => all.reduce((sum, one) => sum + one, 0) / all.length;
  return `middle ${ratio((all) => all[all.length >> 1])}, mean ${ratio(mean)}, closed ${closed} of ${pairs.length}`;
}

await latencies('/');
for (const flood of FLOODS)
  for (const [what, path] of [
    ['GET that is answered at once', '/'],
    ['after 10 ms', '/later/10'],
  ])
    console.log(`${flood.name}: ${what}: ${await contest(flood, path)}`);
await victim.close();
await end();
