import { execFile } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { programsOf } from './documentation.ts';

const { directory } = inject('consumer');
const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '..', '..');

/** Compilers by their folder in node_modules. */
const COMPILERS = ['typescript', 'typescript7'];

const RESOLUTIONS = {
  node16: { module: 'node16' },
  nodenext: { module: 'nodenext' },
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
};

const FILES = ['usage.mts', 'usage.cts', 'subpaths.mts', 'subpaths.cts'];

beforeAll(() => {
  // The same text as a CommonJS module: its imports are calls of `require` then.
  copyFileSync(join(directory, 'usage.mts'), join(directory, 'usage.cts'));
  for (const extension of ['mts', 'cts']) {
    writeFileSync(
      join(directory, `subpaths.${extension}`),
      // Both have names of their own, and some of one name: downloads are into files here and into Blobs there.
      "export * as node from 'fairlead/node';\nexport * as browser from 'fairlead/browser';\nimport 'fairlead/electron/main';\n",
    );
  }
});

/** The programs of the documentation. */
function writePrograms(): string[] {
  return ['README.md', 'docs/recipes.md']
    .flatMap((page) => programsOf(page))
    .map((code, index) => {
      const file = `program-${index}.mts`;
      writeFileSync(join(directory, file), code);
      return file;
    });
}

describe.each(COMPILERS)('%s', (compiler) => {
  test.each(Object.keys(RESOLUTIONS) as (keyof typeof RESOLUTIONS)[])(
    'resolves by %s',
    async (resolution) => {
      expect(await compile(compiler, { ...RESOLUTIONS[resolution], types: ['node'] }, FILES)).toBe('');
    },
  );

  test('compiles the README and the recipes', async () => {
    const programs = writePrograms();
    expect(programs.length).toBeGreaterThan(14);
    const options = { ...RESOLUTIONS.nodenext, types: ['node'], noUnusedLocals: true };
    expect(await compile(compiler, options, programs)).toBe('');
  });

  test('needs no types of the web in a project for Node', async () => {
    const options = { ...RESOLUTIONS.nodenext, types: ['node'], lib: ['es2022'] };
    expect(await compile(compiler, options, FILES)).toBe('');
  });

  test('needs no types of Node in a project for browsers', async () => {
    expect(await compile(compiler, { ...RESOLUTIONS.bundler, types: [] }, ['usage.mts'])).toBe('');
  });
});

/** @returns the complaints of the compiler, declarations of the package included */
async function compile(compiler: string, options: object, files: readonly string[]): Promise<string> {
  const project = join(directory, 'tsconfig.json');
  const compilerOptions = {
    target: 'es2022',
    lib: ['es2022', 'dom', 'dom.iterable', 'dom.asynciterable'],
    typeRoots: [join(ROOT, 'node_modules', '@types')],
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    ...options,
  };
  writeFileSync(project, JSON.stringify({ compilerOptions, files }));
  const tsc = join(ROOT, 'node_modules', compiler, 'bin', 'tsc');
  return run(process.execPath, [tsc, '-p', project]).then(
    () => '',
    (error: { stdout: string }) => error.stdout,
  );
}
