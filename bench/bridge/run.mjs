/**
 * What a port costs: everything twice in each round, by a manager and by clients of one in another thread, the direct way = 1.
 * `node bench/bridge/run.mjs [--rounds N] [--only TEXT] [--gib N]`. It measures what `npm run build` has made.
 */
import { closeSync, ftruncateSync, mkdtempSync, openAsBlob, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fileBody } from '../../dist/node/extras.js';
import { NetworkAccessManager } from '../../dist/node/index.js';
import { range, startOwner } from './owner.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
    gib: { type: 'string', default: '0.5' },
  },
});
const MIB = 1024 * 1024;
const BYTES = Number(values.gib) * 1024 * MIB;
const { origin, client, end } = await startOwner();

const direct = new NetworkAccessManager({ proxy: 'none' });
const through = client();

async function gets(clients, each, atOnce) {
  await Promise.all(
    clients.map(async (one) => {
      let left = each;
      const loop = async () => {
        while (left-- > 0) await one.get(`${origin}/`).text();
      };
      await Promise.all(Array.from({ length: atOnce }, loop));
    }),
  );
}

async function download(one) {
  let bytes = 0;
  for await (const chunk of one.get(`${origin}/bytes/${BYTES}`)) bytes += chunk.length;
  if (bytes !== BYTES) throw new Error(`${bytes} bytes of ${BYTES}`);
}

async function upload(one) {
  const chunk = new Uint8Array(64 * 1024);
  async function* body() {
    for (let left = BYTES; left > 0; left -= chunk.length) yield chunk;
  }
  await one.post(`${origin}/`, body()).text();
}

/** Of holes: the page cache has all of it, and no disk is measured. */
const directory = mkdtempSync(join(tmpdir(), 'bridge-'));
const path = join(directory, 'large');
const file = openSync(path, 'w');
ftruncateSync(file, BYTES);
closeSync(file);
const blob = await openAsBlob(path);

const fifty = Array.from({ length: 50 }, client);
const CONTESTS = [
  { name: 'GET of 1 KiB, six at once', way: (one) => gets([one], 4000, 6), goal: 'CPU 2.5' },
  { name: 'download', way: download, goal: 'speed 0.5' },
  { name: 'upload of one chunk again and again', way: upload, goal: 'speed 0.5' },
  {
    name: 'upload of a file',
    way: (one) => one.post(`${origin}/`, fileBody(path)).text(),
    goal: 'speed 0.5',
  },
  { name: 'upload of a Blob', way: (one) => one.post(`${origin}/`, blob).text(), goal: 'speed 0.5' },
  {
    name: '50 clients with 200 GETs each',
    way: (one) => gets(one === direct ? Array(50).fill(direct) : fifty, 200, 200),
    goal: 'time 1.3',
  },
].filter(({ name }) => name.includes(values.only));

async function measure(way, one) {
  globalThis.gc?.();
  let most = 0;
  const look = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 250);
  const before = process.memoryUsage.rss();
  const cpu = process.cpuUsage();
  const begin = process.hrtime.bigint();
  await way(one);
  const time = Number(process.hrtime.bigint() - begin);
  const { user, system } = process.cpuUsage(cpu);
  clearInterval(look);
  return { time, cpu: user + system, grown: Math.max(0, most - before) / MIB };
}

for (const { name, way, goal } of CONTESTS) {
  const rounds = [];
  for (let round = -1; round < Number(values.rounds); round++) {
    const order = round % 2 === 0 ? [direct, through] : [through, direct];
    const took = new Map();
    for (const one of order) took.set(one, await measure(way, one));
    // The first round is for warming up.
    if (round >= 0) rounds.push([took.get(direct), took.get(through)]);
  }
  const cpu = range(rounds.map(([here, there]) => there.cpu / here.cpu));
  const speed = range(rounds.map(([here, there]) => here.time / there.time));
  const grown = rounds.map(([here, there]) => `${here.grown.toFixed(0)}/${there.grown.toFixed(0)}`);
  const most = await direct.get(`${origin}/most`).text();
  console.log(
    `${name} (goal: ${goal}): CPU ${cpu}, speed ${speed}, MiB more ${grown.join(' ')}, connections at once ${most}`,
  );
}

await Promise.all([...fifty, through].map((one) => one.close()));
await direct.close();
await end();
rmSync(directory, { recursive: true });
