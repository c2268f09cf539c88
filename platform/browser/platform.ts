import type { HttpRequest } from '../../src/call/request.ts';
import { NetworkError } from '../../src/error.ts';
import type { Platform } from '../../src/platform.ts';
import { developmentHint, tellEarlyRead } from '../common/development.ts';
import { fetchRules } from '../common/fetch-rules.ts';
import { FetchTransport } from '../common/fetch-transport.ts';
import { browserCapabilities } from '../common/fetch-transport-capabilities.ts';
import { parsePageUrl } from '../common/page-url.ts';
import { MultiplexedOrigins } from './multiplexed-origins.ts';

/** A page or worker: the browser owns redirects, cookies, decoding and TLS. */
export const browserPlatform: Platform = {
  // Looked up at each call: a page may replace its fetch (a service worker's test, an instrumentation).
  createTransport: () =>
    new FetchTransport((url, init) => globalThis.fetch(url, init), browserCapabilities(), {
      multiplexing: new MultiplexedOrigins(),
    }),
  tellEarlyRead,
  optionHint: developmentHint,
  rules: fetchRules,
  // The browser reads them itself.
  schemes: new Map([
    ['data', { open: openThroughFetch }],
    ['blob', { open: openThroughFetch }],
  ]),
  parseUrl: parsePageUrl,
  takesRequests: true,
};

/** Answers a `data:` or `blob:` URL where the fetch of the platform reads it itself. */
async function openThroughFetch({ method, url, headers }: HttpRequest): Promise<Response> {
  try {
    return await globalThis.fetch(url.href, { method, headers: [...headers] });
  } catch (cause) {
    const message = `the ${url.scheme}: URL is malformed or gone, or a policy of the page forbids it`;
    throw new NetworkError('protocol-failure', message, { cause });
  }
}
