import type { FetchWords } from '../message/fetch-words.ts';
import type { HeadersInput } from '../message/headers.ts';
import type { CertificatePins } from './certificate-pins.ts';
import type { Interceptor } from './interceptor.ts';
import type { ProxyInput } from './proxy.ts';
import type { RetryOptions } from './retry-options.ts';
import type { SearchParamsInput } from './search-params.ts';
import type { Timeouts } from './timeouts.ts';
import type { TlsOptions } from './tls-options.ts';

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
   * Bounds by name: `{ queue, connect, firstByte, idle, attempt, total }`, see {@link Timeouts}. Those of a request stand over
   * its manager's, name by name. All but `total` end an attempt, after which `retry` and a stored response (stale-if-error)
   * still have their say. With none of them, and no `transferTimeout`, a server is waited for as long as it likes, as in Qt;
   * Node tells `faultOccurred` when one is silent for a minute, once for each origin.
   * @default {}: none
   */
  readonly timeouts: Timeouts;
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
   * `servername` in `tls`. Other origins get only fields that are known to be harmless, and `tls` without `cert`, `key`,
   * `pfx`, `passphrase` and `servername`, but with those of them that are functions of the host.
   *
   * Where the platform hides redirects, it can be told only whether to follow any: with such an origin it follows, and a
   * response from none of them is insecure-redirect; the fields have been sent by then.
   * @default []
   */
  readonly trustedRedirectOrigins: readonly string[];
  /**
   * Origins (`https://host[:port]`) whose servers send bodies without a content coding, whatever is accepted. Only of use in a
   * page, which sees the Content-Length of another origin and not whether a coding was undone: with it `downloadProgress` has
   * its total, and a body that ends before it is remote-host-closed in every engine. A Content-Encoding that is seen counts
   * more. @default []
   */
  readonly unencodedOrigins: readonly string[];
  /** TLS material, see {@link TlsOptions}, or null for the platform's own. @default null */
  readonly tls: TlsOptions | null;
  /**
   * Keys that hosts may be known by, see {@link CertificatePins}, looked at before a byte of a request is sent, also over
   * sessions that are resumed and for a proxy that is spoken to over TLS; a host without a pinned key on its verified chain
   * is ssl-handshake-failed (`certificate-pin-mismatch`), which nothing ignores. Where the transport has no capability `tls`,
   * and over `NodeHttpTransport`, they are refused.
   * @default null
   */
  readonly certificatePins: CertificatePins | null;
  /**
   * The proxy that requests go through, see {@link ProxyInput}. Setting it on a manager removes its `proxyFactory`; on a
   * request it wins over that, and a cache gives its answer to requests alone that say the same. Where the transport has no
   * capability `proxy` (a page, `NodeHttpTransport`) anything but `none` is refused. Qt: `setProxy`.
   * @default 'default': `NetworkAccessManager.applicationProxy`, which is none at first
   */
  readonly proxy: ProxyInput;
  /**
   * HTTP/2 may be negotiated. Where the transport does not choose the version (no capability `http2`: a page, any other fetch)
   * false changes nothing: the platform negotiates as it likes. `NodeHttpTransport` speaks HTTP/1.1 whatever it is.
   * @default true
   */
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
  /**
   * Send a request that has failed once more, where that is safe and may help: idempotent methods and those with an
   * `Idempotency-Key`, after lost connections, timeouts and statuses as 503; others when nothing of them was sent. `true`:
   * three attempts in all. Told by `retrying`; all requests of a manager share a budget, so that a server that is down does
   * not get threefold load. What fails while the body of the response arrives is not repeated.
   * @default false
   */
  readonly retry: boolean | RetryOptions;
  /**
   * Stand on the way of each call, above redirects, authentication and retry: once a request, over the final answer. Those of
   * a request come behind its manager's. For http and https. @default []
   */
  readonly interceptors: readonly Interceptor[];
  /**
   * Stand before the queue, once an attempt: they see what is really sent and received, hops, revalidations and retries
   * included, and nothing that the cache answers. @default []
   */
  readonly networkInterceptors: readonly Interceptor[];
  /** In a page: cookies and credentials go to other origins too. Qt (WebAssembly): `UseCredentials`. @default false */
  readonly useCredentials: boolean;
  /** Most bytes of an upload that are collected in memory where the platform cannot stream it. @default 64 MiB */
  readonly maximumCollectedUpload: number;
  /**
   * What relative URLs are relative to: a URL without query and fragment, taken for a directory whether or not it ends in a
   * slash (`'https://api.example/v1'`: `'users'` is `/v1/users`). No request leaves it: an absolute URL, `//host`, `/path`
   * and `../` are a TypeError unless they lead below it. `fetch` is bound by it, too; redirects have a policy of their own.
   * In a page it may be relative to the document. @default null
   */
  readonly baseUrl: string | URL | null;
  /** With a `baseUrl`: URLs may lead elsewhere all the same. @default false */
  readonly allowAbsoluteUrls: boolean;
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
  /**
   * The upload must tell how far it is (`uploadProgress`): refused where the transport does not count. A page's fetch does
   * not; its manager needs `uploadProgress: xhrUploads`. A transport that counts does so without being asked.
   * @default false
   */
  readonly uploadProgress: boolean;
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

/**
 * What one request has said itself, as plain data: a structured clone of it is the same value. The signal, the attributes
 * and interceptors are the application's own objects, and stay where they are.
 */
export type OwnOptions = Readonly<
  Partial<
    Omit<SharedOptions & RequestOnlyOptions, 'signal' | 'attributes' | 'interceptors' | 'networkInterceptors'>
  >
>;

/**
 * All options of a request with every default filled in: what it says itself over what its manager says for all. There is one
 * such object for each configuration, which requests that set nothing share. Plain data but for the application's own objects,
 * the signal and the attributes; what else belongs to a manager is in the stages that its requests pass.
 */
export type RequestOptions = Readonly<SharedOptions & RequestOnlyOptions>;

/** `undefined` counts as not set. */
export type Settable<Options> = { readonly [Name in keyof Options]?: Options[Name] | undefined };

/** A request as the user writes it, when a URL alone does not say enough. */
export type NetworkRequest = Settable<SharedOptions & RequestOnlyOptions> & {
  readonly url: string | URL;
  /** The verb of a custom operation. The named methods of the manager set it. */
  readonly method?: string | undefined;
  /** Its own fields; those of the manager's `headers` that it does not name are added. */
  readonly headers?: HeadersInput | undefined;
  /**
   * A value to send as JSON, in place of a body, with Content-Type application/json unless a field says otherwise. `null` is
   * a value. Not with GET and HEAD.
   */
  readonly json?: unknown;
  /** Added behind the query that the URL has, of which nothing is replaced. */
  readonly searchParams?: SearchParamsInput | undefined;
};

/** What every verb takes: a URL, or an object that has one and options beside it. */
export type RequestInput = string | URL | NetworkRequest;

/** Qt: `QNetworkRequest::DefaultTransferTimeout`, milliseconds. */
export const DEFAULT_TRANSFER_TIMEOUT = 30_000;
