import type { NetworkError } from '../error.ts';
import type { BodySink, ResponseBody } from './body.ts';

/** A Response, and what its body needs while that is not handed out. */
export interface Unopened {
  readonly response: Response;
  readonly open: () => ResponseBody;
  /** Called when the Response was handed out: what becomes of it is its holder's. */
  readonly done: () => void;
}

/**
 * The body of a Response that has not been looked at: it may still be handed out as the Response that it is. WebKit forgets
 * what an abort is once a stream of it was shown.
 */
export class UnopenedBody implements ResponseBody {
  /** Null once the Response was handed out: what may still give that up does not keep it. */
  #unopened: Unopened | null;
  readonly #abort: (reason: NetworkError) => void;
  #opened: ResponseBody | null = null;
  #isPaused = false;

  /** @param abort gives up a Response that was handed out, and must not keep it */
  constructor(unopened: Unopened, abort: (reason: NetworkError) => void) {
    this.#unopened = unopened;
    this.#abort = abort;
  }

  takeResponse(): Response {
    const { response, done } = this.#unopened!;
    this.#unopened = null;
    done();
    return response;
  }

  start(sink: BodySink): void {
    const body = this.#body;
    if (this.#isPaused) body.pause();
    body.start(sink);
  }

  pause(): void {
    this.#isPaused = true;
    this.#opened?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#opened?.resume();
  }

  cancel(reason: NetworkError): void {
    if (this.#unopened === null) this.#abort(reason);
    else this.#body.cancel(reason);
  }

  get #body(): ResponseBody {
    this.#opened ??= this.#unopened!.open();
    return this.#opened;
  }
}
