/** `electronTransport` in a real Electron: the suite that every transport passes, as far as its record goes. */
import { afterAll, describe, expect, test } from 'vitest';
import { loopbackEnvironment, secureEnvironment } from '../support/loopback-environment.ts';
import { findElectron } from './find-electron.ts';
import { runTransportSuite } from './run-app.ts';

const binary = findElectron();
if (binary === null) console.log('electronTransport: skipped, Electron cannot be had');

const NETWORKS: readonly (readonly [string, () => ReturnType<typeof loopbackEnvironment>])[] = [
  ['over HTTP/1.1', () => loopbackEnvironment('lenient')],
  ['over TLS', () => secureEnvironment('http/1.1')],
  ['over HTTP/2', () => secureEnvironment('h2')],
];

for (const [name, makeEnvironment] of binary === null ? [] : NETWORKS) {
  const { close, secureServer, ...environment } = await makeEnvironment();
  afterAll(close);
  const isPlain = environment.server.startsWith('http:');
  // Each test of it becomes one here.
  const outcomes = await runTransportSuite(binary!, {
    ...environment,
    // Over TLS the application lets every certificate through.
    ...(isPlain ? { secureServer } : {}),
    options: {},
    parser: 'lenient',
    // Fields are texts there, in UTF-8, and redirects have no body.
    limits: [
      'field values are Latin-1',
      'request fields arrive as they were set',
      'the body of a redirect is delivered',
    ],
  });

  describe(`electronTransport in a real Electron, ${name}`, () => {
    for (const outcome of outcomes) {
      if ('skipped' in outcome) test.skip(outcome.name, () => {});
      else test(outcome.name, () => expect(outcome.failure).toBeNull());
    }

    test('the suite has run', () => expect(outcomes.length).toBeGreaterThan(100));
  });
}
