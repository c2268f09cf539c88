import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { CertificateAuthority } from '../test/support/certificate.ts';
import { otherNodes } from '../test/support/other-nodes.ts';
import { installPeers, PEERS, undiciOf, versionsOn } from './peers.mjs';
import { head, table } from './report.mjs';
import { inBrief, SCENARIOS } from './scenarios.mjs';
import { startServer } from './server.mjs';

/**
 * `npm run bench -- [--nodes 20,22,24,26] [--rounds N] [--only TEXT] [--brief]`: every scenario on every Node, every client
 * in a process of its own, in interleaved rounds, so that a machine that drifts drifts for all. Figures are medians of the
 * ratios within a round.
 */
const { values } = parseArgs({
  options: {
    nodes: { type: 'string', default: '' },
    rounds: { type: 'string' },
    only: { type: 'string', default: '' },
    brief: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds ?? (values.brief ? 2 : 5));
const nodes = nodesNamed(values.nodes);
const scenarios = SCENARIOS.filter(({ name }) => name.includes(values.only)).map((scenario) =>
  values.brief ? inBrief(scenario) : scenario,
);
/** The client has the first core, the server the second. */
const PIN = spawnSync('taskset', ['-c', '0', 'true']).status === 0 ? ['taskset', '-c', '0'] : [];

installPeers();
const directory = mkdtempSync(path.join(os.tmpdir(), 'fairlead-bench-'));
const authority = new CertificateAuthority('fairlead benchmark');
const server = await startServer(directory, { ...authority.issue(), ca: authority.certificate });
try {
  let text = head({ rounds, brief: values.brief, server: server.description });
  for (const [version, node] of nodes) {
    process.stderr.write(`Node ${version}\n`);
    text += table(await measureAll(node, version), { version, peers: versionsOn(version) });
  }
  process.stdout.write(text);
  if (values.only === '') writeFileSync(new URL('results.md', import.meta.url), text);
} finally {
  server.stop();
  rmSync(directory, { recursive: true, force: true });
}

/** Version → binary: this Node and those that the tests have from npm, or the majors that are named. */
function nodesNamed(names) {
  const all = new Map();
  for (const node of [process.execPath, ...otherNodes().values()]) {
    const { stdout } = spawnSync(node, ['--print', 'process.versions.node'], { encoding: 'utf8' });
    all.set(stdout.trim(), node);
  }
  if (names === '') return all;
  const wanted = names.split(',');
  const found = [...all].filter(([version]) => wanted.includes(version.split('.', 1)[0]));
  if (found.length < wanted.length)
    throw new Error(`--nodes ${names}: there are ${[...all.keys()].join(', ')}`);
  return new Map(found);
}

async function measureAll(node, version) {
  const results = [];
  for (const scenario of scenarios) {
    process.stderr.write(`  ${scenario.name} `);
    const figures = new Map(scenario.peers.map((peer) => [peer, []]));
    for (let round = 0; round < rounds; round++) {
      for (const peer of scenario.peers) {
        const measured =
          scenario.run === 'import' ? importing(node, version, peer) : await client(node, peer, scenario);
        figures.get(peer).push(measured);
      }
      process.stderr.write('.');
    }
    process.stderr.write('\n');
    results.push({ scenario, figures });
  }
  return results;
}

async function client(node, peer, scenario) {
  const script = path.join(import.meta.dirname, 'client.mjs');
  const args = ['--expose-gc', script, peer, JSON.stringify(scenario), JSON.stringify(server.places)];
  const [program, ...before] = [...PIN, node];
  const child = spawn(program, [...before, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  for await (const chunk of child.stdout) output += chunk;
  if (output === '') throw new Error(`${peer} printed nothing for ${scenario.name}`);
  return JSON.parse(output);
}

/** CPU of a process that imports the package, less that of one that imports nothing. */
function importing(node, version, peer) {
  const cpu = (code) => {
    const script = `${code}; const { user, system } = process.cpuUsage(); process.stdout.write(String(user + system));`;
    const { stdout } = spawnSync(node, ['--input-type=module', '-e', script], {
      cwd: path.join(import.meta.dirname, '..'),
    });
    return Number(stdout);
  };
  const least = (code) => Math.min(...Array.from({ length: 5 }, () => cpu(code)));
  const module = peer === 'undici' ? undiciOf(version) : PEERS[peer];
  const used = least(`await import(${JSON.stringify(module)})`) - least('');
  return { steady: { speed: 1e6 / used, cpu: used }, rss: 0 };
}
