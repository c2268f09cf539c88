import { DEFAULT_RESPONSE_LIMITS, type ResponseLimits } from '../../../src/http1/response-limits.ts';

/** How long connections are kept, and how much a peer may make them hold. */
export interface WireLimits {
  /** Milliseconds after which an idle connection is closed; sooner when the server says so (`Keep-Alive`). */
  readonly idleConnectionTimeout: number;
  /** Streams of one HTTP/2 connection at once, if the server lets us have as many. */
  readonly http2Streams: number;
  /** Of a response head and its trailers. HTTP/2 knows `fields`, `headSize` and `informationalResponses` of them. */
  readonly response: ResponseLimits;
}

export const DEFAULT_WIRE_LIMITS: WireLimits = {
  // Qt: ConnectionCacheExpiryTimeoutSeconds.
  idleConnectionTimeout: 120_000,
  http2Streams: 100,
  response: DEFAULT_RESPONSE_LIMITS,
};
