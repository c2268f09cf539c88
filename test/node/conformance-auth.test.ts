import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const project = path.join(import.meta.dirname, '../..');
const runner = path.join(project, '../shared/conformance/auth-run.mjs');
const isPossible = existsSync(runner) && existsSync(path.join(project, 'dist/internal.js'));

test.skipIf(!isPossible)(
  'authentication: every vector of RFC 7616, 2617 and 7617, and of MS-NLMP but those of NTLMv1',
  () => {
    const adapter = path.join(project, 'test/conformance/auth.adapter.mjs');
    const { stdout, stderr } = spawnSync(process.execPath, [runner, '--auth', adapter, '--fails'], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(stdout).not.toContain('FAIL');
    const rows = [...stdout.matchAll(/(\w+): (\d+)\/(\d+)/g)];
    expect(rows.map(([, kind]) => kind)).toEqual(expect.arrayContaining(['digest', 'basic', 'ntlm']));
    for (const [, , passed, all] of rows) expect(passed).toBe(all);
  },
);
