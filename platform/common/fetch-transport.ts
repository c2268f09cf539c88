import type { Call } from '../../src/call/call.ts';
import type { TransportCapabilities } from '../../src/call/capabilities.ts';
import type { HttpRequest } from '../../src/call/request.ts';
import type { HttpResponse } from '../../src/call/response.ts';
import type { Transport } from '../../src/call/transport.ts';
import { NetworkError } from '../../src/error.ts';
import { EMPTY_BODY, type ResponseBody } from '../../src/message/body.ts';
import { UNTOLD_SECURITY } from '../../src/message/connection-security.ts';
import { trimOws } from '../../src/message/field-lexer.ts';
import { HttpHeaders } from '../../src/message/headers.ts';
import { type ByteStream, streamBody } from '../../src/message/stream-body.ts';
import { UnopenedBody } from '../../src/message/unopened-body.ts';
import { MULTIPLEXED_REQUESTS } from '../../src/queue/stage.ts';
import { reachOfPlatform } from '../../src/redirect/platform-redirect.ts';
import { brandOf, isPlatforms } from '../../src/util/brand.ts';
import { parseUrl, withoutFragment } from '../../src/util/url.ts';
import { unlessNotCached } from './fetch-cache.ts';
import { unknownNetwork } from './fetch-failure.ts';
import { type FetchInit, ownRequest, ownRequestInit, requestInit } from './fetch-request-init.ts';
import { knownLength, sizedBody } from './sized-body.ts';

export type FetchFunction = (url: string | Request, init: RequestInit) => Promise<Response>;

/** Knows the origins that take many requests at once on one connection (HTTP/2, HTTP/3). */
export interface Multiplexing {
  has(origin: string): boolean;
  /** Begins to learn, unless it does already, and tells of what is new. Not before that is of use: it has its price. */
  watch(learnt: () => void): void;
  stop(): void;
}

/** What a fetch function does in its own way. */
export interface FetchDialect {
  /** What it rejects with, or a body fails with, as our error. Default: unknown-network, as fetch tells no more. */
  readonly toError?: (thrown: unknown, url: string) => NetworkError;
  /** The body of a response that is no WHATWG stream. A runtime with such bodies may not know Blobs, either. */
  readonly toStream?: (response: Response) => ByteStream;
  /** Default: nothing is known. */
  readonly multiplexing?: Multiplexing;
}

/** HTTP over any fetch function. It follows redirects by itself; everything it hides stands in its capabilities. */
export class FetchTransport implements Transport {
  declare readonly capabilities: TransportCapabilities;
  readonly #fetch: FetchFunction;
  readonly #dialect: FetchDialect;
  /** What ends each that is under way, and what lifts the queue's limit for its origin when that takes many at once. */
  readonly #running = new Map<() => void, () => void>();
  /** Ends the Responses that were handed out: engines keep of a signal like this only what is still under way. */
  #handedOut = new AbortController();
  #closed = false;

  constructor(fetchFunction: FetchFunction, capabilities: TransportCapabilities, dialect: FetchDialect = {}) {
    this.#fetch = fetchFunction;
    this.capabilities = capabilities;
    this.#dialect = dialect;
  }

  async send(request: HttpRequest, call: Call): Promise<HttpResponse> {
    call.throwIfCancelled();
    const url = withoutFragment(request.url);
    if (this.#closed) throw canceled(url);
    const controller = new AbortController();
    const { signal } = controller;
    // A fetch function may be slow to notice an abort, or deaf to it.
    let giveUp = (): void => {};
    const abort = (): void => {
      controller.abort();
      giveUp();
    };
    this.#running.set(abort, this.#sharing(request, call));
    const forget = call.onCancel(abort);
    const done = (): void => {
      forget();
      this.#running.delete(abort);
    };
    const toError = (thrown: unknown): NetworkError => {
      if (signal.aborted) return call.cancelled ?? canceled(url);
      if (thrown instanceof NetworkError) return thrown;
      return (this.#dialect.toError ?? unknownNetwork)(thrown, url);
    };
    try {
      const response = await new Promise<Response>((resolve, reject) => {
        giveUp = reject;
        this.#open(url, request, call, signal).then(resolve, reject);
      });
      call.timings.responseStart = call.time();
      const open = (): ResponseBody => {
        const stream = this.#dialect.toStream?.(response) ?? response.body;
        if (stream !== null) return streamBody(stream, toError, { controller, done });
        done();
        return EMPTY_BODY;
      };
      const handsOut = this.#dialect.toStream === undefined && brandOf(response) === 'Response';
      const body =
        handsOut && canFollow(request)
          ? new UnopenedBody({ response, open, done }, failing(controller))
          : open();
      return toHttpResponse(request, response, body, this.capabilities);
    } catch (thrown) {
      done();
      const error = toError(thrown);
      const isOfFetch = !signal.aborted && error !== thrown;
      throw isOfFetch ? sayWhyNotFollowed(error, request, this.capabilities) : error;
    }
  }

  clearConnections(): void {
    for (const abort of this.#running.keys()) abort();
    this.#handedOut.abort(bodyFailure(canceled()));
    this.#handedOut = new AbortController();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#dialect.multiplexing?.stop();
    this.clearConnections();
  }

  /** Others of the origin need not wait for this request where its connection carries many. */
  #sharing({ url: { origin } }: HttpRequest, call: Call): () => void {
    const { multiplexing } = this.#dialect;
    const share = (): void => {
      if (multiplexing?.has(origin)) call.slot?.setConcurrency(MULTIPLEXED_REQUESTS);
    };
    share();
    // A page that asks for one thing after the other does not pay for what it has no use for.
    if (this.#running.size > 0) {
      multiplexing?.watch(() => {
        for (const lift of this.#running.values()) lift();
      });
    }
    return share;
  }

  async #open(url: string, request: HttpRequest, call: Call, signal: AbortSignal): Promise<Response> {
    const takesBlobs = this.#dialect.toStream === undefined;
    const ends = takesBlobs ? this.#endsWith(signal, request) : signal;
    const own = ownRequest(request);
    const said =
      own === null
        ? await requestInit(request, this.capabilities, takesBlobs, call, ends)
        : ownRequestInit(request, own, this.capabilities, ends);
    // Without a prototype: fetch reads what `Object.prototype` has (Node's a `dispatcher`, which would see everything).
    const init: FetchInit = Object.assign(Object.create(null), said);
    signal.throwIfAborted();
    // Not a method call: the native function insists on its own `this`.
    const fetchFunction = this.#fetch;
    const cache = init.cache ?? own?.cache;
    return unlessNotCached(fetchFunction(own ?? url, init), url, cache === undefined ? {} : { cache });
  }

  /**
   * What ends a fetch: the call, and for a Response that is handed out and outlives that the transport and the signal of
   * the request. Engines let go of this together with the Response.
   */
  #endsWith(call: AbortSignal, request: HttpRequest): AbortSignal {
    const { signal, fetch } = request.options;
    if (fetch === null || !HAS_ANY || !canFollow(request)) return call;
    const all = [call, this.#handedOut.signal];
    return AbortSignal.any(signal === null ? all : [...all, signal]);
  }
}

/** A platform that is told not to follow redirects fails with an error like any other. */
function sayWhyNotFollowed(
  error: NetworkError,
  request: HttpRequest,
  { pageOrigin }: TransportCapabilities,
): NetworkError {
  const { field } = reachOfPlatform(request, pageOrigin);
  if (field === null) return error;
  const { code, message, url, cause } = error;
  const hint = `if it was redirected to another origin: the field ${field} would have gone along unseen; name the origins that may have it in trustedRedirectOrigins`;
  return new NetworkError(code, `${message}; ${hint}`, { ...(url === undefined ? {} : { url }), cause });
}

/**
 * Whether the Response of a request ends with the request's signal once it is handed out. What stands in for a signal (jsdom's,
 * beside the fetch of Node) the platform does not hear.
 */
function canFollow({ options: { signal } }: HttpRequest): boolean {
  return signal === null || (HAS_ANY && isPlatforms(signal, 'AbortSignal', 'aborted'));
}

/** Engines have it since 2023 and 2024. */
const HAS_ANY = globalThis.AbortSignal?.any !== undefined;

function toHttpResponse(
  request: HttpRequest,
  response: Response,
  body: ResponseBody,
  { cutBodies }: TransportCapabilities,
): HttpResponse {
  const pairs: string[] = [];
  response.headers.forEach((value, name) => {
    // undici leaves the white space before the line's end.
    pairs.push(name, trimOws(value));
  });
  const headers = HttpHeaders.adopt(pairs);
  const isFiltered = response.type === 'cors';
  // A browser that upgrades to https by itself does not call that a redirect.
  const isElsewhere = response.url !== '' && response.url !== withoutFragment(request.url);
  const url = isElsewhere ? parseUrl(response.url) : request.url;
  const length = knownLength(request, url, headers, isFiltered);
  // A Response that a service worker has made may have any length among its fields.
  const isSized =
    cutBodies !== true &&
    length >= 0 &&
    (isFiltered || response.type === 'basic') &&
    body !== EMPTY_BODY &&
    !goesBack(request);
  return {
    url,
    status: response.status,
    reason: response.statusText,
    httpVersion: '',
    headers,
    bodyLength: length,
    body: isSized ? sizedBody(body, length, url.href) : body,
    mayBeCutOff: cutBodies !== true && length < 0,
    security: url.scheme === 'https' ? UNTOLD_SECURITY : null,
    source: 'network',
    redirectedByPlatform: response.redirected,
    fidelity: isFiltered ? 'filtered' : 'decoded',
  };
}

/**
 * What answers a Request in a service worker goes back as it came: the browser knows a Response of its own by its URL and its
 * redirects, which no other has.
 */
function goesBack(request: HttpRequest): boolean {
  return 'ServiceWorkerGlobalScope' in globalThis && ownRequest(request) !== null;
}

function canceled(url?: string): NetworkError {
  return new NetworkError('operation-canceled', 'connections were cleared', { url });
}

/** Ends a Response that was handed out. It stands by itself because a function keeps all that is around it. */
function failing(controller: AbortController): (reason: NetworkError) => void {
  return (reason) => controller.abort(bodyFailure(reason));
}

/** What the body of a Response fails with that was handed out (WHATWG Fetch: network errors are TypeErrors). */
function bodyFailure(error: NetworkError): TypeError {
  return new TypeError(`the body failed: ${error.message}`, { cause: error });
}
