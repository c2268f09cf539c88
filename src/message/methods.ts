// What is known of methods (RFC 9110 §9, the HTTP Method Registry; RFC 4918 (WebDAV), RFC 3253, RFC 5323,
// draft-ietf-httpbis-safe-method-w-body). Of one that is not in a list the contrary is supposed.
const SAFE = ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND', 'REPORT', 'SEARCH', 'QUERY'];
const IDEMPOTENT_WRITES = ['PUT', 'DELETE', 'PROPPATCH', 'MKCOL', 'COPY', 'MOVE', 'UNLOCK'];
const WITHOUT_CONTENT = ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'CONNECT', 'DELETE'];

/** Whether a method changes nothing (RFC 9110 §9.2.1). */
export function isSafe(method: string): boolean {
  return SAFE.includes(method);
}

/** Whether a request may be sent once more when it is not known whether the server has seen the first (RFC 9110 §9.2.2). */
export function isIdempotent(method: string): boolean {
  return isSafe(method) || IDEMPOTENT_WRITES.includes(method);
}

/** Whether a request without a body says `Content-Length: 0` (RFC 9110 §8.6). One that is not registered does, as in Qt. */
export function anticipatesContent(method: string): boolean {
  return !WITHOUT_CONTENT.includes(method);
}

/** GET and HEAD: what is asked for is a representation, which a cache may have. */
export function isRetrieval(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

/**
 * Whether a redirect makes a GET without a body of a request: POST over 301 and 302, and everything but HEAD over 303 (RFC
 * 9110 §15.4.2 to §15.4.4; WHATWG Fetch, HTTP-redirect fetch, step 12). Qt makes a GET of whatever is no HEAD over all
 * three, so that a DELETE that was redirected answers 200 and has deleted nothing: a deviation on purpose.
 */
export function becomesGet(status: number, method: string): boolean {
  if (status === 303) return method !== 'HEAD';
  return method === 'POST' && (status === 301 || status === 302);
}
