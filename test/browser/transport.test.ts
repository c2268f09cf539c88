import { inject } from 'vitest';
import { FetchTransport } from '../../platform/common/fetch-transport.ts';
import { browserCapabilities } from '../../platform/common/fetch-transport-capabilities.ts';
import { testTransport } from '../suites/transport.ts';

testTransport('FetchTransport in a page', () => new FetchTransport(fetch, browserCapabilities()), {
  server: inject('server'),
  parser: 'lenient',
  // Chromium fills 64 MiB before it stops reading.
  readAhead: 80 * 1024 * 1024,
});
