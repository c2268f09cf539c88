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

/**
 * The defaults where nothing else is said, or undefined.
 *
 * @throws TypeError for what is no limit: nothing is larger than NaN, and a request that waits for a stream of none waits
 * for ever
 */
export function wireLimits(options: WireLimitOptions): WireLimits {
  const { idleConnectionTimeout, http2Streams, response } = DEFAULT_WIRE_LIMITS;
  const { bareLineFeedAllowed = false } = options;
  if (typeof bareLineFeedAllowed !== 'boolean')
    throw new TypeError(
      `SocketTransport: bareLineFeedAllowed must be true or false, got ${String(bareLineFeedAllowed)}`,
    );
  const names = Object.keys(response) as (keyof ResponseLimits)[];
  return {
    idleConnectionTimeout: checked(
      'idleConnectionTimeout',
      options.idleConnectionTimeout ?? idleConnectionTimeout,
      0,
    ),
    http2Streams: checked('http2Streams', options.http2Streams ?? http2Streams, 1),
    bareLineFeedAllowed,
    response: Object.fromEntries(
      names.map((name) => [name, checked(name, options.responseLimits?.[name] ?? response[name], 0)]),
    ) as Record<keyof ResponseLimits, number>,
  };
}

function checked(name: string, value: unknown, least: number): number {
  if (typeof value === 'number' && value >= least) return value;
  throw new TypeError(`SocketTransport: ${name} must be a number from ${least} up, got ${String(value)}`);
}
