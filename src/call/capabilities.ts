/**
 * What a transport can do, declared by the transport itself. A request that explicitly asks for something absent is
 * refused before it is sent; a default that cannot be honoured passes and stands in docs/capabilities.md, which is
 * generated from these records. What a record does not mention is absent.
 */
export interface TransportCapabilities {
  /** Name in the documentation: `node`, `fetch (browser)` … */
  readonly name: string;
  /**
   * Redirect responses are seen, hop by hop. Without it the platform follows them by itself: `redirectPolicy` `manual`
   * and `user-verified` are refused, and what is redirected from https to http ends with insecure-redirect, without a
   * body.
   */
  readonly redirects?: boolean;
  /** Redirects that are not seen can be forbidden per request (`maximumRedirectsAllowed: 0`; fetch's `redirect`). */
  readonly redirectMode?: boolean;
  /**
   * Origin of the page that requests are made from. Where redirects are not seen, they can be kept within that one
   * (`redirectPolicy: 'same-origin'`; fetch's `mode`).
   */
  readonly pageOrigin: string | null;
  /** `Cookie` can be written and `Set-Cookie` read. Without it the platform owns cookies. */
  readonly cookies?: boolean;
  /** Set-Cookie fields arrive one by one instead of joined by commas. */
  readonly setCookieLines?: boolean;
  /**
   * Request fields that are silently dropped or refused by the platform, lower-case; a trailing `*` stands for a prefix.
   * `'fetch'` stands for those that the Fetch standard forbids to pages.
   */
  readonly forbiddenFields: readonly string[] | 'fetch';
  /** Bodies arrive as they were on the wire; without it the platform has decoded Content-Encoding already. */
  readonly encodedBodies?: boolean;
  /** Request bodies of unknown length can be streamed: always, only on request (`duplex: 'half'`; of browsers Chromium alone), or never. */
  readonly requestStreams: 'always' | 'half-duplex' | 'never';
  /** Bytes of the upload are counted as the network takes them. */
  readonly uploadProgress?: boolean;
  /** 1xx responses are delivered. */
  readonly informational?: boolean;
  /** Fields behind the body of a response can be seen. */
  readonly trailers?: boolean;
  /**
   * Failures are told apart (refused, unresolvable, TLS …). Without it all of them are unknown-network, or
   * temporary-network-failure while the platform says that it is offline (`navigator.onLine`).
   */
  readonly errorDetail?: boolean;
  /** TLS can be configured (`tls.ca` …) and judged (`sslErrors`, `encrypted`). */
  readonly tls?: boolean;
  /**
   * Challenges are ours to answer, all of them. Without it the platform answers Basic, NTLM and Negotiate by itself, in its own
   * dialog or not at all; `authentication: new Authentication()` answers Digest and Bearer where the challenge is shown: of
   * the page's own origin, and of others that list `WWW-Authenticate` in Access-Control-Expose-Headers and allow
   * `Authorization`. The portable set then answers Basic, too.
   */
  readonly authentication?: boolean;
  /** Proxies are ours to choose. */
  readonly proxy?: boolean;
  /** The addresses behind names are seen, and can be refused before they are connected to (`addressFilter`). */
  readonly addresses?: boolean;
  /**
   * HSTS is ours to keep. Without it the platform upgrades by itself; `strictTransportSecurity: new
   * StrictTransportSecurity()` adds hosts that the application knows.
   */
  readonly strictTransportSecurity?: boolean;
  /** Connections can be opened ahead: really, as a hint to the platform, or not at all. */
  readonly preconnect: 'connection' | 'hint' | 'none';
  /**
   * Every request gets a connection. Without it the platform has a limit of its own for each host, below which a body that
   * is not read keeps others from being sent.
   */
  readonly connections?: boolean;
  /** One connection can be kept for several rounds of a request (`ConnectionLease`). */
  readonly leases?: boolean;
  /** The version of HTTP can be chosen and is reported (`http2Allowed`, `http2WasUsed`). */
  readonly http2?: boolean;
  /** DNS, connect and TLS times are known. */
  readonly connectionTimings?: boolean;
  /** Local sockets and, on Windows, pipes are reached: `unix+http:`, also written `local+http:`. */
  readonly localSockets?: boolean;
  /**
   * A body that was cut off is told from one that has ended. Without it no cache of ours keeps a body whose length is not
   * known, or of which the platform has undone a coding.
   */
  readonly cutBodies?: boolean;
  /** The platform has a cache, whose mode can be set per request (fetch's `cache`). */
  readonly platformCache?: boolean;
  /** It is a fetch that is told the words of ours: `mode`, `referrer`, `referrerPolicy`, `integrity`, `keepalive`, `priority`. */
  readonly fetchWords?: boolean;
  /** Cross-origin requests can include credentials on request (`useCredentials`). */
  readonly credentialsMode?: boolean;
}

/** The name of a capability, as it stands in `NetworkError.capability`. */
export type Capability = keyof TransportCapabilities;
