import type { BodyChunks, RequestBody, ResponseBody } from '../message/body.ts';
import type { AsyncContext } from '../util/async-context.ts';
import type { Call } from './call.ts';
import type { HttpRequest } from './request.ts';

/** What a platform that has asynchronous contexts brings. A page has none, and nothing of this. */
export interface AsyncContexts {
  /** The context of the moment. */
  capture(): AsyncContext;
  /**
   * The same request, for whose body the chunks are asked in its context: a generator of the application's is driven by a
   * socket, which belongs to no request. A body that is in memory runs no code.
   */
  requestIn(request: HttpRequest, context: AsyncContext): HttpRequest;
  /** The same body, told of in the context of its request: a cache of the application's is written to from a socket. */
  bodyIn(body: ResponseBody, call: Call): ResponseBody;
}

export function asyncContexts(capture: () => AsyncContext): AsyncContexts {
  return { capture, requestIn, bodyIn };
}

function requestIn(request: HttpRequest, context: AsyncContext): HttpRequest {
  const { body } = request;
  if (body === null || body.bytes !== null) return request;
  return { ...request, body: { ...body, open: () => new ChunksInContext(body, context) } };
}

class ChunksInContext implements AsyncIterableIterator<Uint8Array>, BodyChunks {
  readonly #context: AsyncContext;
  readonly #sending: BodyChunks;
  readonly #chunks: AsyncIterator<Uint8Array>;

  constructor(body: RequestBody, context: AsyncContext) {
    this.#context = context;
    this.#sending = context.runInAsyncScope(() => body.open());
    this.#chunks = context.runInAsyncScope(() => this.#sending[Symbol.asyncIterator]());
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    return this.#context.runInAsyncScope(() => this.#chunks.next());
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    await this.#context.runInAsyncScope(() => this.#chunks.return?.());
    return { done: true, value: undefined };
  }

  giveBack(chunk: Uint8Array): void {
    if (this.#sending.giveBack !== undefined)
      this.#context.runInAsyncScope(() => this.#sending.giveBack!(chunk));
  }
}

function bodyIn(body: ResponseBody, call: Call): ResponseBody {
  return {
    start: (sink) =>
      body.start({
        data: (chunk, lent) => call.inContext(() => sink.data(chunk, lent)),
        end: (trailers) => call.inContext(() => sink.end(trailers)),
        fail: (error) => call.inContext(() => sink.fail(error)),
      }),
    pause: () => body.pause(),
    resume: () => body.resume(),
    cancel: (reason) => body.cancel(reason),
  };
}
