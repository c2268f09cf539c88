import { type Check, type Checks, checkOptions, OBJECT, TRUTH } from '../../../src/checks/checker.ts';
import { DEFAULT_RESPONSE_LIMITS, type ResponseLimits } from '../../../src/http1/response-limits.ts';

/** How long connections are kept, and how much a peer may make them hold. */
export interface WireLimits {
  /** Milliseconds after which an idle connection is closed; sooner when the server says so (`Keep-Alive`). */
  readonly idleConnectionTimeout: number;
  /** Streams of one HTTP/2 connection at once, if the server lets us have as many. */
  readonly http2Streams: number;
  /** Of a response head and its trailers. HTTP/2 knows `fields`, `headSize` and `informationalResponses` of them. */
  readonly response: ResponseLimits;
  /** A line of HTTP/1.1 may end in LF alone. */
  readonly bareLineFeedAllowed: boolean;
}

export const DEFAULT_WIRE_LIMITS: WireLimits = {
  // Qt: ConnectionCacheExpiryTimeoutSeconds.
  idleConnectionTimeout: 120_000,
  http2Streams: 100,
  response: DEFAULT_RESPONSE_LIMITS,
  bareLineFeedAllowed: false,
};

export interface WireLimitOptions {
  /** Milliseconds after which an idle connection is closed; sooner when the server says so (`Keep-Alive`). @default 120 000 */
  readonly idleConnectionTimeout?: number;
  /** Requests at once on one HTTP/2 connection, if the server lets us have as many. @default 100 */
  readonly http2Streams?: number;
  /** What a peer may make us hold of a response head. @default see {@link ResponseLimits} */
  readonly responseLimits?: Partial<ResponseLimits>;
  /**
   * Takes responses of HTTP/1.1 whose lines end in LF without CR (RFC 9112 §2.2 leaves that to the recipient): for devices
   * and scripts that write no better. Not behind proxies that might read the same bytes in another way. @default false
   */
  readonly bareLineFeedAllowed?: boolean;
}

/** Nothing is larger than NaN, and a request that waits for a stream of none waits for ever. */
function limit(least: number): Check {
  return {
    expected: `a number from ${least} up`,
    accepts: (value) => typeof value === 'number' && value >= least,
  };
}

export const WIRE_LIMIT_CHECKS: Checks<WireLimitOptions> = {
  idleConnectionTimeout: limit(0),
  http2Streams: limit(1),
  bareLineFeedAllowed: TRUTH,
  responseLimits: OBJECT,
};

const RESPONSE_CHECKS = Object.fromEntries(
  Object.keys(DEFAULT_RESPONSE_LIMITS).map((name) => [name, limit(0)]),
) as unknown as Checks<ResponseLimits>;

/**
 * The defaults where nothing else is said.
 * @param options as they were checked
 * @throws TypeError for what is no limit of a response
 */
export function wireLimits({ responseLimits, ...limits }: WireLimitOptions): WireLimits {
  const { idleConnectionTimeout, http2Streams, response } = DEFAULT_WIRE_LIMITS;
  const ofResponse = checkOptions(
    'SocketTransport',
    responseLimits as ResponseLimits | undefined,
    RESPONSE_CHECKS,
    'responseLimits.',
  );
  return {
    idleConnectionTimeout: limits.idleConnectionTimeout ?? idleConnectionTimeout,
    http2Streams: limits.http2Streams ?? http2Streams,
    bareLineFeedAllowed: limits.bareLineFeedAllowed ?? false,
    response: { ...response, ...ofResponse },
  };
}
