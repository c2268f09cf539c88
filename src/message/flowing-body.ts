import type { NetworkError } from '../error.ts';
import type { BodySink, ResponseBody } from './body.ts';
import type { HttpHeaders } from './headers.ts';

/**
 * The life of a response body, for everything that makes one: *idle* until it is started, then *flowing* or *paused*, and
 * *over* once it has ended, failed or was cancelled. What comes too early, too late or twice is dealt with here; a subclass
 * moves the bytes.
 *
 *     idle ── start ──→ flowing ⇄ pause, resume ⇄ paused ── ended, failed, cancel ──→ over
 *
 * Nothing moves before it is started: a body that is paused by then begins paused. One that fails before it is started fails when it is.
 */
export abstract class FlowingBody implements ResponseBody {
  #sink: BodySink | null = null;
  #isPaused = false;
  #isOver = false;
  #failure: NetworkError | null = null;

  start(sink: BodySink): void {
    const failure = this.#failure;
    this.#failure = null;
    if (failure !== null) sink.fail(failure);
    if (this.#isOver) return;
    this.#sink = sink;
    this.started();
  }

  pause(): void {
    if (this.#isOver || this.#isPaused) return;
    this.#isPaused = true;
    if (this.#sink !== null) this.halt();
  }

  resume(): void {
    if (this.#isOver || !this.#isPaused) return;
    this.#isPaused = false;
    if (this.#sink !== null) this.flow();
  }

  cancel(reason: NetworkError): void {
    if (this.#isOver) return;
    this.finish();
    this.release(reason);
  }

  /** It has ended, failed or was given up: nothing of it reaches anybody any more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  get isStarted(): boolean {
    return this.#sink !== null;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Started, not paused and not over: the reader wants more. */
  protected get isFlowing(): boolean {
    return this.#sink !== null && !this.#isPaused;
  }

  /** The reader is there, perhaps paused already. */
  protected started(): void {
    if (!this.#isPaused) this.flow();
  }

  /** The reader wants bytes: at once, or again. */
  protected abstract flow(): void;

  /** The reader, which is there, wants no more for now; a few chunks may still come. */
  protected halt(): void {}

  /** The reader has given the body up: lets go of what stands behind it. */
  protected abstract release(reason: NetworkError): void;

  /** Hands a chunk on. With `lent` it is valid only during the call. */
  protected deliver(chunk: Uint8Array, lent: boolean): void {
    this.#sink?.data(chunk, lent);
  }

  /** The body is complete. It must have been started. */
  protected endBody(trailers: HttpHeaders | null): void {
    this.finish()?.end(trailers);
  }

  /** The body will not be complete. */
  protected failBody(error: NetworkError): void {
    if (this.#isOver) return;
    const sink = this.finish();
    if (sink === null) this.#failure = error;
    else sink.fail(error);
  }

  /** Ends it without a word to the reader, who is returned for a last one. */
  protected finish(): BodySink | null {
    const sink = this.#sink;
    this.#sink = null;
    this.#isOver = true;
    return sink;
  }
}
