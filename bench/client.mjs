import { readFileSync } from 'node:fs';
import { DOWNLOAD_BYTES, PHASES } from './scenarios.mjs';

/** One client, one scenario, one process: prints one line of JSON with what it took. */
const [clientName, scenarioJson, serverJson] = process.argv.slice(2);
const scenario = JSON.parse(scenarioJson);
const server = JSON.parse(serverJson);
const origin = scenario.secure ? server.https : server.http;
const { create } = await import(`./clients/${clientName}.mjs`);
const client = create({
  connections: scenario.connections ?? scenario.inFlight ?? 6,
  http2: scenario.http2 ?? false,
  ca: scenario.secure ? readFileSync(server.ca, 'utf8') : undefined,
});
/** How much of the scenario is done. */
const SHARE = scenario.share ?? 1;
/** What goes before, in whole scenarios, so that what is measured is the code that the engine has optimised. */
const WARM_UP = scenario.warmUp ?? SHARE / 2;

/** Each takes what it is to do, and gives the number of units done and figures of its own. */
const RUNS = {
  redirects: (share) => repeat(scenario.count * share, () => client.redirected(`${origin}/redirect/5`)),
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
    const units = Math.round(scenario.count * share);
    await Promise.all(Array.from({ length: units }, () => client.get(`${origin}/1k`)));
    return { units };
  },
};

async function repeat(count, get) {
  let left = Math.round(count);
  const units = left;
  const loop = async () => {
    while (left-- > 0) await get();
  };
  await Promise.all(Array.from({ length: scenario.inFlight }, loop));
  return { units };
}

async function transfer(share, start) {
  let bytes = 0;
  await start(share < SHARE ? `${origin}/1k` : `${origin}/${SHARE < 1 ? 'part' : 'big'}`, (chunk) => {
    bytes += chunk.length;
  });
  return { units: bytes };
}

/**
 * Bytes that each of `count` requests holds that are made at once. Apart from what is measured otherwise: a full collection
 * throws compiled code away, which an application does not ask for.
 */
async function bytesOfEach(count) {
  global.gc?.();
  const before = process.memoryUsage().heapUsed;
  const pending = Array.from({ length: count }, () => client.get(`${origin}/1k`));
  global.gc?.();
  const bytes = (process.memoryUsage().heapUsed - before) / count;
  await Promise.all(pending);
  return bytes;
}

/** What `task` takes, by the clock and of the processor. */
async function measure(task) {
  const cpuBefore = process.cpuUsage();
  const started = process.hrtime.bigint();
  const { units } = await task();
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { speed: units / seconds, cpu: (user + system) / units };
}

async function inPhases() {
  const { count, post } = scenario;
  const ask =
    post === undefined ? () => client.get(`${origin}/1k`) : () => client.post(`${origin}/json`, post);
  const [, end] = PHASES.cold;
  await repeat(end, ask);
  // Milliseconds and processor time since the process began.
  const { user, system } = process.cpuUsage();
  const cold = { speed: (end * 1_000) / performance.now(), cpu: (user + system) / end };
  await repeat(PHASES.warming[0] - end, ask);
  const warming = await measure(() => repeat(PHASES.warming[1] - PHASES.warming[0], ask));
  await repeat(PHASES.steady[0] - PHASES.warming[1], ask);
  return { cold, warming, steady: await measure(() => repeat(count * SHARE, ask)) };
}

async function afterWarmUp() {
  await RUNS[scenario.run](WARM_UP);
  return { steady: await measure(() => RUNS[scenario.run](SHARE)) };
}

const phases = await (scenario.run === 'small' ? inPhases() : afterWarmUp());
const rss = process.resourceUsage().maxRSS / 1024;
if (scenario.run === 'queued') phases.steady.bytes = await bytesOfEach(Math.round(scenario.count * SHARE));
await client.close();
process.stdout.write(JSON.stringify({ ...phases, rss }));
process.exit(0);
