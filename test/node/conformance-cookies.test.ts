import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const project = path.join(import.meta.dirname, '../..');
const conformance = path.join(project, '../shared/conformance');
const isPossible = existsSync(conformance) && existsSync(path.join(project, 'dist/internal.js'));

/** Runs a runner of the shared vectors; answers its output when it has nothing to complain about. */
function run(runner: string, option: string, adapter: string): string {
  const module = path.join(project, 'test/conformance', adapter);
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [path.join(conformance, runner), option, module, '--fails'],
    { encoding: 'utf8' },
  );
  expect(stderr).toBe('');
  expect(stdout).not.toContain('FAIL');
  return stdout;
}

function score(output: string, title: string): { passed: number; all: number } {
  const [, passed, all] = new RegExp(`${title}: (\\d+)/(\\d+)`).exec(output) ?? [];
  return { passed: Number(passed), all: Number(all) };
}

test.skipIf(!isPossible)('cookies: every scored vector of http-state and WPT, and every date', () => {
  const output = run('cookies-run.mjs', '--jar', 'cookies.adapter.mjs');
  const [cookies, dates] = [score(output, ' cookies'), score(output, 'cookie dates')];
  expect(cookies.all).toBeGreaterThan(800);
  expect(cookies.passed).toBe(cookies.all);
  expect(dates.all).toBeGreaterThan(60);
  expect(dates.passed).toBe(dates.all);
});

test.skipIf(!isPossible)('public suffixes: every vector of the list', () => {
  const { passed, all } = score(run('psl-run.mjs', '--psl', 'psl.adapter.mjs'), 'PSL');
  expect(all).toBeGreaterThan(70);
  expect(passed).toBe(all);
});
