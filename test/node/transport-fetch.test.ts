import crossFetch from 'cross-fetch';
import { afterAll } from 'vitest';
import { FetchTransport } from '../../platform/common/fetch-transport.ts';
import {
  browserFetchCapabilities,
  portableFetchCapabilities,
} from '../../platform/common/fetch-transport-capabilities.ts';
import { foreignStream } from '../../platform/common/foreign-stream.ts';
import { networkFailure } from '../../platform/common/network-failure.ts';
import type { TransportCapabilities } from '../../src/call/capabilities.ts';
import { testTransport } from '../suites/transport.ts';
import { loopbackEnvironment } from '../support/loopback-environment.ts';

/** The global fetch of Node: undici, which hides less than a page's. */
const undiciCapabilities: TransportCapabilities = {
  ...browserFetchCapabilities,
  name: 'fetch (undici)',
  forbiddenFields: [],
  cookies: true,
  setCookieLines: true,
  requestStreams: 'always',
  errorDetail: true,
  platformCache: false,
};

const environment = await loopbackEnvironment('lenient');
afterAll(() => environment.close());

testTransport(
  'FetchTransport over the global fetch of Node',
  () => new FetchTransport(fetch, undiciCapabilities, { toError: networkFailure }),
  environment,
);

testTransport(
  'FetchTransport over cross-fetch',
  () =>
    new FetchTransport(crossFetch, portableFetchCapabilities, {
      toError: networkFailure,
      toStream: foreignStream,
    }),
  {
    ...environment,
    // node-fetch 2 hangs on a response that ends early and on a switch of protocols, and drops a body with its connection.
    limits: [
      'closed-before-the-body',
      'closed-in-the-body',
      'switching-protocols',
      'nonsense-after-the-body',
    ],
  },
);
