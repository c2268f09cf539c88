import os from 'node:os';

/** The figures of a run as Markdown: ratios against the first peer of each scenario, and what fairlead is to reach. */
export function report(results, { rounds, server, versions }) {
  const lines = [
    '# Benchmark',
    '',
    `${rounds} interleaved rounds, each client in a process of its own on one core, the server on the other. Figures are`,
    'medians of the ratios within a round, against the first client of the scenario; CPU is the steadier one. Whole',
    'pipeline on. Written by `npm run bench`.',
    '',
    `- machine: ${os.cpus()[0]?.model.trim() ?? 'unknown'}, ${os.cpus().length} cores, ${os.type()} ${os.release()}`,
    `- Node ${process.versions.node}, ${server}`,
    `- ${versions.join(', ')}`,
    '',
    '| scenario | client | speed | CPU | peak RSS (MiB) | goal |',
    '|---|---|---:|---:|---:|---|',
  ];
  for (const { scenario, figures } of results) {
    const base = figures.get(scenario.peers[0]);
    for (const peer of scenario.peers) {
      const own = figures.get(peer);
      const ratio = (figure) => median(own.map((round, index) => round[figure] / base[index][figure]));
      const measured = { speed: ratio('speed'), cpu: ratio('cpu'), rss: median(own.map(({ rss }) => rss)) };
      const bytes = own[0].bytes === undefined ? null : median(own.map((round) => round.bytes));
      const over = (other) => median(own.map(({ speed }, index) => speed / figures.get(other)[index].speed));
      const goal = peer.startsWith('fairlead') ? judge(scenario.goal, { ...measured, bytes }, over) : '';
      const rss = measured.rss === 0 ? '' : measured.rss.toFixed(0);
      const each = bytes === null ? '' : ` (${bytes.toFixed(0)} bytes each)`;
      lines.push(
        `| ${scenario.name} | ${peer} | ${measured.speed.toFixed(2)} | ${measured.cpu.toFixed(2)} | ${rss}${each} | ${goal} |`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
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
