import type { Bytes } from '../util/bytes.ts';
import { showCaller } from './caller-stack.ts';
import type { ReplyBody } from './reply-body.ts';

/** The next chunk of a body as it arrived, null at the end. One call at a time. */
function nextChunk(body: ReplyBody): Promise<Bytes | null> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      // Before the network goes on, which may bring the next chunk at once.
      body.wake = null;
      try {
        const chunk = body.poll();
        if (chunk === undefined) body.wake = look;
        else resolve(chunk);
      } catch (error) {
        reject(error);
      }
    };
    look();
  });
}

/**
 * The chunks of a reply, to its end. The first read claims the body. Leaving aborts the reply at once, before the first chunk and while one is awaited,
 * too: a generator would do nothing in the one case and wait for the chunk in the other.
 */
export class ChunksOfReply implements AsyncGenerator<Bytes, void, undefined> {
  readonly #body: ReplyBody;
  readonly #abort: () => void;
  /** Reads that are under way, and the last of them, for which the next one waits. */
  #reading = 0;
  #last: Promise<unknown> | null = null;
  #isClaimed = false;
  #isLeft = false;

  constructor(body: ReplyBody, abort: () => void) {
    this.#body = body;
    this.#abort = abort;
  }

  next(): Promise<IteratorResult<Bytes, void>> {
    const read = (): Promise<IteratorResult<Bytes, void>> => this.#read();
    const reading = this.#reading++ === 0 ? read() : this.#last!.then(read, read);
    this.#last = reading;
    return reading;
  }

  async return(): Promise<IteratorResult<Bytes, void>> {
    this.#leave();
    return OVER;
  }

  async throw(error: unknown): Promise<never> {
    this.#leave();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#leave();
  }

  async #read(): Promise<IteratorResult<Bytes, void>> {
    try {
      if (this.#isLeft) return OVER;
      if (!this.#isClaimed) this.#body.claim('for await');
      this.#isClaimed = true;
      const chunk = await nextChunk(this.#body);
      if (chunk !== null) return { done: false, value: chunk };
    } catch (error) {
      // The abort of its own, when it was left meanwhile.
      if (this.#isLeft) return OVER;
      // Not the reader of the body: it has lost nothing.
      if (this.#isClaimed) this.#leave();
      showCaller(error, this.#read);
      throw error;
    } finally {
      this.#reading--;
    }
    this.#leave();
    return OVER;
  }

  #leave(): void {
    this.#isLeft = true;
    this.#abort();
  }
}

const OVER = { done: true, value: undefined } as const;
