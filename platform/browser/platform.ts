import type { Platform } from '../../src/platform.ts';
import { parseUrl } from '../../src/util/url.ts';
import { captureContext } from '../common/async-context.ts';
import { fetchRules } from '../common/fetch-rules.ts';
import { FetchTransport } from '../common/fetch-transport.ts';
import { browserCapabilities } from '../common/fetch-transport-capabilities.ts';
import { openThroughFetch } from '../common/open-through-fetch.ts';
import { MultiplexedOrigins } from './multiplexed-origins.ts';

/** A page or worker: the browser owns redirects, cookies, decoding and TLS. */
export const browserPlatform: Platform = {
  // Looked up at each call: a page may replace its fetch (a service worker's test, an instrumentation).
  createTransport: () =>
    new FetchTransport((url, init) => globalThis.fetch(url, init), browserCapabilities(), {
      multiplexing: new MultiplexedOrigins(),
    }),
  captureContext,
  rules: fetchRules,
  // The browser reads them itself.
  schemes: new Map([
    ['data', { open: openThroughFetch }],
    ['blob', { open: openThroughFetch }],
  ]),
  parseUrl: (input) => parseUrl(input, baseUrl()),
  takesRequests: true,
};

/** That of the document, which `<base>` sets and a srcdoc frame inherits; a worker has its location. */
function baseUrl(): string | undefined {
  return globalThis.document?.baseURI ?? globalThis.location?.href;
}
