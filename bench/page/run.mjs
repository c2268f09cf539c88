import http from 'node:http';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { CHROMIUM_FLAGS, findChromium } from '../../test/browser/engines.ts';

/**
 * `npx tsx bench/page/run.mjs [--rounds N] [--requests N] [--only WORD]`: processor time of one request in Chromium, by bare
 * fetch, by `manager.fetch` and by a reply, in one page, one after the other within each round. Figures are medians of the
 * ratios within a round; of the process of the page, and of all processes of the browser together. With `--only POST` those
 * scenarios alone that have the word in their names.
 */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    requests: { type: 'string', default: '1500' },
    only: { type: 'string', default: '' },
  },
});
const ROUNDS = Number(values.rounds);
const REQUESTS = Number(values.requests);

const CLIENTS = ['fetch', 'manager.fetch', 'reply'];
const SCENARIOS = [
  { name: 'GET, one after the other', inFlight: 1, body: 0 },
  { name: 'GET, six at a time', inFlight: 6, body: 0 },
  { name: 'POST of 1 KiB, one after the other', inFlight: 1, body: 1024 },
  { name: 'POST of 1 KiB, six at a time', inFlight: 6, body: 1024 },
].filter(({ name }) => name.includes(values.only));
if (SCENARIOS.length === 0) throw new Error(`no scenario has ${values.only} in its name`);

/** In the page. */
const PAGE = `
  import { NetworkAccessManager } from './dist/browser/index.js';
  const manager = new NetworkAccessManager();
  const fetches = {
    fetch: (init) => fetch('/hello', init).then((response) => response.text()),
    'manager.fetch': (init) => manager.fetch('/hello', init).then((response) => response.text()),
    reply: ({ method, body }) => (method === 'POST' ? manager.post('/hello', body) : manager.get('/hello')).text(),
  };
  globalThis.run = async (client, { inFlight, body }, requests) => {
    const ask = fetches[client];
    const init = body === 0 ? { method: 'GET' } : { method: 'POST', body: 'x'.repeat(body) };
    let left = requests;
    const worker = async () => {
      while (left-- > 0) if ((await ask(init)) !== 'hello') throw new Error(client);
    };
    await Promise.all(Array.from({ length: inFlight }, worker));
  };
`;

const { outputFiles } = await build({
  stdin: { contents: PAGE, resolveDir: new URL('../..', import.meta.url).pathname },
  bundle: true,
  minify: true,
  format: 'esm',
  write: false,
});
const server = http.createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    if (request.url === '/hello')
      return response.writeHead(200, { 'content-type': 'text/plain' }).end('hello');
    const type = request.url === '/script' ? 'text/javascript' : 'text/html';
    response
      .writeHead(200, { 'content-type': type })
      .end(
        type === 'text/html'
          ? '<!doctype html><script type=module src=/script></script>'
          : outputFiles[0].text,
      );
  });
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const browser = await chromium.launch({ executablePath: await findChromium(), args: [...CHROMIUM_FLAGS] });
try {
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  await page.waitForFunction('globalThis.run');
  const inPage = await page.context().newCDPSession(page);
  await inPage.send('Performance.enable');
  const inBrowser = await browser.newBrowserCDPSession();
  const used = async () => {
    const { metrics } = await inPage.send('Performance.getMetrics');
    const { processInfo } = await inBrowser.send('SystemInfo.getProcessInfo');
    return {
      page: metrics.find(({ name }) => name === 'ProcessTime').value,
      all: processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0),
    };
  };
  const measure = async (client, scenario, requests) => {
    await inPage.send('HeapProfiler.collectGarbage');
    const before = await used();
    await page.evaluate(([...args]) => globalThis.run(...args), [client, scenario, requests]);
    const after = await used();
    return { page: after.page - before.page, all: after.all - before.all };
  };
  console.log(`${browser.version()}, ${ROUNDS} rounds of ${REQUESTS} requests; bare fetch = 1`);
  console.log(
    '\n| scenario | client | page | whole browser | µs of the page, bare |\n|---|---|---:|---:|---:|',
  );
  for (const scenario of SCENARIOS) {
    for (const client of CLIENTS) await measure(client, scenario, 300);
    const rounds = [];
    for (let round = 0; round < ROUNDS; round++) {
      const figures = {};
      const order = round % 2 === 0 ? CLIENTS : [...CLIENTS].reverse();
      for (const client of order) figures[client] = await measure(client, scenario, REQUESTS);
      rounds.push(figures);
    }
    for (const client of CLIENTS.slice(1)) {
      const ratio = (of) => rounds.map((figures) => figures[client][of] / figures.fetch[of]);
      const bare = rounds.map(({ fetch }) => (fetch.page / REQUESTS) * 1e6);
      console.log(
        `| ${scenario.name} | ${client} | ${shown(ratio('page'))} | ${shown(ratio('all'))} | ${median(bare).toFixed(0)} |`,
      );
    }
  }
} finally {
  await browser.close();
  server.close();
}

function median(values) {
  return values.sort((a, b) => a - b)[values.length >> 1];
}

function shown(ratios) {
  const middle = median(ratios);
  return `${middle.toFixed(2)} (${ratios[0].toFixed(2)}–${ratios.at(-1).toFixed(2)})`;
}
