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
  | {
      readonly type: 'upload-progress';
      /** Bytes of the body that the network has taken. */
      readonly sent: number;
      /** How many there will be; −1 when that is not known. */
      readonly total: number;
    }
  | {
      readonly type: 'informational';
      /** The code, 103 for Early Hints. */
      readonly status: number;
      /** The words behind it. */
      readonly reason: string;
      /** Name, value, name, value. */
      readonly headers: FlatFields;
    }
  /** A redirect response was received: it is told before the question or the `redirected` that it causes. */
  | {
      readonly type: 'hop';
      /** What the server has said that redirects. */
      readonly hop: HopHead;
    }
  /** The redirect to `target` will be followed. Under user-verified the question of that name stands in its place. */
  | {
      readonly type: 'redirected';
      /** The URL that it leads to. */
      readonly target: string;
    }
  /** An attempt has failed with this; the next one begins after `delay` milliseconds. */
  | {
      readonly type: 'retrying';
      /** The number of the attempt that follows: 2 for the first of them. */
      readonly attempt: number;
      /** Milliseconds until it begins. */
      readonly delay: number;
      /** Why the last one has failed. */
      readonly error: NetworkErrorJson;
    }
  /** Something that the application should know, and that fails nothing by itself: for its manager. */
  | {
      readonly type: 'fault';
      /** What has happened, as plain data. */
      readonly error: NetworkErrorJson;
    }
  | ({ readonly type: 'head' } & ResponseHead)
  | {
      readonly type: 'data';
      /** Some bytes of the body, as they will be read. */
      readonly chunk: Uint8Array;
      /** The memory is the sender's: bytes that are kept beyond this event are copied. */
      readonly lent: boolean;
    }
  | {
      readonly type: 'end';
      /** Fields that came behind the body, flat; null for none. */
      readonly trailers: FlatFields | null;
    }
  | {
      readonly type: 'failed';
      /** Why the reply ends here, as plain data. */
      readonly error: NetworkErrorJson;
    };

/** Fields as name, value, name, value …, names lower-case: what `HttpHeaders.pairs` is. They are not changed. */
export type FlatFields = readonly string[];

/** The head of a response that was followed or asked about. */
export interface HopHead {
  /** The URL that answered, without userinfo. */
  readonly url: string;
  /** The code of three digits; 0 for schemes without one. */
  readonly status: number;
  /** The words behind the status; empty over HTTP/2. */
  readonly reason: string;
  /** Name, value, name, value. */
  readonly headers: FlatFields;
}

/** A {@link HopHead} as `reply.hops` keeps it. */
export interface Hop extends Omit<HopHead, 'headers'> {
  /** All that the redirect said beside its status. */
  readonly headers: HttpHeaders;
}

/** What is known of the response that is delivered before its body comes. */
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
