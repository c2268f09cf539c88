import type { ProxyServer, Route, RoutePlan, Routes } from '../call/route.ts';
import type { Clock } from '../util/clock.ts';
import type { DeadProxies } from './dead-proxies.ts';
import { publicKey } from './proxy-server.ts';

/** The ways of one request, which tells the memory of dead proxies what becomes of them. */
export class Plan implements RoutePlan {
  readonly routes: Routes;
  readonly #dead: DeadProxies;
  readonly #clock: Clock;
  readonly #retryDelay: number;

  constructor(routes: Routes, dead: DeadProxies, clock: Clock, retryDelay: number) {
    this.routes = routes;
    this.#dead = dead;
    this.#clock = clock;
    this.#retryDelay = retryDelay;
  }

  get lane(): string | null {
    const [first] = this.routes;
    return first.kind === 'forward' ? publicKey(first.proxy) : null;
  }

  report(route: Route, hasFailed: boolean): void {
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
