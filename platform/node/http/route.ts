/** A way to an origin, as data: whoever chooses routes opens no connection. */
export interface Route {
  /** `direct`: a connection of one's own to the origin itself. */
  readonly kind: 'direct';
}

/** In order of preference. */
export type Routes = readonly [Route, ...Route[]];

export const DIRECT_ONLY: Routes = [{ kind: 'direct' }];
