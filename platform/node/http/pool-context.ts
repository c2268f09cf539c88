import type { Clock } from '../../../src/util/clock.ts';
import type { Dialer } from '../dial/dialer.ts';
import type { EndpointPool } from './endpoint-pool.ts';
import type { Http1Origins } from './http1-origins.ts';
import type { WireLimits } from './wire-limits.ts';

/** What all endpoints share. */
export interface PoolContext {
  readonly dialer: Dialer;
  readonly limits: WireLimits;
  readonly clock: Clock;
  /** The transport was dropped without `close()`: no connection is kept for another request. */
  readonly isLetGo: boolean;
  /** A connection is idle, to be closed at `expiresAt` (epoch ms). */
  idle(expiresAt: number): void;
  /** A peer that speaks HTTP/2 wants to be asked over HTTP/1.1 only. */
  readonly http1Origins: Http1Origins;
  /** The endpoint has no connection (any more): its pool may be forgotten. */
  empty(pool: EndpointPool): void;
  /** The pool that requests to the endpoint use now: the same, or another if it was forgotten. */
  reclaim(pool: EndpointPool): EndpointPool;
}
