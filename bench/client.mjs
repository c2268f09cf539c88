import { readFileSync } from 'node:fs';
import { DOWNLOAD_BYTES } from './scenarios.mjs';

/** One client, one scenario, one process: prints one line of JSON with what it took. */
const [clientName, scenarioJson, serverJson] = process.argv.slice(2);
const scenario = JSON.parse(scenarioJson);
const server = JSON.parse(serverJson);
const origin = scenario.secure ? server.https : server.http;
const { create } = await import(`./clients/${clientName}.mjs`);
const client = create({
  inFlight: scenario.inFlight ?? 6,
  http2: scenario.http2 ?? false,
  ca: scenario.secure ? readFileSync(server.ca, 'utf8') : undefined,
});

const WARM_UP = 0.5;

/** Each takes what it is to do, and gives the number of units done and figures of its own. */
const RUNS = {
  small: (share) => repeat(share, () => client.get(`${origin}/1k`)),
  redirects: (share) => repeat(share, () => client.redirected(`${origin}/redirect/5`)),
  download: (share) => transfer(share, (url, onChunk) => client.download(url, onChunk)),
  iterate: (share) => transfer(share, (url, onChunk) => client.iterate(url, onChunk)),
  async upload(share) {
    const chunk = new Uint8Array(64 * 1024);
    const chunks = (DOWNLOAD_BYTES * share) / chunk.length;
    async function* body() {
      for (let i = 0; i < chunks; i++) yield chunk;
    }
    await client.upload(`${server.sink}/upload`, body());
    return { units: DOWNLOAD_BYTES * share };
  },
  async queued(share) {
    const count = Math.round(scenario.count * share);
    global.gc?.();
    const before = process.memoryUsage().heapUsed;
    const pending = Array.from({ length: count }, () => client.get(`${origin}/1k`));
    global.gc?.();
    const bytes = (process.memoryUsage().heapUsed - before) / count;
    await Promise.all(pending);
    return { units: count, bytes };
  },
};

async function repeat(share, get) {
  let left = Math.round(scenario.count * share);
  const units = left;
  const loop = async () => {
    while (left-- > 0) await get();
  };
  await Promise.all(Array.from({ length: scenario.inFlight }, loop));
  return { units };
}

async function transfer(share, start) {
  let bytes = 0;
  await start(share < 1 ? `${origin}/1k` : `${origin}/big`, (chunk) => {
    bytes += chunk.length;
  });
  return { units: bytes };
}

// Half as much again, so that what is measured is the code that the engine has optimised.
await RUNS[scenario.run](WARM_UP);
const cpuBefore = process.cpuUsage();
const started = process.hrtime.bigint();
const { units, bytes } = await RUNS[scenario.run](1);
const seconds = Number(process.hrtime.bigint() - started) / 1e9;
const { user, system } = process.cpuUsage(cpuBefore);
const rss = process.resourceUsage().maxRSS / 1024;
await client.close();
process.stdout.write(JSON.stringify({ speed: units / seconds, cpu: (user + system) / units, rss, bytes }));
process.exit(0);
