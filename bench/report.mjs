import os from 'node:os';

/** What is said above the tables. */
export function head({ rounds, brief, server }) {
  return `${[
    '# Benchmark',
    '',
    `${rounds} interleaved rounds${brief ? ' of a quarter of the work (`--brief`)' : ''}, each client in a process of its own on one core, the server on the other.`,
    'Figures are medians of the ratios within a round, against the first client of the scenario; CPU, processor time of the',
    'steady phase, is the steadier one. Whole pipeline on. Small requests have three phases: cold (from the start of the process',
    'to the 200th answer), warming (2 000th to 32 000th) and steady (from there on). Written by `npm run bench`.',
    '',
    `- machine: ${os.cpus()[0]?.model.trim() ?? 'unknown'}, ${os.cpus().length} cores, ${os.type()} ${os.release()}`,
    `- ${server}`,
  ].join('\n')}\n`;
}

/** The figures on one version of Node as a table: ratios against the first peer of each scenario, and what fairlead is to reach. */
export function table(results, { version, peers }) {
  const lines = [
    '',
    `## Node ${version}`,
    '',
    `${peers.join(', ')}.`,
    '',
    '| scenario | client | cold | warming | speed | CPU | peak RSS (MiB) | goal |',
    '|---|---|---:|---:|---:|---:|---:|---|',
  ];
  for (const { scenario, figures } of results) {
    for (const peer of scenario.peers) lines.push(`| ${rowOf(scenario, figures, peer).join(' | ')} |`);
  }
  return `${lines.join('\n')}\n`;
}

function rowOf(scenario, figures, peer) {
  const base = figures.get(scenario.peers[0]);
  const own = figures.get(peer);
  const ratio = (phase, figure) =>
    median(own.map((round, index) => round[phase][figure] / base[index][phase][figure]));
  const speed = (phase) => (own[0][phase] === undefined ? '' : ratio(phase, 'speed').toFixed(2));
  const bytes = own[0].steady.bytes === undefined ? null : median(own.map(({ steady }) => steady.bytes));
  const rss = median(own.map((round) => round.rss));
  const over = (other) =>
    median(own.map(({ steady }, index) => steady.speed / figures.get(other)[index].steady.speed));
  const measured = { speed: ratio('steady', 'speed'), cpu: ratio('steady', 'cpu'), rss, bytes };
  return [
    scenario.name,
    peer,
    speed('cold'),
    speed('warming'),
    measured.speed.toFixed(2),
    measured.cpu.toFixed(2),
    `${rss === 0 ? '' : rss.toFixed(0)}${bytes === null ? '' : ` (${bytes.toFixed(0)} bytes each)`}`,
    peer.startsWith('fairlead') ? judge(scenario.goal, measured, over) : '',
  ];
}

const AT_LEAST = new Set(['speed']);
const LABELS = { speed: 'speed', cpu: 'CPU', rss: 'RSS', bytes: 'bytes each' };

function judge({ over = {}, ...goal }, measured, speedOver) {
  const figures = Object.entries(goal).map(([figure, wanted]) => {
    const reached = AT_LEAST.has(figure) ? measured[figure] >= wanted : measured[figure] <= wanted;
    return `${LABELS[figure]} ${AT_LEAST.has(figure) ? '≥' : '≤'} ${wanted} ${reached ? '✓' : '✗'}`;
  });
  const others = Object.entries(over).map(([other, wanted]) => {
    const times = speedOver(other);
    return `${times.toFixed(1)} × ${other}, ≥ ${wanted} ${times >= wanted ? '✓' : '✗'}`;
  });
  return [...figures, ...others].join(', ');
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
