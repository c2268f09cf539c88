/**
 * Differential fuzzing of our HTTP/1.1 response parser against llhttp.
 *
 *     npx esbuild test/fuzz/http1.ts --bundle --platform=node --format=esm --outfile=dist/fuzz-http1.mjs
 *     N=1000000 SEED=1 node dist/fuzz-http1.mjs
 *
 * Input i is made from the seed SEED + i alone. Prints the input and both outcomes of every difference that
 * http1/disagreements.ts does not list, and gives up after twenty.
 */
import { compare } from './http1/compare.ts';
import { generateResponse } from './http1/generate-response.ts';
import { Random } from './http1/random.ts';

const inputs = Number(process.env.N ?? 100_000);
const seed = Number(process.env.SEED ?? 1);
const classes = new Map<string, number>();
let disagreements = 0;
let findings = 0;
const started = performance.now();
for (let i = 0; i < inputs && findings < 20; i++) {
  const random = new Random(seed + i);
  try {
    const names = compare(generateResponse(random), random);
    if (names.length > 0) disagreements++;
    for (const name of names) classes.set(name, (classes.get(name) ?? 0) + 1);
  } catch (error) {
    findings++;
    console.error(`SEED=${seed + i} N=1: ${(error as Error).message}`);
  }
}
const seconds = ((performance.now() - started) / 1000).toFixed(0);
console.log(
  `${inputs} inputs from seed ${seed} in ${seconds} s, Node ${process.version}, llhttp ${process.versions.llhttp}`,
);
console.log(`${disagreements} with a listed disagreement, ${findings} with another:`);
for (const [name, count] of [...classes].sort(([, a], [, b]) => b - a))
  console.log(`${String(count).padStart(9)}  ${name}`);
process.exitCode = findings === 0 ? 0 : 1;
