import { NetworkError } from '../../src/error.ts';
import { fetchStages } from '../../src/pipeline/fetch.ts';
import type { Platform } from '../../src/platform.ts';
import type { SchemeHandler } from '../../src/transport/schemes.ts';
import { parseUrl } from '../../src/util/url.ts';
import { FetchTransport } from '../common/fetch-transport.ts';
import { browserCapabilities } from '../common/fetch-transport-capabilities.ts';
import { toPageBody } from './page-body.ts';

/** The browser reads `data:` itself. */
const dataThroughFetch: SchemeHandler = {
  open: ({ method, url }) =>
    globalThis.fetch(url.href, { method }).catch((cause: unknown) => {
      throw new NetworkError(
        'protocol-failure',
        'the data: URL is malformed, or a policy of the page forbids it',
        { cause },
      );
    }),
};

/** A page or worker: the browser owns redirects, cookies, decoding and TLS. */
export const browserPlatform: Platform = {
  defaults: () => ({}),
  // Looked up at each call: a page may replace its fetch (a service worker's test, an instrumentation).
  createTransport: () =>
    new FetchTransport((url, init) => globalThis.fetch(url, init), browserCapabilities()),
  httpStages: fetchStages,
  schemes: new Map([['data', dataThroughFetch]]),
  parseUrl: (input) => parseUrl(input, globalThis.location?.href),
  toRequestBody: toPageBody,
};
