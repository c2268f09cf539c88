import type { Bytes } from '../util/bytes.ts';
import type { ReplyBody } from './reply-body.ts';
import { type AnsweringReply, bodyFailure } from './response-maker.ts';

/**
 * The body of a reply as a WHATWG stream: a byte stream where the platform has them, so that `getReader({ mode: 'byob' })`
 * works. The body is claimed with the first read, and what is not read stays in the reply. The end, or a failure, shows
 * without a read (WHATWG Fetch, HTTP-network fetch, and "terminated").
 *
 * @param isHeld the reply holds on to the stream; otherwise a stream that is collected gives the reply up
 */
export function bodyStream(reply: AnsweringReply, body: ReplyBody, isHeld: boolean): BodyStream {
  const source = new BodySource(reply, body);
  if (!isHeld) abandoned?.register(source, reply);
  const stream = new ReadableStream<Bytes>(source as UnderlyingDefaultSource<Bytes>, { highWaterMark: 0 });
  return { stream, failure: () => source.failure };
}

export interface BodyStream {
  readonly stream: ReadableStream<Bytes>;
  /** What the stream has failed with, once it has. */
  readonly failure: () => { readonly reason: unknown } | null;
}

type Controller = ReadableByteStreamController | ReadableStreamDefaultController<Bytes>;

/** The underlying source of one stream, which alone holds on to it: it is collected together with the stream. */
class BodySource {
  readonly type = streamType();
  readonly #reply: AnsweringReply;
  readonly #body: ReplyBody;
  failure: { readonly reason: unknown } | null = null;
  #controller: Controller | null = null;
  #isClaimed = false;
  /** Stops listening to the signal. */
  #forget: () => void = () => {};

  constructor(reply: AnsweringReply, body: ReplyBody) {
    this.#reply = reply;
    this.#body = body;
  }

  start(controller: Controller): void {
    this.#controller = controller;
    const { signal } = this.#reply.request.options;
    const ifHeld = weakly<BodySource>(this);
    const whenOver = (): void => ifHeld((source) => source.#settle());
    this.#body.whenOver = whenOver;
    if (signal !== null) {
      const whenAborted = (): void => ifHeld((source) => source.#body.release(signal.reason));
      const forget = (): void => signal.removeEventListener('abort', whenAborted);
      signal.addEventListener('abort', whenAborted);
      listeners?.register(this, forget);
      this.#forget = forget;
    }
    this.#settle();
  }

  pull(): void {
    if (!this.#isClaimed) this.#body.claim('response.body');
    this.#isClaimed = true;
    this.#give();
  }

  cancel(reason: unknown): void {
    this.#controller = null;
    this.#forget();
    this.#body.wake = null;
    this.#body.whenOver = null;
    this.#reply.abort(reason);
  }

  /** Gives the chunk that is asked for, when there is one, or else as soon as there is. */
  readonly #give = (): void => {
    const body = this.#body;
    // Before the network goes on, which may bring the next chunk at once.
    body.wake = null;
    try {
      const chunk = body.poll();
      if (chunk === undefined) body.wake = this.#give;
      else if (chunk === null) this.#settle();
      else this.#controller?.enqueue(chunk as Uint8Array<ArrayBuffer>);
    } catch {
      // Told below: the body has failed, and nothing of it is left to read.
    }
    this.#settle();
  };

  /** Closes the stream, or lets it fail, once nothing is left to read. */
  #settle(): void {
    const { isSpent, failure } = this.#body;
    const controller = this.#controller;
    if (!isSpent || controller === null) return;
    this.#controller = null;
    this.#forget();
    this.#body.whenOver = null;
    if (failure === null) close(controller);
    else {
      this.failure = { reason: bodyFailure(this.#reply, failure) };
      controller.error(this.failure.reason);
    }
  }
}

function close(controller: Controller): void {
  controller.close();
  // A read into a buffer of the reader's own waits for it (Streams, ReadableByteStreamController, close).
  if ('byobRequest' in controller) controller.byobRequest?.respond(0);
}

let type: 'bytes' | undefined | null = null;

/** Not every engine has byte streams. */
function streamType(): 'bytes' | undefined {
  if (type === null) {
    try {
      new ReadableStream({ type: 'bytes' });
      type = 'bytes';
    } catch {
      type = undefined;
    }
  }
  return type;
}

type Use<Value> = (act: (value: Value) => void) => void;

/**
 * Does something with an object without keeping it in memory, where the platform can. Two functions make the two ways: what
 * closures of one function capture, all of them keep.
 */
function weakly<Value extends object>(value: Value): Use<Value> {
  return typeof WeakRef === 'undefined' ? holding(value) : referring(new WeakRef(value));
}

function holding<Value>(value: Value): Use<Value> {
  return (act) => act(value);
}

function referring<Value extends object>(reference: WeakRef<Value>): Use<Value> {
  return (act) => {
    const held = reference.deref();
    if (held !== undefined) act(held);
  };
}

const canForget = typeof FinalizationRegistry !== 'undefined';

/** A stream that is held by nothing cannot be read: what still stands behind it is given up. */
const abandoned = canForget
  ? new FinalizationRegistry<AnsweringReply>((reply) => {
      if (!reply.isBodyClaimed) reply.abort();
    })
  : null;

/** Its listener on a signal, which may live as long as the application. */
const listeners = canForget ? new FinalizationRegistry<() => void>((forget) => forget()) : null;
