import type { BodyChunks, RequestBody } from '../message/body.ts';

/**
 * A body that can be sent once, and knows whether it has been: a server that refuses a request before its body was sent
 * (Expect: 100-continue) gets it with the next one.
 */
export class OnceBody implements RequestBody {
  readonly #body: RequestBody;
  #isOpened = false;
  readonly length: number | null;
  readonly replayable = false;
  readonly bytes = null;
  readonly contentType: string | null;
  readonly request?: Request;

  constructor(body: RequestBody) {
    this.#body = body;
    this.length = body.length;
    this.contentType = body.contentType;
    if (body.request !== undefined) this.request = body.request;
  }

  /** Nothing of it has been read. What a platform's own Request holds it sends without telling. */
  get isWhole(): boolean {
    return !this.#isOpened && this.request === undefined;
  }

  open(): BodyChunks {
    this.#isOpened = true;
    return this.#body.open();
  }

  discard(): void {
    this.#body.discard?.();
  }
}
