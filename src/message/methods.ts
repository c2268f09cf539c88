/** What is known of a method (RFC 9110 §9, the HTTP Method Registry). */
interface Method {
  /** It changes nothing (§9.2.1). */
  readonly isSafe: boolean;
  /** Sent twice it means the same as once (§9.2.2). */
  readonly isIdempotent: boolean;
  /** Its requests have a body, so that one without says that it is empty (§8.6). */
  readonly hasContent: boolean;
}

const READ: Method = { isSafe: true, isIdempotent: true, hasContent: false };
const QUERY: Method = { isSafe: true, isIdempotent: true, hasContent: true };
const WRITE: Method = { isSafe: false, isIdempotent: true, hasContent: true };
/** Also of methods that are not registered. */
const ANY: Method = { isSafe: false, isIdempotent: false, hasContent: true };

const METHODS: ReadonlyMap<string, Method> = new Map([
  ['GET', READ],
  ['HEAD', READ],
  ['OPTIONS', READ],
  ['TRACE', READ],
  ['CONNECT', { isSafe: false, isIdempotent: false, hasContent: false }],
  ['DELETE', { isSafe: false, isIdempotent: true, hasContent: false }],
  ['PUT', WRITE],
  ['POST', ANY],
  ['PATCH', ANY],
  // RFC 4918 (WebDAV), RFC 3253, RFC 5323, draft-ietf-httpbis-safe-method-w-body.
  ['PROPFIND', QUERY],
  ['REPORT', QUERY],
  ['SEARCH', QUERY],
  ['QUERY', QUERY],
  ['PROPPATCH', WRITE],
  ['MKCOL', WRITE],
  ['COPY', WRITE],
  ['MOVE', WRITE],
  ['UNLOCK', WRITE],
]);

function known(method: string): Method {
  return METHODS.get(method) ?? ANY;
}

/** Whether a method changes nothing (RFC 9110 §9.2.1). Of one that is not registered that is not known. */
export function isSafe(method: string): boolean {
  return known(method).isSafe;
}

/** Whether a request may be sent once more when it is not known whether the server has seen the first (RFC 9110 §9.2.2). */
export function isIdempotent(method: string): boolean {
  return known(method).isIdempotent;
}

/** Whether a request without a body says `Content-Length: 0` (RFC 9110 §8.6). One that is not registered does, as in Qt. */
export function anticipatesContent(method: string): boolean {
  return known(method).hasContent;
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
