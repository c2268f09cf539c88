import type { TransportCapabilities } from '../../src/transport/capabilities.ts';

/**
 * cross-fetch in the runtimes for which there is no set of their own. It follows redirects by itself (and rewrites
 * `Location`), joins Set-Cookie lines, and has codes in its errors in some runtimes only.
 */
export const portableFetchCapabilities: TransportCapabilities = {
  name: 'fetch (portable)',
  pageOrigin: null,
  forbiddenFields: [],
  requestStreams: 'never',
  preconnect: 'none',
};

/** The fetch of a page or worker, where it is most able. {@link browserCapabilities} says it of the browser at hand. */
export const browserFetchCapabilities: TransportCapabilities = {
  name: 'fetch (browser)',
  redirectMode: true,
  pageOrigin: null,
  // https://fetch.spec.whatwg.org/#forbidden-request-header
  forbiddenFields: [
    'accept-charset',
    'accept-encoding',
    'access-control-request-*',
    'connection',
    'content-length',
    'cookie',
    'cookie2',
    'date',
    'dnt',
    'expect',
    'host',
    'keep-alive',
    'origin',
    'proxy-*',
    'referer',
    'sec-*',
    'set-cookie',
    'te',
    'trailer',
    'transfer-encoding',
    'upgrade',
    'via',
  ],
  requestStreams: 'half-duplex',
  preconnect: 'none',
  platformCache: true,
  credentialsMode: true,
};

/** What the fetch of this very browser can do, on this page: only some stream request bodies. */
export function browserCapabilities(): TransportCapabilities {
  return {
    ...browserFetchCapabilities,
    pageOrigin: globalThis.origin ?? null,
    requestStreams: supportsRequestStreams() ? 'half-duplex' : 'never',
  };
}

/**
 * Without support a stream is turned into text, which brings a Content-Type, and `duplex` is never read.
 * Source: https://developer.chrome.com/docs/capabilities/web-apis/fetch-streaming-requests#feature_detection
 */
function supportsRequestStreams(): boolean {
  let duplexRead = false;
  const init = {
    method: 'POST',
    body: new ReadableStream(),
    get duplex() {
      duplexRead = true;
      return 'half';
    },
  };
  try {
    const { headers } = new Request('https://probe.invalid', init);
    return duplexRead && !headers.has('content-type');
  } catch {
    return false;
  }
}
