import type { NetworkError } from '../error.ts';
import type { ResponseBody } from './body.ts';
import { FlowingBody } from './flowing-body.ts';

/** One body after the other, as one. The second one waits, paused, for the end of the first; its trailers are those of both. */
export function joinBodies(first: ResponseBody, second: ResponseBody): ResponseBody {
  return new JoinedBody(first, second);
}

class JoinedBody extends FlowingBody {
  readonly #first: ResponseBody;
  readonly #second: ResponseBody;
  #current: ResponseBody;

  constructor(first: ResponseBody, second: ResponseBody) {
    super();
    this.#first = first;
    this.#second = second;
    this.#current = first;
    second.pause();
  }

  protected override started(): void {
    if (this.isPaused) this.halt();
    this.#first.start({
      data: (chunk, lent) => this.deliver(chunk, lent),
      end: () => this.#startSecond(),
      fail: (error) => {
        this.#second.cancel(error);
        this.failBody(error);
      },
    });
  }

  protected flow(): void {
    this.#current.resume();
  }

  protected override halt(): void {
    this.#current.pause();
  }

  protected release(reason: NetworkError): void {
    this.#first.cancel(reason);
    this.#second.cancel(reason);
  }

  #startSecond(): void {
    const second = this.#second;
    this.#current = second;
    second.start({
      data: (chunk, lent) => this.deliver(chunk, lent),
      end: (trailers) => this.endBody(trailers),
      fail: (error) => this.failBody(error),
    });
    if (!this.isPaused) second.resume();
  }
}
