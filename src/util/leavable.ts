const OVER = { done: true, value: undefined } as const;

/**
 * A generator that can be left at once. A generator of the language does not hear of `return()` before the value that it
 * waits for is there, so what it waits for would never be let go of.
 */
export class Leavable<Value> implements AsyncGenerator<Value, void, undefined> {
  readonly #values: AsyncGenerator<Value, void, undefined>;
  readonly #leave: () => void;
  #isLeft = false;

  /** @param leave ends whatever `values` waits for. Called once, and not when the values have come to their end */
  constructor(values: AsyncGenerator<Value, void, undefined>, leave: () => void) {
    this.#values = values;
    this.#leave = leave;
  }

  async next(): Promise<IteratorResult<Value, void>> {
    try {
      const result = await this.#values.next();
      if (result.done === true) this.#isLeft = true;
      return this.#isLeft ? OVER : result;
    } catch (error) {
      if (this.#isLeft) return OVER;
      this.#isLeft = true;
      throw error;
    }
  }

  async return(): Promise<IteratorResult<Value, void>> {
    this.#end();
    return OVER;
  }

  async throw(error: unknown): Promise<never> {
    this.#end();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end();
  }

  #end(): void {
    if (this.#isLeft) return;
    this.#isLeft = true;
    this.#leave();
    // What it fails with, now that what it waited for is gone, is not for anybody.
    void this.#values.return().catch(() => {});
  }
}
