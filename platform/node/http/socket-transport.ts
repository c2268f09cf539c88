import type { LookupFunction } from 'node:net';
import type { Call } from '../../../src/call/call.ts';
import type { ConnectionLease } from '../../../src/call/connection-lease.ts';
import type { HttpRequest } from '../../../src/call/request.ts';
import type { HttpResponse } from '../../../src/call/response.ts';
import type { Routes } from '../../../src/call/route.ts';
import type { ConnectTarget, Transport } from '../../../src/call/transport.ts';
import { type Checks, CLOCK, checkOptions, FUNCTION } from '../../../src/checks/checker.ts';
import { NetworkError } from '../../../src/error.ts';
import type { AddressFilter } from '../../../src/options/address-filter.ts';
import { type Clock, systemClock } from '../../../src/util/clock.ts';
import { openFields } from '../../../src/util/redaction.ts';
import type { SslError } from '../../../src/util/ssl-error.ts';
import { restartPhases } from '../connection-phases.ts';
import { CONNECT_TIMEOUT_CHECK } from '../dial/dial-time.ts';
import { Dialer } from '../dial/dialer.ts';
import { guardRoutes } from '../dial/guard.ts';
import { failureOfAll, isDead, isPassedOver } from '../dial/proxy/fall-through.ts';
import { DIRECT_ONLY, type RouteKinds } from '../dial/route.ts';
import { givenUp } from '../errors.ts';
import { socketCapabilities } from '../http-module-transport/capabilities.ts';
import { acceptingErrors } from './accept-errors.ts';
import { ConnectionPool } from './connection-pool.ts';
import type { EndpointPool } from './endpoint-pool.ts';
import type { Http1Connection } from './http1-connection.ts';
import type { Http2Connection } from './http2-connection.ts';
import { WIRE_LIMIT_CHECKS, type WireLimitOptions, wireLimits } from './wire-limits.ts';

/** How a {@link SocketTransport} finds addresses, keeps connections and bounds what peers send. */
export interface SocketTransportOptions extends WireLimitOptions {
  /** Resolves host names in place of `dns.lookup`; asked for all addresses (`all: true`). */
  readonly lookup?: LookupFunction;
  /**
   * Ways to the origin of a request, in order: the next one is tried when a connection cannot be opened, and never after
   * a byte of the request was sent. @default a direct connection
   */
  readonly routes?: (request: HttpRequest) => Routes;
  /**
   * Milliseconds for opening a connection: name, connection and TLS together, without the time that listeners of `encrypted`
   * take. `Infinity` for no bound but the system's. @default 30 000
   */
  readonly connectTimeout?: number;
  /** Which addresses may be connected to, whatever manager a request comes from; see the manager's option. @default all */
  readonly addressFilter?: AddressFilter;
  /** Time for idle connections. @default the system's */
  readonly clock?: Clock;
}

const CHECKS: Checks<SocketTransportOptions> = {
  ...WIRE_LIMIT_CHECKS,
  lookup: FUNCTION,
  routes: FUNCTION,
  connectTimeout: CONNECT_TIMEOUT_CHECK,
  addressFilter: FUNCTION,
  clock: CLOCK,
};

/** Sockets keep their pool alive, and nothing keeps the transport: when that is collected, nobody can send over them. */
const dropped = new FinalizationRegistry<ConnectionPool>((pool) => pool.letGo());

/**
 * HTTP/1.1 and HTTP/2 over sockets of one's own: `http:`, `https:`, and `unix+http:`, whose host part names a local
 * socket or, on Windows, a pipe.
 *
 * Certificates are always verified: `NODE_TLS_REJECT_UNAUTHORIZED` has no say. Idle connections never keep the process
 * alive.
 */
export class SocketTransport implements Transport {
  readonly capabilities = socketCapabilities;
  readonly #pool: ConnectionPool;
  readonly #routesFor: (request: HttpRequest) => Routes;
  readonly #addressFilter: AddressFilter | undefined;
  #isClosed = false;

  /**
   * @param routeKinds what the kinds of routes are, @internal
   * @throws TypeError for a misspelt option, or a limit that is none
   */
  constructor(options: SocketTransportOptions = {}, routeKinds?: RouteKinds) {
    const checked = checkOptions('SocketTransport', options, CHECKS);
    const { lookup, routes = () => DIRECT_ONLY, clock = systemClock } = checked;
    const { connectTimeout, addressFilter } = checked;
    const dialer = new Dialer({ lookup, connectTimeout, addressFilter, routeKinds });
    this.#pool = new ConnectionPool(dialer, wireLimits(checked), clock);
    this.#routesFor = routes;
    this.#addressFilter = addressFilter;
    dropped.register(this, this.#pool);
  }

  send(request: HttpRequest, call: Call): Promise<HttpResponse> {
    try {
      this.#begin(request, call);
      if (call.lease !== null && !call.lease.isOver) return this.#sendRound(request, call, call.lease);
      const routes = this.#waysOf(request, call);
      const pool = this.#pool.for(request, routes[0]);
      const { busySession } = pool;
      if (busySession !== null) return busySession.send(request, call, 0);
      const idle = pool.takeIdle();
      return idle === null
        ? this.#sendOverFree(request, call, routes)
        : this.#sendOverIdle(pool, idle, request, call, routes);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async connect({ request }: ConnectTarget, call: Call): Promise<void> {
    this.#begin(request, call);
    const { href } = request.url;
    await this.#byRoutes(request, call, this.#waysOf(request, call), (pool) => pool.openAhead(call, href));
  }

  clearConnections(): void {
    this.#pool.clear('connections were cleared');
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#pool.clear('the transport was closed');
  }

  #begin({ url }: HttpRequest, call: Call): void {
    call.throwIfCancelled();
    if (this.#isClosed) throw givenUp(url.href, 'the transport is closed');
    restartPhases(call.timings);
  }

  /** The common case of what follows, without its promises; not async, which makes one more and what goes on behind it. */
  #sendOverIdle(
    pool: EndpointPool,
    idle: Http1Connection | Http2Connection,
    request: HttpRequest,
    call: Call,
    routes: Routes,
  ): Promise<HttpResponse> {
    const { clearings } = pool;
    return pool.rest(idle).then(() => {
      if (!pool.mayUse(idle, call, request.url.href, clearings))
        return this.#sendOverFree(request, call, routes);
      // In a round before, another way may have been used.
      request.plan?.report(routes[0], false);
      return idle.send(request, call, 0);
    });
  }

  /** Sends it over a connection that carries nothing else. */
  async #sendOverFree(request: HttpRequest, call: Call, routes: Routes): Promise<HttpResponse> {
    const { href } = request.url;
    const connection = await this.#byRoutes(request, call, routes, (pool) => pool.connection(call, href));
    return connection.send(request, call, 0);
  }

  /** Sends it over the connection of the round before, or a free one of HTTP/1.1, the first time. */
  async #sendRound(given: HttpRequest, call: Call, lease: ConnectionLease): Promise<HttpResponse> {
    const { options, url } = given;
    const request = { ...given, options: { ...options, http2Allowed: false, http2Direct: false } };
    const routes = this.#waysOf(request, call);
    const kept = lease.takeConnection();
    if (kept === null) return this.#sendOverFree(request, call, routes);
    const pool = this.#pool.holding(kept, request, routes);
    if (pool?.has(kept)) {
      const { clearings } = pool;
      await pool.rest(kept);
      // Its peer is in the middle of something.
      if (call.cancelled !== null) kept.clear('the request was given up');
      if (pool.mayUse(kept, call, url.href, clearings)) return kept.send(request, call);
    }
    if (kept.isUsable) kept.clear('its lease went elsewhere');
    const message = 'the server closed the connection between two rounds of a handshake';
    throw new NetworkError('remote-host-closed', message, { url: url.href });
  }

  /** What the first route on which `attempt` succeeds gives, over a certificate that is right, or accepted. */
  #byRoutes<Outcome>(
    request: HttpRequest,
    call: Call,
    routes: Routes,
    attempt: (pool: EndpointPool) => Promise<Outcome>,
  ): Promise<Outcome> {
    return acceptingErrors(request, call, (ignored) =>
      this.#byRoutesIgnoring(request, call, routes, ignored, attempt),
    );
  }

  async #byRoutesIgnoring<Outcome>(
    request: HttpRequest,
    call: Call,
    routes: Routes,
    ignored: readonly SslError[],
    attempt: (pool: EndpointPool) => Promise<Outcome>,
  ): Promise<Outcome> {
    const failures: NetworkError[] = [];
    for (const route of routes) {
      try {
        const outcome = await attempt(this.#pool.for(request, route, ignored));
        request.plan?.report(route, false);
        return outcome;
      } catch (error) {
        if (!(error instanceof NetworkError)) throw error;
        failures.push(shownTo(request, error));
        if (call.cancelled !== null || !isPassedOver(error)) break;
        if (isDead(error)) request.plan?.report(route, true);
      }
    }
    throw failureOfAll(failures);
  }

  /**
   * The ways that were chosen for the request, or else the transport's own.
   * @throws NetworkError where a filter of addresses cannot be kept on one of them
   */
  #waysOf(request: HttpRequest, call: Call): Routes {
    const routes = request.plan?.routes ?? this.#routesFor(request);
    const addressFilter = request.parts?.addressFilter;
    if (addressFilter != null || this.#addressFilter !== undefined) {
      const filters = [this.#addressFilter, addressFilter].filter((filter) => filter != null);
      guardRoutes(routes, filters, request, call);
    }
    return routes;
  }
}

/** As a request may show it: what a proxy has answered a dial is told to all that waited for it, whatever they keep secret. */
function shownTo({ options: { secretHeaders } }: HttpRequest, error: NetworkError): NetworkError {
  const { code, message, headers, cause } = error;
  if (headers === undefined || secretHeaders.length === 0) return error;
  return new NetworkError(code, message, { ...error, headers: openFields(headers, secretHeaders), cause });
}
