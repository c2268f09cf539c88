/** The suite of clients in a real Electron: a manager of its main process, and whoever uses one over MessagePortMain. */
import { afterAll, describe, expect, test } from 'vitest';
import { startServer } from '../support/server.ts';
import { findElectron } from './find-electron.ts';
import { type ClientPlace, runClientSuite } from './run-app.ts';

const binary = findElectron();
if (binary === null) console.log('clients in Electron: skipped, its binary cannot be had');

const server = binary === null ? null : await startServer();
afterAll(() => server?.close());
// Each test of them becomes one here.
const outcomes = binary === null ? null : await runClientSuite(binary, server!.origin);

const PLACES: readonly (readonly [ClientPlace, string])[] = [
  ['main', 'a manager of the main process'],
  ['utility', 'a client in a utility process'],
  ['page', 'a client in a sandboxed page'],
];

describe.skipIf(outcomes === null).each(PLACES)('%s: %s', (place) => {
  for (const outcome of outcomes?.[place] ?? []) {
    if ('skipped' in outcome) test.skip(outcome.name, () => {});
    else test(outcome.name, () => expect(outcome.failure).toBeNull());
  }

  test('the suite has run', () => expect(outcomes![place].length).toBeGreaterThan(70));
});
