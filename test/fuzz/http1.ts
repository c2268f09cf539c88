/**
 * Differential fuzzing of our HTTP/1.1 response parser against llhttp.
 *
 *     npx esbuild test/fuzz/http1.ts --bundle --platform=node --format=esm --outfile=dist/fuzz-http1.mjs
 *     N=1000000 SEED=1 node dist/fuzz-http1.mjs
 *
 * Input i is made from the seed SEED + i alone. Exits with 1, and prints the input and both outcomes, at the first
 * difference that http1/disagreements.ts does not list.
 */
import { compare } from './http1/compare.ts';
import { generateResponse } from './http1/generate-response.ts';
import { Random } from './http1/random.ts';

const inputs = Number(process.env.N ?? 100_000);
const seed = Number(process.env.SEED ?? 1);
const classes = new Map<string, number>();
let disagreements = 0;
const started = performance.now();
for (let i = 0; i < inputs; i++) {
  const random = new Random(seed + i);
  try {
    const names = compare(generateResponse(random), random);
    if (names.length > 0) disagreements++;
    for (const name of names) classes.set(name, (classes.get(name) ?? 0) + 1);
  } catch (error) {
    console.error(`SEED=${seed + i} N=1:`, error);
    process.exit(1);
  }
}
const seconds = ((performance.now() - started) / 1000).toFixed(0);
console.log(
  `${inputs} inputs from seed ${seed} in ${seconds} s, Node ${process.version}, llhttp ${process.versions.llhttp}`,
);
console.log(`${disagreements} with a listed disagreement, none with another:`);
for (const [name, count] of [...classes].sort(([, a], [, b]) => b - a))
  console.log(`${String(count).padStart(9)}  ${name}`);
