import {
  DIRECT,
  type ForwardRoute,
  type ProxyServer,
  type Route,
  type RoutePlan,
  type Routes,
} from '../call/route.ts';
import type { Clock } from '../util/clock.ts';
import type { DeadProxies } from './dead-proxies.ts';
import { publicKey } from './proxy-server.ts';

/** What is to be carried. */
interface Carried {
  /** Nobody on the way may see it: https, and HTTP/2, which no proxy forwards. */
  readonly needsTunnel: boolean;
}

/** Which way a proxy carries a request: null for one that cannot. Equal for equal ways, so that a pool knows them again. */
export function routeThrough(proxy: ProxyServer | null, { needsTunnel }: Carried): Route | null {
  if (proxy === null) return DIRECT;
  const routes = routesOf(proxy);
  if (!proxy.type.startsWith('http')) return proxy.canTunnel ? routes.socks : null;
  if (!needsTunnel && proxy.canForward) return routes.forward;
  return proxy.canTunnel ? routes.tunnel : null;
}

type ProxyRoutes = { readonly [Kind in 'forward' | 'tunnel' | 'socks']: Route };

const known = new WeakMap<ProxyServer, ProxyRoutes>();

function routesOf(proxy: ProxyServer): ProxyRoutes {
  let routes = known.get(proxy);
  if (routes === undefined) {
    routes = {
      forward: { kind: 'forward', proxy },
      tunnel: { kind: 'tunnel', proxy },
      socks: { kind: 'socks', proxy },
    };
    known.set(proxy, routes);
  }
  return routes;
}

/** What one proxy is told of us, null for nothing. */
interface ProxyAuthorization {
  readonly proxy: ProxyServer;
  readonly value: string | null;
}

/** The proxy of a route that asks it by absolute URLs. */
export function forwarderOf(route: Route): ForwardRoute['proxy'] | null {
  return route.kind === 'forward' ? route.proxy : null;
}

/** The ways of one request, which tells the memory of dead proxies what becomes of them. */
export class Plan implements RoutePlan {
  readonly routes: Routes;
  readonly identity: string;
  readonly #dead: DeadProxies;
  readonly #clock: Clock;
  readonly #retryDelay: number;
  #authorization: ProxyAuthorization | undefined;
  used: Route;

  constructor(routes: Routes, dead: DeadProxies, clock: Clock, retryDelay: number, identity: string) {
    this.identity = identity;
    this.routes = routes;
    [this.used] = routes;
    this.#dead = dead;
    this.#clock = clock;
    this.#retryDelay = retryDelay;
  }

  get lane(): string | null {
    const [first] = this.routes;
    return first.kind === 'forward' ? publicKey(first.proxy) : null;
  }

  authorizationFor(proxy: ProxyServer): string | null | undefined {
    const given = this.#authorization;
    if (given === undefined) return undefined;
    return given.value !== null && publicKey(given.proxy) === publicKey(proxy) ? given.value : null;
  }

  /** From now on that proxy is told this, and no other one anything. */
  authorize(authorization: ProxyAuthorization): void {
    this.#authorization = authorization;
  }

  report(route: Route, hasFailed: boolean): void {
    if (!hasFailed) this.used = route;
    const key = keyOf(proxyOf(route));
    if (key === null) return;
    if (hasFailed) this.#dead.failed(key, this.#clock.monotonic(), this.#retryDelay);
    else this.#dead.worked(key);
  }
}

export function proxyOf(route: Route): ProxyServer | null {
  return route.kind === 'direct' ? null : route.proxy;
}

/** What a proxy is remembered by; null for a direct connection, which is never dead. */
export function keyOf(proxy: ProxyServer | null): string | null {
  return proxy === null ? null : publicKey(proxy);
}
