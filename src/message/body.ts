import type { NetworkError } from '../error.ts';
import type { HttpHeaders } from './headers.ts';

/**
 * A body on its way up. Normalised once, when the request is created; every hop that sends it opens it anew.
 */
export interface RequestBody {
  /** Bytes, or null when it cannot be known before it ends. */
  readonly length: number | null;
  /** True when `open()` may be called again: after a redirect, a 401 or a lost connection. */
  readonly replayable: boolean;
  /** The whole body when it is in memory already: a transport may send it together with the head. */
  readonly bytes: Uint8Array | null;
  /** The Content-Type that the kind of body implies (a form, a Blob's type), or null. */
  readonly contentType: string | null;
  /** The same as a Blob, where it is one (a Blob, a form): a page's fetch sends that without reading it into memory. */
  blob?(): Blob | Promise<Blob>;
  /**
   * A request is made with it.
   * @throws TypeError when it can be sent once, and was sent, is to be sent or is read by something else
   */
  claim?(): void;
  /** The platform's own Request whose body it is: a fetch sends that as it stands. */
  readonly request?: Request;
  /** Begins one sending of it. */
  open(): BodyChunks;
  /** The reply has ended. Releases what was never opened, where that holds something. */
  discard?(): void;
}

/** One sending of a body: its chunks in order. Ending the iteration early releases what stands behind it. */
export interface BodyChunks extends AsyncIterable<Uint8Array> {
  /**
   * Takes back a chunk of which nothing is looked at any more, so that its memory may be used again: called by who knows that its
   * bytes have left, and never by who keeps, collects or hands on what it gets. Whatever wraps the chunks leaves this out,
   * unless it does no more than pass them on.
   */
  giveBack?(chunk: Uint8Array): void;
}

/**
 * The method by which an object that can be sent tells how. Found by this symbol, not by its shape: a shape can be
 * faked by a polluted `Object.prototype`.
 */
export const requestBody: unique symbol = Symbol.for('fairlead.requestBody');

/** An object that can be sent as a body: Qt's multipart, or one of the application's own. */
export interface RequestBodySource {
  /** The body for one request. Called when the request is made. */
  [requestBody](): RequestBody;
}

/**
 * A body on its way down. Nothing flows before `start`; a transport holds at most about one read until then.
 *
 * Calls after the end, a failure or `cancel` do nothing.
 */
export interface ResponseBody {
  /** Begins delivery. Called once. Chunks may arrive inside the call. */
  start(sink: BodySink): void;
  /** Stops reading from the peer as soon as may be; a few chunks that are on the way may still arrive. */
  pause(): void;
  /** Reads on, where it had stopped. */
  resume(): void;
  /**
   * The Response of the platform whose whole body this is, in place of `start`: its taker reads it, and nothing here sees
   * its bytes. Only where nothing has changed what the platform gave; whatever wraps a body to change or store it leaves
   * this out. It is called within the turn in which the head is told.
   */
  takeResponse?(): Response;
  /** Gives the body up and releases what stands behind it. The sink hears nothing more. Allowed before `start`. */
  cancel(reason: NetworkError): void;
}

/** Where a {@link ResponseBody} goes. After `end` or `fail`, each at most once and never both, nothing follows. */
export interface BodySink {
  /**
   * With `lent`, the bytes are valid only during the call: copy what must outlive it. Without, they are the sink's, which may
   * write to their memory, or give it away, where they are all that lies in it.
   */
  data(chunk: Uint8Array, lent: boolean): void;
  /** All bytes have come. Trailers are null where there were none or the platform hides them. */
  end(trailers: HttpHeaders | null): void;
  /** No more bytes will come, and some are missing. */
  fail(error: NetworkError): void;
}

/** A body that ends at once: HEAD, 204, 304. */
export const EMPTY_BODY: ResponseBody = {
  start: (sink) => sink.end(null),
  pause: () => {},
  resume: () => {},
  cancel: () => {},
};
