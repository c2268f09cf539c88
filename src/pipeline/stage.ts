import type { RequestBody, ResponseBody } from '../message/body.ts';
import type { ConnectionSecurity } from '../message/connection-security.ts';
import type { HttpHeaders } from '../message/headers.ts';
import type { RequestOptions } from '../options.ts';
import type { ParsedUrl } from '../util/url.ts';
import type { Exchange } from './exchange.ts';

/** A request between two stages. A value: a stage that rewrites it passes a copy on. */
export interface HttpRequest {
  readonly method: string;
  readonly url: ParsedUrl;
  readonly headers: HttpHeaders;
  readonly body: RequestBody | null;
  /** The request's own options over the manager's. */
  readonly options: RequestOptions;
}

/** The same request with other fields. */
export function withHeaders({ method, url, body, options }: HttpRequest, headers: HttpHeaders): HttpRequest {
  return { method, url, headers, body, options };
}

/** A response head between two stages, with the body behind it that nobody has started yet. */
export interface HttpResponse {
  /** The URL that answered. */
  readonly url: ParsedUrl;
  /** 0 for schemes without a status (`data:`). */
  readonly status: number;
  readonly reason: string;
  /** `'1.0' | '1.1' | '2'`, or empty where it is not known. */
  readonly httpVersion: string;
  readonly headers: HttpHeaders;
  readonly body: ResponseBody;
  /** What TLS has agreed on for the connection that the bytes came over; null in cleartext. */
  readonly security: ConnectionSecurity | null;
  /** Where the response came from: Qt's SourceIsFromCache, told more finely. */
  readonly source: 'network' | 'cache' | 'revalidated';
  /**
   * Nothing but the end of its connection ends the body, so that nobody can tell whether it is whole (RFC 9112 §8). Absent
   * where HTTP says how long it is.
   */
  readonly endsWithConnection?: boolean;
  /** Content-Length as it was on the wire, when decoding took it away from the headers. */
  readonly originalContentLength?: number;
  /** Redirects that the platform followed without showing them. */
  readonly redirectedByPlatform?: boolean;
  /**
   * What the platform left of the message: everything (`exact`, the default), the body `decoded`, or that and only the
   * fields which a page may see of another origin (`filtered`, a CORS response).
   */
  readonly fidelity?: 'exact' | 'decoded' | 'filtered';
  /** The `Cache-Status` member of our cache (RFC 9211), when a cache is set. */
  readonly cacheStatus?: string;
}

/** The rest of the list. It may throw instead of rejecting. */
export type Next = (request: HttpRequest, exchange: Exchange) => Promise<HttpResponse>;

/**
 * One rule of the web, obeyed. A stage decides nothing itself: a pure function of its folder does. It may answer by
 * itself, wait, call `next` again (a loop) or wrap the response. One that does none of this is a {@link Rewrite}.
 *
 * A stage that calls `next` again, or drops a response, cancels or drains the body that it drops.
 */
export interface Stage {
  readonly name: string;
  handle(request: HttpRequest, next: Next, exchange: Exchange): Promise<HttpResponse>;
}

/**
 * A rule that changes, refuses or takes note of what passes and nothing else: the request on its way out, the response on
 * its way back. Most rules are like this, and a run of them costs one promise, where each stage costs its own.
 */
export interface Rewrite {
  readonly name: string;
  outgoing?(request: HttpRequest, exchange: Exchange): HttpRequest | Promise<HttpRequest>;
  /**
   * When it throws, the body of the response is cancelled.
   * @param request as `outgoing` got it
   */
  incoming?(
    response: HttpResponse,
    request: HttpRequest,
    exchange: Exchange,
  ): HttpResponse | Promise<HttpResponse>;
}

/** A part that brings its own stage (a cache): a program that sets none does not contain its code. */
export interface StageSource {
  readonly stage: Stage;
}
