import type { NetworkError } from '../error.ts';
import type { BodySink, ResponseBody } from './body.ts';
import type { HttpHeaders } from './headers.ts';

/** Looks on while a body passes. */
export interface BodyObserver {
  /** Somebody begins to read. */
  started?(): void;
  /** A chunk passes. */
  data?(): void;
  /** The reader stopped reading (true) or goes on (false). */
  paused?(paused: boolean): void;
  /** The body ended, failed or was given up. Once, and before its reader hears of it. */
  done(): void;
}

/** The same body with an observer beside it. Costs one call a chunk. */
export function observeBody(body: ResponseBody, observer: BodyObserver): ResponseBody {
  return new ObservedBody(body, observer);
}

/** One object for both directions: to the reader it is the body, to the body it is the sink. */
class ObservedBody implements ResponseBody, BodySink {
  readonly #body: ResponseBody;
  readonly #observer: BodyObserver;
  #sink: BodySink | null = null;
  #paused = false;
  #done = false;

  constructor(body: ResponseBody, observer: BodyObserver) {
    this.#body = body;
    this.#observer = observer;
  }

  start(sink: BodySink): void {
    this.#sink = sink;
    this.#observer.started?.();
    this.#body.start(this);
  }

  pause(): void {
    this.#body.pause();
    this.#setPaused(true);
  }

  resume(): void {
    this.#setPaused(false);
    this.#body.resume();
  }

  cancel(reason: NetworkError): void {
    this.#finish();
    this.#body.cancel(reason);
  }

  data(chunk: Uint8Array, lent: boolean): void {
    this.#observer.data?.();
    this.#sink?.data(chunk, lent);
  }

  end(trailers: HttpHeaders | null): void {
    this.#finish();
    this.#sink?.end(trailers);
  }

  fail(error: NetworkError): void {
    this.#finish();
    this.#sink?.fail(error);
  }

  #setPaused(paused: boolean): void {
    if (this.#paused === paused || this.#done) return;
    this.#paused = paused;
    this.#observer.paused?.(paused);
  }

  #finish(): void {
    if (this.#done) return;
    this.#done = true;
    this.#observer.done();
  }
}
