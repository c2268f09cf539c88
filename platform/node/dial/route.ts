import { DIRECT, type Route, type Routes } from '../../../src/call/route.ts';
import type { AddressFilter } from '../../../src/options/address-filter.ts';
import { socksStep } from './proxy/socks.ts';
import { tunnelStep } from './proxy/tunnel.ts';
import type { Resolver } from './resolve.ts';
import { proxyTlsStep } from './secure.ts';
import type { Step } from './step.ts';
import type { TlsSessions } from './tls-sessions.ts';

export const DIRECT_ONLY: Routes = [DIRECT];

/** Another machine that is connected to in place of the origin. */
export interface Hop {
  /** Name or address, IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

/** What steps of a tunnel may need of the dialer. */
export interface TunnelMeans {
  readonly resolver: Resolver;
  readonly filters: readonly AddressFilter[];
  /** Sessions of proxies that are spoken to over TLS, beside those of origins. */
  readonly sessions: TlsSessions;
}

/** What a kind of route makes of a dial. */
export interface RouteKind<Data extends { readonly kind: string } = Route> {
  /** Where the first connection goes; null for the origin itself. */
  hop(route: Data): Hop | null;
  /** The steps between that connection and the origin, one or more for each machine on the way. Made for each dial anew. */
  tunnel(route: Data, means: TunnelMeans): readonly Step[];
}

/** Kinds by their names. */
export type RouteKinds = ReadonlyMap<string, RouteKind>;

type Proxied = Exclude<Route, { readonly kind: 'direct' }>;

/** A kind of proxy. HTTP proxies may be spoken to over TLS, of which the steps to the origin see nothing. */
function proxied(tunnel: (route: Proxied, means: TunnelMeans) => readonly Step[]): RouteKind {
  return {
    hop: (route) => (route as Proxied).proxy,
    tunnel: (route, means) => {
      const { proxy } = route as Proxied;
      const toProxy = proxy.tls === null ? [] : [proxyTlsStep(proxy, proxy.tls, means.sessions)];
      return [...toProxy, ...tunnel(route as Proxied, means)];
    },
  };
}

export const ROUTE_KINDS: RouteKinds = new Map<string, RouteKind>([
  ['direct', { hop: () => null, tunnel: () => [] }],
  ['forward', proxied(() => [])],
  ['tunnel', proxied(({ proxy }) => [tunnelStep(proxy)])],
  ['socks', proxied(({ proxy }, means) => [socksStep(proxy, means)])],
]);
