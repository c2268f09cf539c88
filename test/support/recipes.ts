import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { programsOf } from '../consumers/documentation.ts';
import { ESM_BANNER } from './bundled-fixture.ts';

const REPOSITORY = join(import.meta.dirname, '../..');
const PROGRAMS = programsOf('docs/recipes.md');

/**
 * The program of docs/recipes.md that has these words, with names in it replaced by others.
 * @throws Error when there is none, or more than one
 */
export function recipe(words: string, replaced: Readonly<Record<string, string>> = {}): string {
  const [found, another] = PROGRAMS.filter((program) => program.includes(words));
  if (found === undefined || another !== undefined) throw new Error(`not one recipe has ${words}`);
  return Object.entries(replaced).reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the recipe with ${words} has no ${from}`);
    return text.replaceAll(from, to);
  }, found);
}

/** Makes files that any Node runs, `directory/NAME.mjs`, from programs by their names. */
export async function compileRecipes(
  directory: string,
  programs: Readonly<Record<string, string>>,
): Promise<void> {
  const entryPoints = Object.entries(programs).map(([name, text]) => {
    const file = join(directory, `${name}.ts`);
    writeFileSync(file, text);
    return file;
  });
  await build({
    entryPoints,
    outdir: directory,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    // As they stand there: what Node 20 does not know (`await using`) is not made into something that it does.
    target: 'esnext',
    alias: {
      fairlead: join(REPOSITORY, 'platform/node/index.ts'),
      'fairlead/node': join(REPOSITORY, 'platform/node/extras.ts'),
    },
    nodePaths: [join(REPOSITORY, 'node_modules')],
    external: ['esbuild'],
    banner: { js: ESM_BANNER },
  });
}
