import type { ProxyExplanation, ProxyType } from '../options/proxy.ts';
import type { TlsOptions } from '../options/tls-options.ts';
import type { AuthenticationSettings } from './authentication.ts';
import type { Call } from './call.ts';
import type { ManagerSettings } from './parts.ts';
import type { HttpRequest } from './request.ts';
import type { Stage } from './stage.ts';

/** A proxy that a request may go through, judged and completed. */
export interface ProxyServer {
  /** How it is spoken to. */
  readonly type: Exclude<ProxyType, 'none'>;
  /** Name or address, IPv6 without brackets. */
  readonly host: string;
  /** Where it listens, the default of its type filled in. */
  readonly port: number;
  /** Empty for none. */
  readonly user: string;
  /** The secret for `user`; empty for none. */
  readonly password: string;
  /** Null where it is spoken to in cleartext. */
  readonly tls: TlsOptions | null;
  /** Fields for it, flat, names in lower case. */
  readonly fields: readonly string[];
  /** Connections to origins lead through it, as TLS needs them. */
  readonly canTunnel: boolean;
  /** It takes requests with a whole URL and answers them itself. */
  readonly canForward: boolean;
  /** It resolves the names of origins. */
  readonly resolves: boolean;
  /** It keeps requests away from addresses that they must not reach, so that an address filter may leave that to it. */
  readonly guards: boolean;
}

/** The proxy is asked for each resource by its absolute URL (RFC 9112 §3.2.2). */
export interface ForwardRoute {
  readonly kind: 'forward';
  /** Which one carries the request. */
  readonly proxy: ProxyServer;
}

/**
 * A way to an origin, as data: who chooses routes opens no connection, and nothing but the dialer knows what a kind means.
 * `direct`: a connection of one's own. `tunnel`: CONNECT (RFC 9110 §9.3.6). `socks`: SOCKS5 (RFC 1928) or SOCKS4a.
 */
export type Route =
  | { readonly kind: 'direct' }
  | ForwardRoute
  | {
      readonly kind: 'tunnel' | 'socks';
      /** The server that the connection leads through. */
      readonly proxy: ProxyServer;
    };

/** In order of preference. */
export type Routes = readonly [Route, ...Route[]];

export const DIRECT: Route = { kind: 'direct' };

/** The ways that were chosen for one request. */
export interface RoutePlan {
  /** What is tried one after the other until one stands. */
  readonly routes: Routes;
  /** What the request counts as a connection of, where that is not its origin: a proxy that carries requests to all. */
  readonly lane: string | null;
  /** By whom its proxies are told who asks: tunnels are shared by none but equals. Empty where nothing answers them. */
  readonly identity: string;
  /** The way of the connection that was opened, or found open, last; the first before that. */
  readonly used: Route;
  /** What a proxy that is asked by absolute URLs is told of us. Undefined: what its URL says, null: nothing. */
  authorizationFor(proxy: ProxyServer): string | null | undefined;
  /** Told by the transport what became of a connection to a proxy. */
  report(route: Route, hasFailed: boolean): void;
}

/** What the manager says of proxies, beside the option `proxy` of each request. */
export type ProxySettings = Pick<
  ManagerSettings,
  'proxyFactory' | 'proxyRetryDelay' | 'schemes' | 'authentication' | keyof AuthenticationSettings
>;

/** Gives each hop its ways, and answers the proxies on them. */
export interface ProxyRouting extends Stage {
  /** The ways alone, for a connection that is opened ahead. */
  outgoing(request: HttpRequest, call: Call): HttpRequest | Promise<HttpRequest>;
}

/** Chooses the ways of a manager's requests. */
export interface ProxyPart {
  /** Under the settings that hold now. */
  under(settings: ProxySettings): ProxyRouting;
  /** What it would choose, and why: for the URL that is sent to, another one for a host that is known to want TLS (HSTS). */
  explain(request: HttpRequest, settings: ManagerSettings): Promise<ProxyExplanation>;
  /** The manager is closed: ends what runs to choose. */
  close(): void;
}
