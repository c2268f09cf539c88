import type { SchemeHandler } from '../call/scheme-handler.ts';
import type { SecurityPart } from '../call/security-part.ts';
import type { StageSource } from '../call/stage.ts';
import type { Transport } from '../call/transport.ts';
import type { CookieJarLike } from '../message/cookie-jar-like.ts';
import type { FetchWords } from '../message/fetch-words.ts';
import type { HeadersInput, HttpHeaders } from '../message/headers.ts';
import type { Clock } from '../util/clock.ts';

/** How redirects are followed. Qt: `QNetworkRequest::RedirectPolicy`. */
export type RedirectPolicy = 'manual' | 'no-less-safe' | 'same-origin' | 'user-verified';
/**
 * Where a reply may come from: `always-network` from the network alone, `prefer-network` from the cache only while that
 * is fresh or once the server has confirmed it, `prefer-cache` from the cache even when that is stale, `always-cache`
 * from the cache alone (content-not-found otherwise). Qt: `QNetworkRequest::CacheLoadControl`.
 */
export type CacheLoadControl = 'always-network' | 'prefer-network' | 'prefer-cache' | 'always-cache';
/** `automatic`: the manager takes care of it; `manual`: it does not. Qt: `QNetworkRequest::LoadControl`. */
export type LoadControl = 'automatic' | 'manual';
/** Place in the queue of a host. Qt: `QNetworkRequest::Priority`; low really is lower than normal here. */
export type Priority = 'high' | 'normal' | 'low';

/** TLS material in Node's own words. Only where the transport has the `tls` capability. */
export interface TlsOptions {
  /** Trusted certificate authorities, PEM; replaces the platform's list. */
  readonly ca?: string | Uint8Array | readonly (string | Uint8Array)[];
  /** Client certificate chain, PEM. */
  readonly cert?: string | Uint8Array;
  /** Private key of `cert`, PEM. */
  readonly key?: string | Uint8Array;
  readonly passphrase?: string;
  /** Name to verify and to send as SNI instead of the URL's host. Qt: `peerVerifyName`. */
  readonly servername?: string;
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3';
  readonly maxVersion?: 'TLSv1.2' | 'TLSv1.3';
  readonly ciphers?: string;
}

/** What can be set on the manager for all later requests and on one request for itself; the request wins. */
export interface SharedOptions {
  /**
   * Milliseconds without a byte moving, in either direction, after which the request ends with `timeout`. The time in
   * the queue, an open question and a reader that stopped reading do not count. 0 = never, also on a request. Holds for
   * http and https; as in Qt, other schemes take the time that they need.
   * @default 0; {@link DEFAULT_TRANSFER_TIMEOUT} is what Qt suggests
   */
  readonly transferTimeout: number;
  /**
   * One turn after the `finished` listeners of a reply have run, drop its listeners and its unread bytes; later reads
   * are an error. Qt: deleteLater. @default false
   */
  readonly autoDeleteReplies: boolean;
  /**
   * Which redirects are followed: `manual` none, the 3xx is the answer; `no-less-safe` all but those from TLS to none;
   * `same-origin` those that keep scheme, host and port (a default port is no port); `user-verified` those that a listener
   * of `redirected` allows. The others end with insecure-redirect, or operation-canceled.
   *
   * In a page, which does not see redirects, `manual` and `user-verified` are refused, and `same-origin` for any origin but
   * the page's own; there a redirect that leaves it is unknown-network.
   * @default 'no-less-safe'
   */
  readonly redirectPolicy: RedirectPolicy;
  /**
   * Redirects that are followed before too-many-redirects. In a page the browser allows 20: with 0 a redirect ends with
   * unknown-network, and 1 to 19 are refused.
   * @default 50
   */
  readonly maximumRedirectsAllowed: number;
  /** Names of fields that never follow a redirect to another origin, whatever they are. @default [] */
  readonly secretHeaders: readonly string[];
  /**
   * Origins (`https://host[:port]`) to which all fields may follow a redirect, and so may the client certificate and
   * `servername` in `tls`. Other origins get only fields that are known to be harmless, and `tls` without `cert`,
   * `key`, `passphrase` and `servername`.
   * @default []
   */
  readonly trustedRedirectOrigins: readonly string[];
  /** TLS material, or null for the platform's own. @default null */
  readonly tls: TlsOptions | null;
  /** HTTP/2 may be negotiated. @default true */
  readonly http2Allowed: boolean;
  /** HTTP/2 without negotiation (prior knowledge). Qt: `Http2Direct`. @default false */
  readonly http2Direct: boolean;
  /** The body helpers (`text()`, `json()` …) reject on a status of 400 and above. @default true */
  readonly throwHttpErrors: boolean;
  /** Decoded bytes above which a suspicious ratio counts as a decompression bomb; −1 = off, 0 = always. @default 10 MiB */
  readonly decompressedSafetyCheckThreshold: number;
  /**
   * Most bytes of a response body, decoded; one that is larger ends the request with unknown-content. Null: no limit for
   * a body that is read as it arrives, 256 MiB for one that is collected (`text()` and its like) or waits unread, for
   * which `Infinity` means no limit. The body of an error status with which a helper rejects is read to its 64th KiB.
   * @default null
   */
  readonly maximumBodySize: number | null;
  /** In a page: cookies and credentials go to other origins too. Qt (WebAssembly): `UseCredentials`. @default false */
  readonly useCredentials: boolean;
  /** Most bytes of an upload that are collected in memory where the platform cannot stream it. @default 64 MiB */
  readonly maximumCollectedUpload: number;
}

/** What belongs to one request. */
export interface RequestOnlyOptions {
  /** The place among the requests that wait for a slot of the same host. @default 'normal' */
  readonly priority: Priority;
  /** Unread bytes at which reading from the network stops; 0 = unlimited. @default 0 */
  readonly readBufferSize: number;
  /** Whether the reply may come from the cache, see {@link CacheLoadControl}. @default 'prefer-network' */
  readonly cacheLoadControl: CacheLoadControl;
  /** Whether the response may be stored in the cache. @default true */
  readonly cacheSaveControl: boolean;
  /** `manual`: no cookies are attached. @default 'automatic' */
  readonly cookieLoadControl: LoadControl;
  /** `manual`: no cookies are taken from the reply. @default 'automatic' */
  readonly cookieSaveControl: LoadControl;
  /** `manual`: no stored credentials are sent. @default 'automatic' */
  readonly authenticationReuse: LoadControl;
  /** Every uploadProgress instead of one each 100 ms. @default false */
  readonly emitAllUploadProgressSignals: boolean;
  /** `'half'`: stream the body where the platform can (HTTP/2 in Chromium), see `requestStreams`. @default null */
  readonly duplex: 'half' | null;
  /** Aborts the request. @default null */
  readonly signal: AbortSignal | null;
  /** Values of the application that travel with the request untouched. Qt: user attributes. @default empty */
  readonly attributes: ReadonlyMap<string | symbol, unknown>;
  /**
   * The words of WHATWG Fetch under which the request is made, where it is a fetch: it then follows the contract of fetch
   * where that differs from Qt's (redirects, `data:`, default fields), and a page's fetch is told the words. Set by
   * `manager.fetch`. null: a request of Qt's API. @default null
   */
  readonly fetch: FetchWords | null;
  /** Site (`https://example.com`) on whose behalf the request is made, for SameSite and partitioned cookies; null = the target's own. @default null */
  readonly siteForCookies: string | null;
}

/** What belongs to the manager. */
export interface ManagerOnlyOptions {
  /** Requests in flight for one host and port over HTTP/1. 1 to 255. Qt: `QHttp1Configuration`. @default 6 */
  readonly connectionsPerHost: number;
  /** Requests in flight for all hosts together. @default Infinity */
  readonly maximumConnections: number;
  /** The default User-Agent field; empty = none. @default 'fairlead/VERSION' on Node */
  readonly userAgent: string;
  /** Qt: `setProxy`. None can be set in this version; the place is kept for it. @default null */
  readonly proxy: null;
  /**
   * Fields that every request has unless it brings its own. They cannot be changed in place, because requests share
   * them: assign new ones.
   */
  readonly headers: HttpHeaders;
  /**
   * Handlers of further schemes by name without colon. One for a scheme that is known (`unix+http`, `file`, even `https`)
   * takes that over: its requests, and redirects to it, come to the handler and to nothing else.
   */
  readonly schemes: ReadonlyMap<string, SchemeHandler>;
  /**
   * Schemes that `fetch` may open beside http, https, data, blob and those of `schemes`: `['file']`, `['unix+http']`. A
   * library that is given `manager.fetch` counts on the reach of fetch, and passes on URLs that others have written.
   * @default []
   */
  readonly fetchSchemes: readonly string[];
  /**
   * The schemes that requests may have, redirects and `fetch` included; all others end with protocol-unknown. null = every
   * scheme that has a handler. @default null
   */
  readonly allowedSchemes: readonly string[] | null;
  /** The transport to use in place of the platform's. @default null */
  readonly transport: Transport | null;
  /**
   * Time for its requests, its own cookie jar, HSTS hosts and connections: for tests, and for who simulates. Parts that are
   * given have a `clock` of their own. null: the system's. @default null
   */
  readonly clock: Clock | null;
  /** The cookie jar, or null for none. @default an empty CookieJar where the platform shows cookies */
  readonly cookieJar: CookieJarLike | null;
  /** The HTTP cache, or null for none. @default null */
  readonly cache: StageSource | null;
  /** Send requests for known HSTS hosts over https, and take note of the hosts that ask for it. @default false */
  readonly strictTransportSecurityEnabled: boolean;
  /**
   * Top-level domains (A-labels, without a dot) all of whose hosts count as known HSTS hosts:
   * `PRELOADED_TOP_LEVEL_DOMAINS`, or your own choice. In a page it needs a `strictTransportSecurity`; the browser has
   * such a list of its own.
   * @default []
   */
  readonly preloadedTopLevelDomains: readonly string[];
  /**
   * What knows the HSTS hosts: a `new StrictTransportSecurity()`. In a page it works in addition to what the browser
   * knows.
   * @default one of the manager's own on Node, null in a page
   */
  readonly strictTransportSecurity: SecurityPart | null;
}

/**
 * All options of a request with every default filled in. There is one such object for each configuration: requests that
 * set nothing share it.
 */
export type RequestOptions = Readonly<SharedOptions & RequestOnlyOptions & ManagerOnlyOptions>;

/**
 * What one request has said itself, as plain data: a structured clone of it is the same value. The signal and the attributes
 * are the application's own objects, and stay where they are.
 */
export type OwnOptions = Readonly<Partial<SharedOptions & Omit<RequestOnlyOptions, 'signal' | 'attributes'>>>;

/** `undefined` counts as not set. */
type Settable<Options> = { readonly [Name in keyof Options]?: Options[Name] | undefined };

/** What the constructor of a manager takes. */
export type ManagerOptions = Settable<SharedOptions & Omit<ManagerOnlyOptions, 'headers' | 'schemes'>> & {
  /** Fields that every request has unless it brings its own. */
  readonly headers?: HeadersInput | undefined;
  /** Handlers of further schemes, or of known ones in their place, by name without colon. */
  readonly schemes?: Readonly<Record<string, SchemeHandler>> | ReadonlyMap<string, SchemeHandler> | undefined;
};

/** A request as the user writes it, when a URL alone does not say enough. */
export type NetworkRequest = Settable<SharedOptions & RequestOnlyOptions> & {
  readonly url: string | URL;
  /** The verb of a custom operation. The named methods of the manager set it. */
  readonly method?: string | undefined;
  /** Its own fields; those of the manager's `headers` that it does not name are added. */
  readonly headers?: HeadersInput | undefined;
};

export type RequestInput = string | URL | NetworkRequest;

/** Qt: `QNetworkRequest::DefaultTransferTimeout`, milliseconds. */
export const DEFAULT_TRANSFER_TIMEOUT = 30_000;
