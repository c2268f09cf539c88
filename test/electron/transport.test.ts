/** `electronTransport` in a real Electron: the suite that every transport passes, as far as its record goes. */
import { afterAll, describe, expect, test } from 'vitest';
import { loopbackEnvironment } from '../support/loopback-environment.ts';
import { findElectron } from './find-electron.ts';
import { runTransportSuite } from './run-app.ts';

const binary = findElectron();
if (binary === null) console.log('electronTransport: skipped, Electron cannot be had');

const environment = binary === null ? null : await loopbackEnvironment('lenient');
afterAll(() => environment?.close());
// Each test of it becomes one here.
const outcomes =
  binary === null || environment === null
    ? []
    : await runTransportSuite(binary, {
        ...environment,
        // Fields are texts there, in UTF-8, and redirects have no body.
        limits: [
          'field values are Latin-1',
          'request fields arrive as they were set',
          'the body of a redirect is delivered',
        ],
      });

describe.skipIf(binary === null)('electronTransport in a real Electron', () => {
  for (const outcome of outcomes) {
    if ('skipped' in outcome) test.skip(outcome.name, () => {});
    else test(outcome.name, () => expect(outcome.failure).toBeNull());
  }

  test('the suite has run', () => expect(outcomes.length).toBeGreaterThan(100));
});
