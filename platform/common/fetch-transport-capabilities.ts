import type { TransportCapabilities } from '../../src/call/capabilities.ts';

/**
 * cross-fetch in the runtimes for which there is no set of their own. It follows redirects by itself (and rewrites
 * `Location`), joins Set-Cookie lines, and has codes in its errors in some runtimes only. Where it is node-fetch, a body that
 * ends before its Content-Length is not told from one that has stalled (set a `transferTimeout`), and an encoded one that
 * ends early may pass for complete: a cache of ours keeps what has a Content-Length and no coding, and leaves the rest, and
 * what was redirected, to the network each time.
 */
export const portableFetchCapabilities: TransportCapabilities = {
  name: 'fetch (portable)',
  pageOrigin: null,
  forbiddenFields: [],
  requestStreams: 'never',
  preconnect: 'none',
};

/**
 * The fetch of a page or worker, where it is most able: only Chromium streams request bodies, and WebKit does not tell
 * bodies that were cut off.
 */
export const browserFetchCapabilities: TransportCapabilities = {
  name: 'fetch (browser)',
  redirectMode: true,
  pageOrigin: null,
  forbiddenFields: 'fetch',
  requestStreams: 'half-duplex',
  preconnect: 'none',
  cutBodies: true,
  platformCache: true,
  credentialsMode: true,
  fetchWords: true,
};

/**
 * Carries the uploads of a page that say `uploadProgress: true`, where the manager has the part `uploadProgress: xhrUploads`.
 * Across origins it costs a preflight, and the response comes when all of it is there. Where there is no XMLHttpRequest (a
 * service worker) such uploads are refused.
 */
export const xhrUploadCapabilities: TransportCapabilities = {
  name: 'XMLHttpRequest (uploads)',
  pageOrigin: null,
  forbiddenFields: 'fetch',
  requestStreams: 'never',
  uploadProgress: true,
  preconnect: 'none',
  credentialsMode: true,
};

/** What the fetch of this page can do. Whether it streams uploads is found out with the first that is to be streamed. */
export function browserCapabilities(): TransportCapabilities {
  return { ...browserFetchCapabilities, pageOrigin: globalThis.origin ?? null, cutBodies: !isWebKit() };
}

/** Nothing but its name tells this of an engine: trying it would need a server that cuts bodies off. */
function isWebKit(): boolean {
  const agent = globalThis.navigator?.userAgent ?? '';
  return agent.includes('AppleWebKit/') && !/Chrom(?:e|ium)\//.test(agent);
}
