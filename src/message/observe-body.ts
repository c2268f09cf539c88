import type { NetworkError } from '../error.ts';
import type { BodySink, ResponseBody } from './body.ts';
import { FlowingBody } from './flowing-body.ts';
import type { HttpHeaders } from './headers.ts';

/** Looks on while a body passes. */
export interface BodyObserver {
  /** The body is read from now on. */
  started?(): void;
  /** A chunk passes. */
  data?(): void;
  /** The reader stopped reading (true) or goes on (false). */
  paused?(paused: boolean): void;
  /** The body ended, failed or was given up. Once, and before its reader hears of it. */
  done(): void;
  /**
   * The Response behind the body was taken in its stead, see {@link ResponseBody.takeResponse}; the body is done. It cannot
   * be taken from behind an observer that does not know.
   */
  handedOut?(response: Response): void;
}

/** The same body with an observer beside it. Costs one call a chunk. */
export function observeBody(body: ResponseBody, observer: BodyObserver): ResponseBody {
  return new ObservedBody(body, observer);
}

/** One object for both directions: to the reader it is the body, to the body it is the sink. */
class ObservedBody extends FlowingBody implements BodySink {
  readonly takeResponse?: () => Response;
  readonly #body: ResponseBody;
  readonly #observer: BodyObserver;

  constructor(body: ResponseBody, observer: BodyObserver) {
    super();
    this.#body = body;
    this.#observer = observer;
    if (observer.handedOut !== undefined && body.takeResponse !== undefined) {
      const takeResponse = (): Response => {
        const response = body.takeResponse!();
        this.finish();
        observer.handedOut!(response);
        return response;
      };
      this.takeResponse = takeResponse;
    }
  }

  data(chunk: Uint8Array, lent: boolean): void {
    this.#observer.data?.();
    this.deliver(chunk, lent);
  }

  end(trailers: HttpHeaders | null): void {
    this.endBody(trailers);
  }

  fail(error: NetworkError): void {
    this.failBody(error);
  }

  protected override started(): void {
    this.#observer.started?.();
    if (this.isPaused) this.halt();
    this.#body.start(this);
  }

  protected flow(): void {
    this.#observer.paused?.(false);
    this.#body.resume();
  }

  protected override halt(): void {
    this.#body.pause();
    this.#observer.paused?.(true);
  }

  protected release(reason: NetworkError): void {
    this.#body.cancel(reason);
  }

  protected override finish(): BodySink | null {
    if (!this.isOver) this.#observer.done();
    return super.finish();
  }
}
