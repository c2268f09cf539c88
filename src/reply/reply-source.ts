import type { AsyncContexts } from '../call/async-contexts.ts';
import type { CallSink } from '../call/call.ts';
import type { HttpRequest } from '../call/request.ts';
import type { Timings } from '../call/timings.ts';
import type { TlsAnswers } from '../call/tls-answers.ts';
import type { NetworkError } from '../error.ts';
import type { Priority } from '../options/options.ts';
import type { Clock } from '../util/clock.ts';
import type { ActiveSet, Placed } from '../util/collections.ts';
import type { Operation } from './operation.ts';

/** Makes the transfer that answers a request, of which the sink is told. */
export type OpenTransfer = (request: HttpRequest, sink: CallSink) => Transfer;

/** What stands behind replies: a pipeline of this process, a prepared answer, a port to another process. */
export interface ReplySource {
  /**
   * Makes the transfer that answers a request. Called one turn after its reply was made, unless that was aborted by then.
   */
  open(request: HttpRequest, sink: CallSink): Transfer;
  readonly clock: Clock;
  /** The asynchronous context of who makes a reply, where the platform has such a thing. */
  readonly asyncContexts?: AsyncContexts | undefined;
  /** How bodies become text, where the platform has a better way than the global TextDecoder. */
  readonly textDecoding?: TextDecoding;
  /** Where TLS asks questions. */
  readonly tlsAnswers?: TlsAnswers;
  /** Told that the answer was looked for before it is there, and by which name. */
  readonly tellEarlyRead?: (name: string) => void;
  /** Opens a transfer and watches it, where the platform has a place to tell of it. */
  readonly traceRequest?: TraceRequest;
}

/** Opens a transfer by `open`, and may stand on both sides of it. */
export type TraceRequest = (request: HttpRequest, sink: CallSink, open: OpenTransfer) => Transfer;

/** How bytes become text. A byte order mark is dropped, broken sequences become U+FFFD. */
export interface TextDecoding {
  /** WHATWG "UTF-8 decode". */
  readonly decodeUtf8: (bytes: Uint8Array) => string;
  /** @throws RangeError for a label that the Encoding Standard does not know */
  readonly createDecoder: (label: string) => TextDecoder;
}

/** The answer to one request, under way. The last event that its sink gets is `end` or `failed`. */
export interface Transfer {
  /** The call's clock readings, where there is one. */
  readonly timings: Timings | null;
  /** The call of an exchange that it shares, while it waits for that. */
  readonly waitsFor?: { readonly timings: Timings } | null;
  start(): void;
  pause(): void;
  resume(): void;
  /** Gives the transfer up. Nothing is told to the sink after it. */
  abandon(reason: NetworkError): void;
  /** Moves the request in the queue, now if it waits there. */
  setPriority(priority: Priority): void;
}

/** What a reply is made of. */
export interface ReplyInit<Running extends Placed> {
  readonly operation: Operation;
  readonly request: HttpRequest;
  readonly source: ReplySource;
  /** Where replies that are under way are kept. */
  readonly underWay?: ActiveSet<Running>;
}
