import type { Answer } from '../message/answer.ts';
import type { BodyInput } from '../message/body-input.ts';
import type { HttpHeaders } from '../message/headers.ts';
import type { Bytes } from '../util/bytes.ts';
import type { Clock } from '../util/clock.ts';

/** A request as an interceptor sees it: a value, of which it passes on a changed copy. */
export interface InterceptedRequest {
  /** The verb, as it is sent. */
  readonly method: string;
  /** The URL without fragment and credentials. */
  readonly url: string;
  /** The fields as far as they are set: above the loops, those that are added by themselves are not among them yet. */
  readonly headers: HttpHeaders;
  /** Bytes of the body, null when that is not known before it ends, 0 without a body. */
  readonly bodyLength: number | null;
  /** It may be passed on more than once: there is no body, or one that can be sent again. */
  readonly replayable: boolean;
  /** @throws TypeError when the name is no token, or the value has a control character */
  withHeader(name: string, value: string): InterceptedRequest;
  /** The same without the fields of that name. */
  withoutHeader(name: string): InterceptedRequest;
  /** @throws TypeError when it is no token, or CONNECT */
  withMethod(method: string): InterceptedRequest;
  /**
   * Above the loops alone: what has reached the network goes where it was sent.
   * @param url absolute, or relative to the URL of this request
   * @throws TypeError when it is no URL
   */
  withUrl(url: string | URL): InterceptedRequest;
  /**
   * A Content-Type that is set stays; a Content-Length follows.
   * @throws TypeError when it is no body
   */
  withBody(body: BodyInput | null): InterceptedRequest;
}

/** A response as an interceptor sees it: a value, of which it may give back a changed copy. */
export interface InterceptedResponse {
  /** The code of three digits, as the server sent it; 0 for schemes without one. */
  readonly status: number;
  /** The reason phrase, empty over HTTP/2. */
  readonly reason: string;
  /** The URL that answered, without fragment and credentials. */
  readonly url: string;
  /** What the server has said about the response; names in lower case. */
  readonly headers: HttpHeaders;
  /** Where the body comes from, see `reply.source`. */
  readonly source: 'network' | 'cache' | 'revalidated';
  /**
   * The whole body, which is passed on all the same: above the loops decoded, near the network as it was received. Rejects
   * when it fails, or is larger than may be collected (`maximumBodySize`, 256 MiB).
   */
  bytes(): Promise<Bytes>;
  /** The body as UTF-8. Rejects like {@link bytes}. */
  text(): Promise<string>;
  /** The body as JSON. Rejects like {@link bytes}, or with a SyntaxError. */
  json(): Promise<unknown>;
  /** @throws TypeError when the name is no token, or the value has a control character */
  withHeader(name: string, value: string): InterceptedResponse;
  /** The same without the fields of that name. */
  withoutHeader(name: string): InterceptedResponse;
  /** @throws TypeError when it is no final status */
  withStatus(status: number, reason?: string): InterceptedResponse;
  /** Another body, text as UTF-8; what came is dropped. A Content-Length follows. */
  withBody(content: string | Uint8Array): InterceptedResponse;
}

/**
 * What an interceptor knows beside the request. A logger is not among it, as a manager has none: an interceptor that has something
 * to tell is made with whom to tell it, as `logger({ log })` is.
 */
export interface InterceptorContext {
  /** Values of the application that travel with the request (`attributes`). */
  readonly attributes: ReadonlyMap<string | symbol, unknown>;
  /** Aborts when the request is given up: for what the interceptor waits for itself. */
  readonly signal: AbortSignal;
  /** Which time it is that this interceptor sees the request, from 1: near the network once an attempt, else always 1. */
  readonly attempt: number;
  /** The manager's time. */
  readonly clock: Clock;
}

/**
 * Stands on the way of requests: looks at a request, passes it on (`next`) as it is or changed, or answers itself; then does
 * the same with the response. It may call `next` again, with a request that can be sent again: what came before is dropped.
 *
 * What it throws fails the request with operation-canceled, a NetworkError as it is.
 */
export type Interceptor = (
  request: InterceptedRequest,
  next: (request: InterceptedRequest) => Promise<InterceptedResponse>,
  context: InterceptorContext,
) => InterceptedResponse | Answer | Promise<InterceptedResponse | Answer>;
