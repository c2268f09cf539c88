import { innerStages } from '../../src/pipeline/http.ts';
import type { Platform } from '../../src/platform.ts';
import { FetchTransport } from '../common/fetch-transport.ts';
import { browserCapabilities } from '../common/fetch-transport-capabilities.ts';

/** A page or worker: the browser owns redirects, cookies, decoding and TLS. */
export const browserPlatform: Platform = {
  defaults: {},
  // Looked up at each call: a page may replace its fetch (a service worker's test, an instrumentation).
  createTransport: () =>
    new FetchTransport((url, init) => globalThis.fetch(url, init), browserCapabilities()),
  httpStages: innerStages,
  schemes: new Map(),
  baseUrl: () => globalThis.location?.href,
};
