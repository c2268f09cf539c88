import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const project = path.join(import.meta.dirname, '../..');
const runner = path.join(project, '../shared/conformance/hsts-run.mjs');
const isPossible = existsSync(runner) && existsSync(path.join(project, 'dist/internal.js'));

test.skipIf(!isPossible)('HSTS: every vector of Chromium, curl and libsoup', () => {
  const adapter = path.join(project, 'test/conformance/hsts.adapter.mjs');
  const { stdout, stderr } = spawnSync(process.execPath, [runner, '--store', adapter, '--fails'], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(stdout).not.toContain('FAIL');
  const [, passed, all] = /HSTS: (\d+)\/(\d+)/.exec(stdout) ?? [];
  expect(Number(all)).toBeGreaterThan(100);
  expect(passed).toBe(all);
});
