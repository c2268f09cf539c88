import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CAPABILITIES_PAGE, capabilitiesPage } from '../../../scripts/capabilities-page.ts';

test('docs/capabilities.md says what the transports say (else: npm run docs:capabilities)', () => {
  expect(readFileSync(CAPABILITIES_PAGE, 'utf8')).toBe(capabilitiesPage());
});
