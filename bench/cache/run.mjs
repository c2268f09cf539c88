// Cache hits against the caches that people use, and a cold look into a large cache: `node bench/cache/run.mjs`, after a
// build. All contestants do the same work in turns, so that a noisy machine disturbs all, each in a process of its own, so
// that nobody clears away what another left behind; a ratio is the median of the ratios of the rounds.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DiskCache } from '../../dist/internal.js';

const ROUNDS = 15;
const WARM_UP = 3;
const ENTRIES = 100_000;
const HOUR = { 'cache-control': 'max-age=3600', 'content-type': 'application/octet-stream', etag: '"1"' };

const METADATA = {
  version: 1,
  status: 200,
  reason: 'OK',
  httpVersion: '1.1',
  headers: Object.entries(HOUR).flat(),
  selecting: [],
  credentials: '',
  requestTime: 1,
  responseTime: 1,
  encrypted: false,
  part: null,
  fidelity: 'exact',
};

const directory = mkdtempSync(path.join(tmpdir(), 'fairlead-bench-'));
const server = createServer((incoming, response) => {
  const size = Number(incoming.url.split('/')[1]);
  response.writeHead(200, { ...HOUR, 'content-length': size }).end(Buffer.alloc(size, 'x'));
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const origin = `http://127.0.0.1:${server.address().port}`;

/** The processes of the contestants, started when their first round begins. */
const processes = new Map();

/** As many entries as a `DiskCache` does not hold open, or one that it does. */
const SPREADS = [1, 100];
const PAIRS = [
  ['memory', 'undici', '>= 4'],
  ['disk', 'make-fetch-happen', '>= 10'],
  ['disk', 'fs.readFile', '>= 0.33'],
];

console.log(
  'hit of      as     entries  ours                other               ours µs  other µs  ratio  goal',
);
for (const [ours, other, goal] of PAIRS) {
  for (const as of ['text', 'bytes']) {
    for (const size of [1024, 64 * 1024, 1024 * 1024]) {
      for (const entries of ours === 'memory' ? [1] : SPREADS) {
        await compare({ size, as, entries }, ours, other, goal);
      }
    }
  }
}
await largeCache();
for (const child of processes.values()) {
  child.disconnect();
  await once(child, 'exit');
}
server.close();
server.closeAllConnections();
rmSync(directory, { recursive: true, force: true });

async function compare({ size, as, entries }, ours, other, goal) {
  const count = size > 100_000 ? 100 : ours === 'memory' ? 3000 : 300;
  const work = { size, as, entries, count };
  // Of the processor where there is nothing to wait for: other programs do not add to it.
  const clock = ours === 'memory' ? 'processor' : 'wall';
  const times = { ours: [], other: [] };
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    const one = (await hits(ours, work))[clock];
    const two = (await hits(other, work))[clock];
    if (round < 0) continue;
    times.ours.push(one);
    times.other.push(two);
  }
  const ratio = median(times.ours.map((one, i) => times.other[i] / one));
  const cells = [
    `${size / 1024} KiB`.padEnd(11),
    as.padEnd(6),
    String(entries).padEnd(8),
    ours.padEnd(19),
    other.padEnd(19),
  ];
  const numbers = [median(times.ours).toFixed(1).padStart(7), median(times.other).toFixed(1).padStart(9)];
  console.log(...cells, ...numbers, ratio.toFixed(2).padStart(6), ` ${goal}`);
}

/** Microseconds of one hit: on the clock and of the processor. */
async function hits(name, work) {
  if (!processes.has(name)) {
    const program = path.join(import.meta.dirname, 'contestant.mjs');
    processes.set(name, fork(program, [name, origin, mkdtempSync(path.join(directory, 'place-'))]));
  }
  const child = processes.get(name);
  child.send(work);
  const [times] = await once(child, 'message');
  return times;
}

/** The first look into a cache of 100 000 entries that this object has not seen. */
async function largeCache() {
  const place = path.join(directory, 'large');
  const filling = new DiskCache({ directory: place, maximumSize: 2 ** 32 });
  const body = Buffer.alloc(100, 'x');
  const put = async (i) => {
    const metadata = { ...METADATA, url: `${origin}/${i}` };
    const writer = filling.insert(`GET ${origin}/${i}`, metadata, body.length);
    await writer.write(body);
    await writer.commit();
    writer.close();
  };
  for (let i = 0; i < ENTRIES; i += 16) await Promise.all(Array.from({ length: 16 }, (_, k) => put(i + k)));
  await filling.close();
  const times = [];
  for (let i = 0; i < 20; i++) {
    const start = performance.now();
    const cold = new DiskCache({ directory: place, maximumSize: 2 ** 32 });
    const [entry] = await cold.match(`GET ${origin}/${i * 777}`);
    if (entry === undefined) throw new Error('not found');
    times.push(performance.now() - start);
    await cold.close();
  }
  console.log(
    `\nfirst look into ${ENTRIES} entries: first ${times[0].toFixed(1)} ms, median ${median(times).toFixed(2)} ms, goal < 100 ms`,
  );
}

function median(values) {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];
}
