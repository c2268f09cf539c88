import type { NetworkError } from '../error.ts';
import type { BodySink, ResponseBody } from './body.ts';

/**
 * The body of a Response that has not been looked at: it may still be handed out as the Response that it is. WebKit forgets
 * what an abort is once a stream of it was shown.
 */
export class UnopenedBody implements ResponseBody {
  readonly #response: Response;
  readonly #open: () => ResponseBody;
  readonly #done: () => void;
  readonly #abort: (reason: NetworkError) => void;
  #opened: ResponseBody | null = null;
  #isPaused = false;
  #isTaken = false;

  /**
   * @param done called when the Response was handed out: what becomes of it is its holder's
   * @param abort gives up a Response that was handed out
   */
  constructor(
    response: Response,
    open: () => ResponseBody,
    done: () => void,
    abort: (reason: NetworkError) => void,
  ) {
    this.#response = response;
    this.#abort = abort;
    this.#open = open;
    this.#done = done;
  }

  takeResponse(): Response {
    this.#isTaken = true;
    this.#done();
    return this.#response;
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
    if (this.#isTaken) this.#abort(reason);
    else this.#body.cancel(reason);
  }

  get #body(): ResponseBody {
    this.#opened ??= this.#open();
    return this.#opened;
  }
}
