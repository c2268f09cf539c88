import type { ResponseBody } from './body.ts';
import { FlowingBody } from './flowing-body.ts';

/** A body of bytes that are in memory, which stay their owner's. */
export function bytesBody(...chunks: readonly Uint8Array[]): ResponseBody {
  return new BytesBody(chunks);
}

class BytesBody extends FlowingBody {
  readonly #chunks: readonly Uint8Array[];
  #index = 0;
  #isRunning = false;

  constructor(chunks: readonly Uint8Array[]) {
    super();
    this.#chunks = chunks;
  }

  protected flow(): void {
    // A reader that pauses and resumes inside of a chunk is served by the loop that gave it.
    if (this.#isRunning) return;
    this.#isRunning = true;
    while (this.isFlowing) {
      const chunk = this.#chunks[this.#index++];
      if (chunk === undefined) this.endBody(null);
      else if (chunk.length > 0) this.deliver(chunk, true);
    }
    this.#isRunning = false;
  }

  protected release(): void {}
}
