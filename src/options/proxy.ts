import type { HeadersInput } from '../message/headers.ts';
import type { TlsOptions } from './tls-options.ts';

/**
 * Kinds of proxies. `http` carries everything: http in absolute form, the rest through CONNECT. `http-caching` carries http
 * alone. `none` is a connection of one's own. Qt: `QNetworkProxy::ProxyType`.
 */
export type ProxyType = 'none' | 'http' | 'http-caching' | 'socks5' | 'socks4a';

/** What a proxy can do. Qt: `QNetworkProxy::Capability`, those of them that HTTP needs. */
export type ProxyCapability = 'tunneling' | 'caching' | 'host-name-lookup';

/** A proxy, field by field. Qt: QNetworkProxy. */
export interface NetworkProxy {
  /** How it is spoken to; `none` is no proxy at all. */
  readonly type: ProxyType;
  /** Name or address. Has to be there unless the type is `none`. */
  readonly host?: string;
  /** @default 80 for HTTP, 443 where `tls` is set, 1080 for SOCKS */
  readonly port?: number;
  /** Sent to the proxy as Basic (HTTP) or in the handshake (SOCKS). */
  readonly user?: string;
  /** The secret for `user`; never shown in logs or errors. */
  readonly password?: string;
  /**
   * The proxy itself is spoken to over TLS, with this material (`{}`: the platform's trust). It verifies the proxy's name; the
   * `tls` of a request is for the origin. HTTP only.
   */
  readonly tls?: TlsOptions;
  /** Fields for the proxy: of CONNECT, and of requests in absolute form. HTTP only. */
  readonly headers?: HeadersInput;
  /** @default by the type: all for `http`, no tunneling for `http-caching`, no caching for SOCKS */
  readonly capabilities?: readonly ProxyCapability[];
  /** SOCKS5: who resolves names. @default 'proxy' */
  readonly hostNameLookup?: 'proxy' | 'local';
  /**
   * The proxy itself keeps requests away from addresses that they must not reach. Without it a manager with an
   * `addressFilter` refuses to send a name to a proxy that resolves names. @default false
   */
  readonly guards?: boolean;
}

/**
 * What stands for a proxy: its fields, its URL (`http://user:password@host:3128`, `https:`, `socks5:`, `socks5h:`,
 * `socks4a:`), a list as PAC files give them (`PROXY a:8080; DIRECT`), or a word: `none`; `default`, what
 * `NetworkAccessManager.applicationProxy` says; `environment`, the variables `http_proxy`, `https_proxy`, `all_proxy` and
 * `no_proxy`; `system`, the settings of macOS, Windows, GNOME (and desktops like it) or KDE, read anew every five seconds.
 * What of them cannot be read is told by `explainProxy`, and the environment is asked instead.
 */
export type ProxyInput = string | NetworkProxy;

/** What a proxy is to be chosen for. Qt: QNetworkProxyQuery. */
export interface ProxyQuery {
  /** Without userinfo and fragment. */
  readonly url: string;
  /** IPv6 without brackets. */
  readonly peerHost: string;
  /** The port of the server, that of its scheme where the URL has none. */
  readonly peerPort: number;
  /** Whether the request would be encrypted. */
  readonly scheme: 'http' | 'https';
  /** The protocol that is spoken with the peer: the scheme. */
  readonly protocolTag: string;
  /** Those of the request. */
  readonly attributes: ReadonlyMap<string | symbol, unknown>;
}

/**
 * Chooses for each request, each redirect and each upgrade anew: one proxy, several in the order in which to try them, or a
 * promise. Nothing at all, an empty list and an error end the request with proxy-not-found: it never goes out directly
 * unless `none` says so. Qt: QNetworkProxyFactory.
 */
export type ProxyFactory = (
  query: ProxyQuery,
) => ProxyInput | readonly ProxyInput[] | Promise<ProxyInput | readonly ProxyInput[]>;

/** A proxy as it may be shown: without credentials. */
export interface ShownProxy {
  /** How it is spoken to; `none` for a direct connection. */
  readonly type: ProxyType;
  /** Name or address; null for a direct connection. */
  readonly host: string | null;
  /** Where it listens; null for a direct connection. */
  readonly port: number | null;
  /** What is said to the proxy itself goes over TLS (`https://proxy…`, `tls`). */
  readonly isEncrypted: boolean;
  /** It has failed, and is asked last for a while. */
  readonly isAvoided: boolean;
}

/** Why a request would go the way that it goes. */
export interface ProxyExplanation {
  /** Where it would go first; null when there is no proxy that can carry it. */
  readonly chosen: ShownProxy | null;
  /** All in the order in which they would be tried. */
  readonly tried: readonly ShownProxy[];
  /** What has decided: `no_proxy: .corp.example matches`, `environment: https_proxy`, `factory`, `proxy of the manager`. */
  readonly rule: string;
}
