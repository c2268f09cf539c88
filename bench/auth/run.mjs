/**
 * What authentication costs: processor time of a GET of 1 KiB, a plain one = 1, paired in each round. `npx tsx bench/auth/run.mjs
 * [--rounds N]`, after a build.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { NetworkAccessManager } from '../../dist/node/index.js';
import { costOfGets } from '../cost-of-gets.mjs';

const rounds = Number(process.argv[process.argv.indexOf('--rounds') + 1] || 9);

const server = fork(fileURLToPath(new URL('./server.mjs', import.meta.url)));
const [origin] = await once(server, 'message');

const open = `${origin}/open/1k`;
const closed = `${origin}/closed/1k`;
const without = new NetworkAccessManager({ proxy: 'none', authentication: null });
const plain = new NetworkAccessManager({ proxy: 'none' });
const digest = new NetworkAccessManager({
  proxy: 'none',
  credentials: { [origin]: { user: 'user', password: 'pass' } },
});
/** [what, of which the second is a multiple]: manager and URL of each. */
const contests = [
  ['a manager without credentials, against one without authentication', [without, open], [plain, open]],
  ['Digest, sent unasked, against a manager without credentials', [plain, open], [digest, closed]],
].map(([name, base, other]) => ({ name, base, other, ratios: [] }));
for (let round = -1; round < rounds; round++) {
  for (const { base, other, ratios } of contests) {
    const costs = new Map();
    for (const one of round % 2 === 0 ? [base, other] : [other, base])
      costs.set(one, await costOfGets(...one));
    // The first round is for warming up.
    if (round >= 0) ratios.push(costs.get(other) / costs.get(base));
  }
}

for (const { name, ratios } of contests) {
  const all = ratios.toSorted((a, b) => a - b);
  const [low, median, high] = [all[0], all[all.length >> 1], all.at(-1)].map((value) => value.toFixed(2));
  console.log(`GET by ${name}: ${median} of its processor time (${low}–${high})`);
}

await Promise.all([without, plain, digest].map((manager) => manager.close()));
server.kill();
