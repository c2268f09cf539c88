import type { TransportCapabilities } from '../../../../src/call/capabilities.ts';

/**
 * Electron's `net.request`: Chromium's network, with the cookies, cache, HSTS list, proxies, client certificates and verifier of
 * a session. Redirects are seen hop by hop; their bodies and Set-Cookie lines are not (the session takes those). Field values
 * beyond ASCII are sent where they are UTF-8, and a NTLM or Negotiate handshake is Chromium's own. `Sec-Fetch-*` goes along with
 * every request. Cookies of a `CookieJar` become those of the session by `syncCookies`.
 */
export const electronNetCapabilities: TransportCapabilities = {
  name: 'net (Electron)',
  redirects: true,
  pageOrigin: null,
  setCookieLines: true,
  forbiddenFields: [
    'connection',
    'content-length',
    'cookie',
    'cookie2',
    'expect',
    'host',
    'keep-alive',
    'proxy-*',
    'sec-fetch-*',
    'te',
    'trailer',
    'transfer-encoding',
    'upgrade',
  ],
  // Electron has chunks, but an abort while the peer reads none of them blocks the whole main process.
  requestStreams: 'never',
  errorDetail: true,
  authentication: true,
  preconnect: 'none',
  cutBodies: true,
  platformCache: true,
  // The session's cookies and credentials go along wherever a request goes.
  credentialsMode: true,
};
