/**
 * What a proxy costs: processor time of a GET of 1 KiB through a tunnel, paired in each round with that of a direct one, and with
 * that of one whose bytes are passed on by a server that says nothing (as far a way, without a proxy); and the choice by the
 * environment, in microseconds. `npx tsx bench/proxy/run.mjs [--rounds N]`, after a build.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { NetworkAccessManager } from '../../dist/node/index.js';
import { proxiesOfEnvironment } from '../../src/proxy/environment.ts';
import { costOfGets } from '../cost-of-gets.mjs';

const rounds = Number(process.argv[process.argv.indexOf('--rounds') + 1] || 9);

const server = fork(fileURLToPath(new URL('./server.mjs', import.meta.url)));
const [ports] = await once(server, 'message');
const tunnel = { type: 'http', host: '127.0.0.1', port: ports.proxy, capabilities: ['tunneling'] };
const tls = { ca: ports.ca };

const direct = new NetworkAccessManager({ proxy: 'none', tls });
const through = new NetworkAccessManager({ proxy: tunnel, tls });
const chosen = new NetworkAccessManager({ proxyFactory: async () => tunnel, tls });
const https = `https://127.0.0.1:${ports.https}/`;
const http = `http://127.0.0.1:${ports.http}/`;
const [passedHttp, passedHttps] = [ports.passedHttp, ports.passedHttps];
const contests = [
  ['https through a tunnel', through, https, 'a direct one', https],
  ['https through a tunnel', through, https, 'one that is passed on', `https://127.0.0.1:${passedHttps}/`],
  ['https that is passed on', direct, `https://127.0.0.1:${passedHttps}/`, 'a direct one', https],
  ['https through a tunnel, chosen by a factory', chosen, https, 'a direct one', https],
  ['http through a tunnel', through, http, 'a direct one', http],
  ['http through a tunnel', through, http, 'one that is passed on', `http://127.0.0.1:${passedHttp}/`],
].map(([name, manager, url, other, otherUrl]) => ({ name, manager, url, other, otherUrl, ratios: [] }));
for (let round = -1; round < rounds; round++) {
  for (const { manager, url, otherUrl, ratios } of contests) {
    const both = [() => costOfGets(manager, url), () => costOfGets(direct, otherUrl)];
    const isFirst = round % 2 === 0;
    const first = await both[isFirst ? 0 : 1]();
    const second = await both[isFirst ? 1 : 0]();
    // The first round is for warming up.
    if (round >= 0) ratios.push(isFirst ? first / second : second / first);
  }
}

const sorted = (values) => values.toSorted((a, b) => a - b);
for (const { name, other, ratios } of contests) {
  const all = sorted(ratios);
  const [low, median, high] = [all[0], all[all.length >> 1], all.at(-1)].map((value) => value.toFixed(2));
  console.log(`GET by ${name}: ${median} of the processor time of ${other} (${low}–${high})`);
}

const read = (name) => process.env[name];
const query = {
  url: https,
  peerHost: 'api.example.com',
  peerPort: 443,
  scheme: 'https',
  protocolTag: 'https',
  attributes: new Map(),
};
const exceptions = 'localhost,127.0.0.1,.corp.example,10.0.0.0/8,*.internal,169.254.169.254';
for (const [name, noProxy] of [
  ['without no_proxy', ''],
  ['with six entries of no_proxy', exceptions],
]) {
  Object.assign(process.env, { https_proxy: 'http://proxy.corp:3128', no_proxy: noProxy });
  const CHOICES = 200_000;
  const costs = [];
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage();
    for (let i = 0; i < CHOICES; i++) proxiesOfEnvironment(read, query);
    const { user, system } = process.cpuUsage(before);
    costs.push((user + system) / CHOICES);
  }
  console.log(`a choice by the environment, ${name}: ${sorted(costs)[rounds >> 1].toFixed(2)} µs`);
}

await Promise.all([direct, through, chosen].map((manager) => manager.close()));
server.kill();
