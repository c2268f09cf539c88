import type { ClientHttp2Stream } from 'node:http2';

/** Hears what happens on a stream of HTTP/2. Fields are flat `[name, value, …]`. */
export interface Http2StreamListener {
  answered(fields: readonly string[]): void;
  informed(fields: readonly string[]): void;
  trailed(fields: readonly string[]): void;
  received(chunk: Buffer): void;
  /** The body is over; whole when the peer has said so (END_STREAM), and not by a reset without an error. */
  ended(isWhole: boolean): void;
  closed(stream: ClientHttp2Stream): void;
}

const LISTENER = Symbol('listener');
const IS_CUT = Symbol('is cut');

type Stream = ClientHttp2Stream & { [LISTENER]?: Http2StreamListener | null; [IS_CUT]?: boolean };

/**
 * Tells `listener` of everything but the body, until the stream is closed. Then the stream forgets it: Node's native half
 * keeps a closed stream alive until the next full collection, and it would keep the whole request with it. For the same
 * reason the functions are shared by all streams.
 */
export function listenToStream(stream: Stream, listener: Http2StreamListener): void {
  stream[LISTENER] = listener;
  stream.push = push;
  stream.on('response', onResponse).on('headers', onHeaders).on('trailers', onTrailers);
  stream.on('close', onClose).on('error', onError);
}

/**
 * Node ends what is read of a stream alike when the peer ends it and when it resets it without an error; only, the stream is
 * closed by then in the one case and not yet in the other.
 */
function push(this: Stream, chunk: unknown, encoding?: BufferEncoding): boolean {
  if (chunk === null) this[IS_CUT] ??= this.closed;
  return inherited(this).push.call(this, chunk, encoding);
}

function inherited(stream: Stream): Stream {
  return Object.getPrototypeOf(stream) as Stream;
}

/** Begins to read the body. */
export function listenToBody(stream: Stream): void {
  stream.on('end', onEnd).on('data', onData);
}

function onResponse(this: Stream, _headers: unknown, _flags: number, fields: readonly string[] = []): void {
  this[LISTENER]?.answered(fields);
}

function onHeaders(this: Stream, _headers: unknown, _flags: number, fields: readonly string[] = []): void {
  this[LISTENER]?.informed(fields);
}

function onTrailers(this: Stream, _headers: unknown, _flags: number, fields: readonly string[] = []): void {
  this[LISTENER]?.trailed(fields);
}

function onData(this: Stream, chunk: Buffer): void {
  this[LISTENER]?.received(chunk);
}

function onEnd(this: Stream): void {
  this[LISTENER]?.ended(this[IS_CUT] !== true);
}

function onClose(this: Stream): void {
  const listener = this[LISTENER];
  this[LISTENER] = null;
  listener?.closed(this);
}

/** `close` follows, and has the error. */
function onError(): void {}
