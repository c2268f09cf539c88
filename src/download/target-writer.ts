import { NetworkError } from '../error.ts';
import type { DownloadTarget } from './target.ts';

/** Bytes on their way to the target at which the network is made to wait, and at which it goes on. */
const HIGH_WATER = 1024 * 1024;
const LOW_WATER = 256 * 1024;

/** Whose writing it is. */
interface WriterOwner {
  /** The download has ended: nothing more is done for it. */
  readonly isOver: boolean;
  /** There is room again. */
  drained(): void;
  failed(error: NetworkError): void;
}

/** Does what concerns the target: one thing after the other, in the order in which it was decided. */
export class TargetWriter {
  readonly #target: Pick<DownloadTarget<unknown>, 'write' | 'abandon'>;
  readonly #owner: WriterOwner;
  #chain: Promise<void> = Promise.resolve();
  #pending = 0;

  constructor(target: Pick<DownloadTarget<unknown>, 'write' | 'abandon'>, owner: WriterOwner) {
    this.#target = target;
    this.#owner = owner;
  }

  /** As much waits to be written as may. */
  get isFull(): boolean {
    return this.#pending >= HIGH_WATER;
  }

  write(chunk: Uint8Array): void {
    this.#pending += chunk.length;
    this.do(async () => {
      await this.#target.write(chunk);
      this.#pending -= chunk.length;
      if (this.#pending < LOW_WATER) this.#owner.drained();
    });
  }

  /** Does it after all that was decided before, unless the download has ended by then. */
  do(task: () => Promise<void>): void {
    this.#chain = this.#chain.then(async () => {
      if (this.#owner.isOver) return;
      try {
        await task();
      } catch (thrown) {
        this.#owner.failed(asError(thrown));
      }
    });
  }

  /** Leaves the target as it is to stay, when what is being written is. */
  end(keep: boolean): Promise<void> {
    this.#chain = this.#chain.then(() => this.#target.abandon(keep)).catch(() => {});
    return this.#chain;
  }
}

function asError(thrown: unknown): NetworkError {
  if (thrown instanceof NetworkError) return thrown;
  const message = `it cannot be saved: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
  return new NetworkError('unknown-content', message, { cause: thrown });
}
