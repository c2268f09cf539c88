import type { Step } from './step.ts';

/**
 * A way to an origin, as data of some kind: who chooses routes opens no connection, and nothing but the dialer knows what a
 * kind means.
 */
export interface Route {
  /** `direct`: a connection of one's own to the origin itself. */
  readonly kind: 'direct';
}

/** In order of preference. */
export type Routes = readonly [Route, ...Route[]];

export const DIRECT_ONLY: Routes = [{ kind: 'direct' }];

/** Another machine that is connected to in place of the origin. */
export interface Hop {
  /** Name or address, IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

/** What a kind of route makes of a dial. */
export interface RouteKind<Data extends { readonly kind: string } = Route> {
  /** Where the first connection goes; null for the origin itself. */
  hop(route: Data): Hop | null;
  /** The steps between that connection and the origin, one or more for each machine on the way. Made for each dial anew. */
  tunnel(route: Data): readonly Step[];
}

/** Kinds by their names. */
export type RouteKinds = ReadonlyMap<string, RouteKind>;

export const ROUTE_KINDS: RouteKinds = new Map([['direct', { hop: () => null, tunnel: () => [] }]]);
