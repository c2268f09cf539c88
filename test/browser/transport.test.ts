import { expect, inject, test } from 'vitest';
import { server } from 'vitest/browser';
import { FetchTransport } from '../../platform/common/fetch-transport.ts';
import { browserCapabilities } from '../../platform/common/fetch-transport-capabilities.ts';
import { testTransport } from '../suites/transport.ts';
import { makeExchange, makeRequest } from '../support/fixtures.ts';

/** What the engines themselves get wrong. */
const LIMITS: Readonly<Record<string, readonly string[]>> = {
  chromium: [],
  // Reads on without a reader.
  firefox: ['nothing flows before start', 'pause stops the peer, resume lets it go on'],
  // Reads on, too; field values are UTF-8; a chunked body that was cut between chunks is complete.
  webkit: [
    'nothing flows before start',
    'pause stops the peer, resume lets it go on',
    'field values are Latin-1',
    'request fields arrive as they were set',
    'closed-between-chunks',
    'closed-before-the-trailers',
  ],
};

const makeTransport = (): FetchTransport => new FetchTransport(fetch, browserCapabilities());

testTransport('FetchTransport in a page', makeTransport, {
  server: inject('server'),
  parser: 'lenient',
  // Chromium reads 60 to 90 MiB before it stops.
  readAhead: 128 * 1024 * 1024,
  limits: LIMITS[server.browser] ?? [],
});

// WebKitGTK goes to the network all the same.
test.skipIf(server.browser === 'webkit')('always-cache answers from the cache, or not at all', async () => {
  const request = makeRequest({
    url: `${location.origin}/?${Math.random()}`,
    options: { cacheLoadControl: 'always-cache' },
  });
  await expect(makeTransport().send(request, makeExchange().exchange)).rejects.toMatchObject({
    code: 'content-not-found',
  });
});
