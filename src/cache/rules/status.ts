/** Cacheable without explicit freshness (RFC 9110 §15.1). */
const HEURISTICALLY_CACHEABLE = new Set([200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501]);

/**
 * Never stored here. 304, 412, 416 and 417 answer the fields of one request; 401 and 407 carry challenges whose nonces
 * age; of the last four RFC 6585 forbids it.
 */
const NEVER_STORED = new Set([304, 401, 407, 412, 416, 417, 428, 429, 431, 511]);

/** Statuses whose caching requirements are known here, for `must-understand` (RFC 9111 §5.2.2.3). */
const UNDERSTOOD = new Set([...HEURISTICALLY_CACHEABLE, 302, 303, 307, 400, 403, 500, 502, 503, 504]);

export function isHeuristicallyCacheable(status: number): boolean {
  return HEURISTICALLY_CACHEABLE.has(status);
}

export function isUnderstood(status: number): boolean {
  return UNDERSTOOD.has(status);
}

export function isNeverStored(status: number): boolean {
  return status < 200 || NEVER_STORED.has(status);
}

/** Answers of a server in trouble, for which a stale response may stand in (RFC 5861 §4). */
export function isServerTrouble(status: number): boolean {
  return status === 500 || status === 502 || status === 503 || status === 504;
}

/** Answers that show that a stored response with another status is no longer true. Others leave that open (401, 429, 5xx). */
export function outdatesStored(status: number): boolean {
  return (status < 400 && status !== 304) || status === 404 || status === 410;
}
