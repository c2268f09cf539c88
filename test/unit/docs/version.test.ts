import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { NetworkAccessManager } from '../../../platform/node/index.ts';

test('the default User-Agent names the version of the package', () => {
  const manifest = readFileSync(join(import.meta.dirname, '..', '..', '..', 'package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  expect(new NetworkAccessManager().userAgent).toBe(`fairlead/${version}`);
});
