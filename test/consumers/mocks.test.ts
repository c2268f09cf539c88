/** The programs of docs/recipes.md in which msw and nock answer requests, on each Node that they promise to run on. */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { programsOf } from './documentation.ts';

const { directory, nodes } = inject('consumer');
const run = promisify(execFile);
const MOCKS = join(import.meta.dirname, 'mocks');
/** Below the package's project: what is not found beside the programs is found there. */
const place = join(directory, 'mocks');

beforeAll(() => {
  if (!existsSync(join(MOCKS, 'node_modules', 'msw'))) {
    const args = [
      'ci',
      '--ignore-scripts',
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
    ];
    execFileSync('npm', args, { cwd: MOCKS, stdio: ['ignore', 'ignore', 'inherit'] });
  }
  mkdirSync(place, { recursive: true });
  symlinkSync(join(MOCKS, 'node_modules'), join(place, 'node_modules'));
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

const OUTPUT: Readonly<Record<string, string>> = {
  msw: "{ name: 'Ada' }\n{ text: 'hi' }\n200 { name: 'Ada' }\n",
  nock: "{ name: 'Ada' }\n201 true\n",
};
const libraryOf = (program: string): string | undefined =>
  Object.keys(OUTPUT).find((name) => program.includes(`'${name}'`));
/** Those of the other recipes are for windows of Electron. */
const PROGRAMS = programsOf('docs/recipes.md', 'js').filter((program) => libraryOf(program) !== undefined);

test('there is a program for each', () => {
  expect(PROGRAMS.map(libraryOf)).toEqual(Object.keys(OUTPUT));
});

/** Node 22.20, from which on both of them run. */
const isPromised = (version: string): boolean => {
  const [major, minor] = version.slice(1).split('.').map(Number);
  return major! > 22 || (major === 22 && minor! >= 20);
};

test.for(Object.entries(nodes))('on Node %s', async ([version, node], { skip }) => {
  if (!isPromised(version)) return skip('msw and nock need Node 22.20');
  for (const [index, name] of Object.keys(OUTPUT).entries()) {
    const file = join(place, `${name}-${version}.mjs`);
    writeFileSync(file, PROGRAMS[index]!);
    const { stdout, stderr } = await run(node, [file], { cwd: place });
    expect(stderr).toBe('');
    expect(stdout).toBe(OUTPUT[name]);
  }
});
