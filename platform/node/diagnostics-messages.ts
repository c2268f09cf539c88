import type { Timings } from '../../src/call/timings.ts';
import type { NetworkError } from '../../src/error.ts';

/** A request as the channels tell of it: the same object in all of its messages, so that it may be the key of a WeakMap. */
export interface TracedRequest {
  /** The verb as it is sent. */
  readonly method: string;
  /** The URL that was asked for, without userinfo and fragment. */
  readonly url: string;
  /** The fields that the application has set, names lower-case; those that carry secrets are `(hidden)`. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
}

/**
 * What the channels of `node:diagnostics_channel` tell, by the name of the channel. A request that was told by `start` ends by
 * one of `end` and `error`, whatever scheme it has and whoever made it; a cache's own requests in the background are told,
 * too. Messages are published in the asynchronous context of the request. A request to which nobody had subscribed when it
 * began is not told of later.
 */
export interface DiagnosticsMessages {
  /** A request begins: it goes to the queue now. */
  'fairlead:request:start': {
    readonly request: TracedRequest;
    /**
     * Sets a field of the request (`traceparent`), while the message is handled.
     * @throws TypeError for a name or value that no field can have, and afterwards
     */
    readonly setHeader: (name: string, value: string) => void;
  };
  /** The request has left. Again for each redirect and each time that it is sent anew. */
  'fairlead:request:sent': { readonly request: TracedRequest };
  /** A redirect was received. */
  'fairlead:request:redirect': {
    readonly request: TracedRequest;
    /** The URL that has answered. */
    readonly url: string;
    /** 301, 302, 303, 307 or 308. */
    readonly status: number;
    /** The fields of the answer, secrets hidden. */
    readonly headers: TracedRequest['headers'];
  };
  /** An attempt has failed, and another one follows (option `retry`). */
  'fairlead:request:retry': {
    readonly request: TracedRequest;
    /** The number of the attempt that follows; 2 is the first of them. */
    readonly attempt: number;
    /** Milliseconds until it begins. */
    readonly delay: number;
    /** Why the last one has failed. */
    readonly error: NetworkError;
  };
  /** The head of the answer is there. */
  'fairlead:request:head': {
    readonly request: TracedRequest;
    /** The URL that has answered, after redirects. */
    readonly url: string;
    /** The status, as it came: 404 is no error here. */
    readonly status: number;
    /** The words behind the status; empty over HTTP/2. */
    readonly reason: string;
    /** The fields of the answer, secrets hidden. */
    readonly headers: TracedRequest['headers'];
    /** `'1.0'`, `'1.1'` or `'2'`; empty for what is no HTTP. */
    readonly httpVersion: string;
    /** Where the body comes from. */
    readonly source: 'network' | 'cache' | 'revalidated';
    /** `Cache-Status` of the manager's cache (RFC 9211), or null. */
    readonly cacheStatus: string | null;
  };
  /** The whole answer is there, whatever its status. */
  'fairlead:request:end': {
    readonly request: TracedRequest;
    /** The status of the answer. */
    readonly status: number;
    /** Bytes of the body as it is read, decoded. */
    readonly bytesReceived: number;
    /** When each phase was reached. */
    readonly timings: Timings | null;
  };
  /** No answer came, or not all of it: refused, broken, timed out, aborted. */
  'fairlead:request:error': {
    readonly request: TracedRequest;
    /** Why: `code` for programs, `message` for people, without credentials. */
    readonly error: NetworkError;
    /** The status of the answer that has broken off; 0 when none had come. */
    readonly status: number;
    /** When each phase was reached. */
    readonly timings: Timings | null;
  };
}
