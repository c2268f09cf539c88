import { fetchSources } from '../../src/pipeline/fetch-sources.ts';
import type { Platform } from '../../src/platform.ts';
import type { SchemeHandler } from '../../src/transport/schemes.ts';
import { parseUrl } from '../../src/util/url.ts';
import { FetchTransport } from '../common/fetch-transport.ts';
import { browserCapabilities } from '../common/fetch-transport-capabilities.ts';
import { loadRare } from '../common/load-rare.ts';
import { toPageBody } from './page-body.ts';

/** The browser reads `data:` itself. */
const dataScheme: SchemeHandler = {
  open: async (request) => (await loadRare()).dataThroughFetch(request),
};

/** A page or worker: the browser owns redirects, cookies, decoding and TLS. */
export const browserPlatform: Platform = {
  // Looked up at each call: a page may replace its fetch (a service worker's test, an instrumentation).
  createTransport: () =>
    new FetchTransport((url, init) => globalThis.fetch(url, init), browserCapabilities()),
  createSources: fetchSources,
  schemes: new Map([['data', dataScheme]]),
  parseUrl: (input) => parseUrl(input, globalThis.location?.href),
  toRequestBody: toPageBody,
};
