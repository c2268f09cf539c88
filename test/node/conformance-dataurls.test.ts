import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const project = path.join(import.meta.dirname, '../..');
const runner = path.join(project, '../shared/conformance/dataurls-run.mjs');
const isPossible = existsSync(runner) && existsSync(path.join(project, 'dist/internal.js'));

test.skipIf(!isPossible)('data: URLs and base64: every vector of the Web Platform Tests', () => {
  const adapter = path.join(project, 'test/conformance/dataurls.adapter.mjs');
  const { stdout, stderr } = spawnSync(process.execPath, [runner, '--fetch', adapter, '--fails'], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(stdout).not.toContain('FAIL');
  for (const suite of ['data-urls', 'base64']) {
    const [, passed, all] = new RegExp(`${suite}: (\\d+)/(\\d+)`).exec(stdout) ?? [];
    expect(Number(all)).toBeGreaterThan(50);
    expect(passed).toBe(all);
  }
});
