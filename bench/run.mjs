import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { CertificateAuthority } from '../test/support/certificate.ts';
import { report } from './report.mjs';
import { PEERS, SCENARIOS } from './scenarios.mjs';
import { startServer } from './server.mjs';

/**
 * `npm run bench -- [--rounds N] [--only TEXT]`: every scenario, every client in a process of its own, in interleaved
 * rounds, so that a machine that drifts drifts for all. Figures are medians of the ratios within a round.
 */
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, only: { type: 'string', default: '' } },
});
const rounds = Number(values.rounds);
const directory = mkdtempSync(path.join(os.tmpdir(), 'fairlead-bench-'));
const authority = new CertificateAuthority('fairlead benchmark');
const server = await startServer(directory, { ...authority.issue(), ca: authority.certificate });
try {
  const results = [];
  for (const scenario of SCENARIOS.filter(({ name }) => name.includes(values.only))) {
    process.stderr.write(`${scenario.name} `);
    const figures = new Map(scenario.peers.map((peer) => [peer, []]));
    for (let round = 0; round < rounds; round++) {
      for (const peer of scenario.peers) figures.get(peer).push(await measure(peer, scenario));
      process.stderr.write('.');
    }
    process.stderr.write('\n');
    results.push({ scenario, figures });
  }
  const text = report(results, { rounds, server: server.description, versions: versions() });
  process.stdout.write(text);
  if (values.only === '') writeFileSync(new URL('results.md', import.meta.url), text);
} finally {
  server.stop();
  rmSync(directory, { recursive: true, force: true });
}

/** On the first core; the server has the second. */
async function measure(peer, scenario) {
  const measured = scenario.run === 'import' ? importing(peer) : client(peer, scenario);
  return measured;
}

async function client(peer, scenario) {
  const script = path.join(import.meta.dirname, 'client.mjs');
  const args = ['--expose-gc', script, peer, JSON.stringify(scenario), JSON.stringify(server.places)];
  const taskset = spawnSync('taskset', ['-c', '0', 'true']).status === 0;
  const child = taskset
    ? spawn('taskset', ['-c', '0', process.execPath, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    : spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  for await (const chunk of child.stdout) output += chunk;
  if (output === '') throw new Error(`${peer} printed nothing for ${scenario.name}`);
  return JSON.parse(output);
}

/** CPU of a process that imports the package, less that of one that imports nothing. */
function importing(peer) {
  const cpu = (code) => {
    const script = `${code}; const { user, system } = process.cpuUsage(); process.stdout.write(String(user + system));`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: path.join(import.meta.dirname, '..'),
    });
    return Number(stdout);
  };
  const least = (code) => Math.min(...Array.from({ length: 5 }, () => cpu(code)));
  const used = least(`await import('${PEERS[peer]}')`) - least('');
  return { speed: 1e6 / used, cpu: used, rss: 0 };
}

function versions() {
  const names = [...new Set(Object.values(PEERS))].filter((name) => name !== null && name !== 'fairlead');
  return names.map((name) => {
    const file = new URL(`../node_modules/${name}/package.json`, import.meta.url);
    return `${name} ${JSON.parse(readFileSync(file, 'utf8')).version}`;
  });
}
