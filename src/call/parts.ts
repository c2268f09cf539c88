import type { HeadersInput, HttpHeaders } from '../message/headers.ts';
import type { AddressFilter } from '../options/address-filter.ts';
import type { Settable, SharedOptions } from '../options/options.ts';
import type { ProxyFactory } from '../options/proxy.ts';
import type { Clock } from '../util/clock.ts';
import type { ParsedUrl } from '../util/url.ts';
import type {
  AuthenticationPart,
  AuthenticationScheme,
  Credentials,
  CredentialsByOrigin,
  CredentialsSource,
} from './authentication.ts';
import type { SchemeHandler } from './scheme-handler.ts';
import type { SecurityPart } from './security-part.ts';
import type { StageSource } from './stage.ts';
import type { Transport } from './transport.ts';

/** What belongs to the manager. */
export interface ManagerOnlyOptions {
  /** Requests in flight for one host and port over HTTP/1. 1 to 255. Qt: `QHttp1Configuration`. @default 6 */
  readonly connectionsPerHost: number;
  /**
   * Origins (`https://host[:port]`) that are known to speak HTTP/2 or HTTP/3, so that many requests go to them at once. Only
   * of use where the platform does not tell: a page learns it by what it loads from its own origin and from those that send
   * `Timing-Allow-Origin`. @default []
   */
  readonly multiplexedOrigins: readonly string[];
  /** Requests in flight for all hosts together. @default Infinity */
  readonly maximumConnections: number;
  /**
   * The default User-Agent field; empty = none of ours. In a page Firefox and WebKit send it, and ask other origins first by a
   * preflight; Chromium sends its own and says nothing. @default 'fairlead/VERSION' on Node
   */
  readonly userAgent: string;
  /** Chooses the proxies of each request and each redirect. Setting it resets `proxy`. Qt: `setProxyFactory`. @default null */
  readonly proxyFactory: ProxyFactory | null;
  /**
   * Milliseconds for which a proxy that has failed is asked after all others; twice as long each time that it fails again,
   * up to ten times. A page chooses no proxies, and has no use for it. @default 30 000
   */
  readonly proxyRetryDelay: number;
  /**
   * Says which addresses may be connected to; what it does not allow ends with content-access-denied before a byte is sent.
   * Asked for each address of a name, for literals, redirects and local sockets alike. `publicAddressesOnly` is a ready one,
   * against server-side request forgery. Refused where the transport lacks the capability `addresses` (all but Node's sockets). null = all.
   * @default null
   */
  readonly addressFilter: AddressFilter | null;
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
  /** The transport to use in place of the platform's. It is closed with the manager. @default null */
  readonly transport: Transport | null;
  /**
   * Sends the requests that say `uploadProgress: true` where the transport does not count what it sends: `xhrUploads` of
   * `fairlead/browser`, in a page. It is closed with the manager, as `transport` is. @default null
   */
  readonly uploadProgress: Transport | null;
  /**
   * Time for its requests, its own cookie jar, HSTS hosts and connections: for tests, and for who simulates. Parts that are
   * given have a `clock` of their own. null: the system's. @default null
   */
  readonly clock: Clock | null;
  /** The cookie jar, or null for none. @default an empty CookieJar where the platform shows cookies */
  readonly cookieJar: CookieJarLike | null;
  /** The HTTP cache, or null for none. @default null */
  readonly cache: StageSource | null;
  /**
   * Send requests for known HSTS hosts over https, and take note of the hosts that ask for it. A TypeError where there is
   * no `strictTransportSecurity`, which a page has to be given.
   * @default false
   */
  readonly strictTransportSecurityEnabled: boolean;
  /**
   * Top-level domains (A-labels, without a dot) all of whose hosts count as known HSTS hosts:
   * `PRELOADED_TOP_LEVEL_DOMAINS`, or your own choice. It does nothing unless `strictTransportSecurityEnabled`, which a
   * page can only be with a `strictTransportSecurity`; the browser has such a list of its own.
   * @default []
   */
  readonly preloadedTopLevelDomains: readonly string[];
  /**
   * What knows the HSTS hosts: a `new StrictTransportSecurity()`. In a page it works in addition to what the browser
   * knows.
   * @default one of the manager's own on Node, null in a page
   */
  readonly strictTransportSecurity: SecurityPart | null;
  /**
   * What answers the challenges of servers, and remembers credentials: a `new Authentication()`. In a page it
   * answers Digest and Bearer, where CORS shows the challenge; Basic and NTLM are the browser's own.
   * @default one of the manager's own on Node, null elsewhere
   */
  readonly authentication: AuthenticationPart | null;
  /**
   * Who asks, for scripts that need no event: a function that is given the challenge, or credentials by origin
   * (`{ 'https://host[:port]': { user, password } }`). `{ token }` answers Bearer. What is refused is asked
   * for once more, so that a function can renew a token; then the listeners of `authenticationRequired` are asked.
   * @default null
   */
  readonly credentials: CredentialsSource | CredentialsByOrigin | null;
  /**
   * The schemes that are answered, the first that a server offers first. null: negotiate and ntlm (on Node, of
   * servers for `integratedAuthenticationHosts` alone), digest, bearer, basic. @default null
   */
  readonly authenticationSchemes: readonly AuthenticationScheme[] | null;
  /**
   * Servers whose challenges of NTLM and Negotiate are answered: `host`, `host:port`, `*.domain` (hosts below it) or `*`. To
   * NTLM proxies are always answered, since the application has chosen them and says who asks; to Negotiate, which speaks as the
   * account of the system, those that are listed. An `authentication` that speaks neither (all but Node's) refuses it, and so does a
   * transport without the capability `leases` (`NodeHttpTransport`); where there is none it does nothing: a page's browser has a
   * list of its own. @default []
   */
  readonly integratedAuthenticationHosts: readonly string[];
  /**
   * Basic (and Bearer) may be sent over http, where all on the way can read it; `faultOccurred` tells it once. false: such a
   * challenge is not answered. Basic in a page is the browser's own, which it does not bind. @default true, as in Qt
   */
  readonly allowBasicOverHttp: boolean;
  /** Times that credentials are asked for within one request, when they are refused. @default 3 */
  readonly maximumAuthenticationAttempts: number;
}

/** The configuration of a manager with every default filled in: its parts, and what holds for all of its requests. */
export type ManagerSettings = Readonly<SharedOptions & ManagerOnlyOptions>;

/** How much of a manager is under way at a time. */
export type Limits = Pick<ManagerOnlyOptions, 'connectionsPerHost' | 'maximumConnections'>;

/** What a manager has its transport obey. One transport may serve several managers, so each request brings it along. */
export interface TransportParts {
  /** Judges each address before it is connected to; null for none. */
  readonly addressFilter: AddressFilter | null;
  /** The URL that is used in place of one, where HSTS is on: another one for a known host; absent where it is off. */
  readonly upgrade?: (url: ParsedUrl) => ParsedUrl;
  /** A cache of ours has seen to the request: the platform's need not keep the same. */
  readonly isCached: boolean;
}

/** Where requests may go. */
export type Reach = Pick<ManagerOnlyOptions, 'allowedSchemes' | 'fetchSchemes' | 'schemes'>;

/** What the constructor of a manager takes. */
export type ManagerOptions = Settable<
  SharedOptions & Omit<ManagerOnlyOptions, 'headers' | 'schemes' | 'credentials'>
> & {
  /** Who asks: a function, or credentials by origin. */
  readonly credentials?:
    | CredentialsSource
    | CredentialsByOrigin
    | ReadonlyMap<string, Credentials>
    | null
    | undefined;
  /** Fields that every request has unless it brings its own. */
  readonly headers?: HeadersInput | undefined;
  /** Handlers of further schemes, or of known ones in their place, by name without colon. */
  readonly schemes?: Readonly<Record<string, SchemeHandler>> | ReadonlyMap<string, SchemeHandler> | undefined;
};

/**
 * What the manager asks of a cookie jar: the two virtuals of QNetworkCookieJar, sync or async. The concrete shapes of
 * cookies and contexts are the jar's.
 */
export interface CookieJarLike {
  cookiesForUrl(url: string, context?: never): unknown;
  setCookiesFromUrl(cookies: never, url: string, context?: never): unknown;
  /** Resolves when everything is stored; the manager waits for it in `close()`. */
  flush?(): Promise<void>;
}
