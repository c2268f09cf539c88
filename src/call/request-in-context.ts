import type { RequestBody } from '../message/body.ts';
import type { AsyncContext } from '../util/async-context.ts';
import type { HttpRequest } from './request.ts';

/**
 * The same request, for whose body the chunks are asked in its context: a generator of the application's is driven by a
 * socket, which belongs to no request. A body that is in memory runs no code.
 */
export function requestInContext(request: HttpRequest, context: AsyncContext | null): HttpRequest {
  const { body } = request;
  if (context === null || body === null || body.bytes !== null) return request;
  return { ...request, body: { ...body, open: () => new ChunksInContext(body, context) } };
}

class ChunksInContext implements AsyncIterableIterator<Uint8Array> {
  readonly #context: AsyncContext;
  readonly #chunks: AsyncIterator<Uint8Array>;

  constructor(body: RequestBody, context: AsyncContext) {
    this.#context = context;
    this.#chunks = context.runInAsyncScope(() => body.open()[Symbol.asyncIterator]());
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
}
