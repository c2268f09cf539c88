/**
 * How much memory both threads have while a large body goes through a port. `node bench/bridge/memory.mjs [--gib N]`.
 * It measures what `npm run build` has made.
 */
import { parseArgs } from 'node:util';
import { startOwner } from './owner.mjs';

const { values } = parseArgs({ options: { gib: { type: 'string', default: '2' } } });
const MIB = 1024 * 1024;
const BYTES = Number(values.gib) * 1024 * MIB;
const { origin, client, memory, end } = await startOwner();
const one = client();

async function download() {
  let bytes = 0;
  for await (const chunk of one.get(`${origin}/bytes/${BYTES}`)) bytes += chunk.length;
  if (bytes !== BYTES) throw new Error(`${bytes} bytes of ${BYTES}`);
}

async function upload() {
  const chunk = new Uint8Array(64 * 1024);
  async function* body() {
    for (let left = BYTES; left > 0; left -= chunk.length) yield chunk;
  }
  await one.post(`${origin}/`, body()).text();
}

const own = ({ heapUsed, arrayBuffers }) => (heapUsed + arrayBuffers) / MIB;
/** The most of each quarter of the way, so that what grows is seen. */
async function watch(name, run) {
  const began = performance.now();
  const seen = [];
  let isOver = false;
  const running = run().finally(() => {
    isOver = true;
  });
  while (!isOver) {
    const [here, there] = [process.memoryUsage(), await memory()];
    seen.push([own(here), own(there), here.rss / MIB]);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await running;
  const seconds = (performance.now() - began) / 1000;
  console.log(`${name} of ${values.gib} GiB in ${seconds.toFixed(0)} s; MiB at the most in each quarter`);
  for (const [at, what] of ['client', 'owner', 'process'].entries()) {
    const quarters = [0, 1, 2, 3].map((nth) => {
      const part = seen.slice(Math.floor((nth * seen.length) / 4), Math.floor(((nth + 1) * seen.length) / 4));
      return Math.max(...part.map((of) => of[at])).toFixed(0);
    });
    console.log(`  ${what}: ${quarters.join(' ')}`);
  }
}

await watch('download', download);
await watch('upload', upload);
await one.close();
await end();
