import type { KeptConnection } from '../../../src/call/connection-lease.ts';
import type { HttpRequest } from '../../../src/call/request.ts';
import type { Route, Routes } from '../../../src/call/route.ts';
import type { RequestOptions } from '../../../src/options/options.ts';
import { isByHost } from '../../../src/options/tls-material.ts';
import { type Clock, setBackgroundTimeout } from '../../../src/util/clock.ts';
import type { SslError } from '../../../src/util/ssl-error.ts';
import type { Dialer } from '../dial/dialer.ts';
import { endpointOf } from '../dial/endpoint.ts';
import { EndpointPool } from './endpoint-pool.ts';
import { Http1Origins } from './http1-origins.ts';
import type { PoolContext } from './pool-context.ts';
import { SleepWatch } from './sleep-watch.ts';
import type { WireLimits } from './wire-limits.ts';

/** Endpoints with open connections above which those are closed that nobody uses: redirects let peers choose them. */
const MOST_ENDPOINTS = 256;

/** Where an origin's last request went: to know it again is cheaper than to make a key. */
interface Recent {
  readonly options: RequestOptions;
  readonly route: Route;
  readonly identity: string | undefined;
  readonly pool: EndpointPool;
}

/** The connections to all endpoints, and the one timer that closes those which have been idle for too long. */
export class ConnectionPool implements PoolContext {
  readonly dialer: Dialer;
  readonly limits: WireLimits;
  readonly clock: Clock;
  isLetGo = false;
  readonly http1Origins = new Http1Origins();
  readonly #pools = new Map<string, EndpointPool>();
  readonly #recent = new Map<string, Recent>();
  readonly #sleep: SleepWatch;
  #timer: unknown = null;
  #dueAt = Number.POSITIVE_INFINITY;

  constructor(dialer: Dialer, limits: WireLimits, clock: Clock) {
    this.dialer = dialer;
    this.limits = limits;
    this.clock = clock;
    this.#sleep = new SleepWatch(clock);
  }

  /** Number of endpoints that have connections, or are about to. */
  get size(): number {
    return this.#pools.size;
  }

  /**
   * @param ignored errors of certificates that the request accepts
   * @throws NetworkError when the URL names no endpoint
   */
  for(request: HttpRequest, route: Route, ignored: readonly SslError[] = []): EndpointPool {
    if (this.#sleep.hasSlept()) this.doubt('the machine has slept');
    const { options, url } = request;
    const identity = request.plan?.identity;
    const filter = request.parts?.addressFilter ?? null;
    const recent = this.#recent.get(url.origin);
    const isPlain = ignored.length === 0;
    if (
      isPlain &&
      recent?.route === route &&
      recent.identity === identity &&
      recent.pool.endpoint.filter === filter &&
      connectAlike(recent.options, options)
    )
      return recent.pool;
    const endpoint = endpointOf(request, route, ignored);
    const pool = this.#pools.get(endpoint.key) ?? new EndpointPool(endpoint, this);
    this.#pools.set(endpoint.key, pool);
    // A proxy's connections are for all origins, whose names would outlive them here.
    if (isPlain && route.kind !== 'forward') this.#recent.set(url.origin, { options, route, identity, pool });
    if (this.#pools.size > MOST_ENDPOINTS) this.#closeOldest();
    return pool;
  }

  /** The pool of a connection that a lease has kept, when a request may use it by one of the routes. */
  holding(kept: KeptConnection, request: HttpRequest, routes: Routes): EndpointPool | null {
    for (const pool of this.#pools.values()) {
      if (!pool.has(kept)) continue;
      // What its certificates are accepted with was asked in a round before.
      return routes.some((route) => endpointOf(request, route).place === pool.endpoint.place) ? pool : null;
    }
    return null;
  }

  idle(expiresAt: number): void {
    if (expiresAt < this.#dueAt) this.#wakeAt(expiresAt);
  }

  empty(pool: EndpointPool): void {
    const { key, origin } = pool.endpoint;
    this.#pools.delete(key);
    if (this.#recent.get(origin)?.pool === pool) this.#recent.delete(origin);
  }

  reclaim(pool: EndpointPool): EndpointPool {
    const { key } = pool.endpoint;
    const current = this.#pools.get(key) ?? pool;
    this.#pools.set(key, current);
    return current;
  }

  /** Closes everything. What is in flight ends operation-canceled. */
  clear(why: string): void {
    for (const pool of [...this.#pools.values()]) pool.clear(why);
    this.http1Origins.clear();
    this.#wakeAt(Number.POSITIVE_INFINITY);
  }

  /** Closes what carries nothing, and asks the peers of what does whether they are there. */
  doubt(why: string): void {
    for (const pool of [...this.#pools.values()]) pool.doubt(why);
  }

  /** There will be no more requests: closes each connection when it carries nothing. */
  letGo(): void {
    this.isLetGo = true;
    this.doubt('the transport is not used any more');
  }

  #closeOldest(): void {
    for (const pool of this.#pools.values()) {
      if (!pool.isIdle) continue;
      pool.clear('there were too many idle connections');
      return;
    }
  }

  #wakeAt(time: number): void {
    this.clock.clearTimeout(this.#timer);
    this.#dueAt = time;
    if (time === Number.POSITIVE_INFINITY) return;
    const left = Math.max(0, time - this.clock.monotonic());
    this.#timer = setBackgroundTimeout(() => this.#expire(), left, this.clock);
  }

  #expire(): void {
    const now = this.clock.monotonic();
    this.#dueAt = Number.POSITIVE_INFINITY;
    let next = Number.POSITIVE_INFINITY;
    for (const pool of [...this.#pools.values()]) next = Math.min(next, pool.expire(now));
    this.#wakeAt(next);
  }
}

/** Whether two requests of one origin may have the same connections, as far as a glance tells. */
function connectAlike(a: RequestOptions, b: RequestOptions): boolean {
  // A function may say something else by now.
  if (isByHost(a.tls)) return false;
  if (a === b) return true;
  const speakAlike = a.http2Allowed === b.http2Allowed && a.http2Direct === b.http2Direct;
  return speakAlike && a.tls === b.tls && a.certificatePins === b.certificatePins;
}
