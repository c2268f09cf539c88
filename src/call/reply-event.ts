import type { NetworkErrorJson } from '../error.ts';
import type { ConnectionSecurity } from '../message/connection-security.ts';
import type { HttpHeaders } from '../message/headers.ts';

/**
 * Everything that can happen to a reply, as plain values through one sink. They survive a structured clone: what drives a
 * reply here drives it across a process boundary, too.
 */
export type ReplyEvent =
  | { readonly type: 'socket-started-connecting' }
  | { readonly type: 'request-sent' }
  | { readonly type: 'upload-progress'; readonly sent: number; readonly total: number }
  | {
      readonly type: 'informational';
      readonly status: number;
      readonly reason: string;
      readonly headers: FlatFields;
    }
  /** A redirect response was received: it is told before the question or the `redirected` that it causes. */
  | { readonly type: 'hop'; readonly hop: HopHead }
  /** The redirect to `target` will be followed. Under user-verified the question of that name stands in its place. */
  | { readonly type: 'redirected'; readonly target: string }
  /** An attempt has failed with this; the next one begins after `delay` milliseconds. */
  | {
      readonly type: 'retrying';
      readonly attempt: number;
      readonly delay: number;
      readonly error: NetworkErrorJson;
    }
  /** Something that the application should know, and that fails nothing by itself: for its manager. */
  | { readonly type: 'fault'; readonly error: NetworkErrorJson }
  | ({ readonly type: 'head' } & ResponseHead)
  | { readonly type: 'data'; readonly chunk: Uint8Array; readonly lent: boolean }
  | { readonly type: 'end'; readonly trailers: FlatFields | null }
  | { readonly type: 'failed'; readonly error: NetworkErrorJson };

/** Fields as name, value, name, value …, names lower-case: what `HttpHeaders.pairs` is. They are not changed. */
export type FlatFields = readonly string[];

/** The head of a response that was followed or asked about. */
export interface HopHead {
  /** The URL that answered, without userinfo. */
  readonly url: string;
  readonly status: number;
  readonly reason: string;
  readonly headers: FlatFields;
}

/** A {@link HopHead} as `reply.hops` keeps it. */
export interface Hop extends Omit<HopHead, 'headers'> {
  readonly headers: HttpHeaders;
}

/** The head of the response that is delivered. */
export interface ResponseHead extends HopHead {
  /** `'1.0' | '1.1' | '2'`, empty where the platform does not tell. */
  readonly httpVersion: string;
  /** What TLS has agreed on; null in cleartext. */
  readonly security: ConnectionSecurity | null;
  /** Where the body comes from; `revalidated`: from the cache, after the server has confirmed it. */
  readonly source: 'network' | 'cache' | 'revalidated';
  /** Bytes as the wire told, −1 when unknown. */
  readonly originalContentLength: number;
  /** Bytes of the body as it will be read, −1 when that cannot be known. */
  readonly total: number;
  /** Bytes of it that are there already: a download that goes on. @default 0 */
  readonly received?: number;
  /** The platform followed redirects without showing them. */
  readonly redirectedByPlatform: boolean;
  /** `Cache-Status` of our cache (RFC 9211), null when none was asked. */
  readonly cacheStatus: string | null;
}
