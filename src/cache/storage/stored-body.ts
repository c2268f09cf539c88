import { NetworkError } from '../../error.ts';
import type { BodySink, ResponseBody } from '../../message/body.ts';
import { FlowingBody } from '../../message/flowing-body.ts';
import { copyBytes } from '../../util/bytes.ts';
import type { BodyReader, MaybePromise } from './network-cache.ts';

/** The most bytes that are asked of a store at a time; one on a disk gives fewer. */
export const READ_SIZE = 1024 * 1024;

/** Whether these bytes of a reader may be given away. A part of a larger buffer may not: others have the rest of it. */
function isOwned(reader: BodyReader, bytes: Uint8Array): boolean {
  return reader.owned === true && bytes.length === bytes.buffer.byteLength;
}

/** The bytes of a reader for longer than until its next call. */
export function kept(reader: BodyReader, bytes: Uint8Array): Uint8Array {
  return reader.owned === true ? bytes : copyBytes(bytes);
}

/** Where the rest of a body comes from when a store turns out to be damaged in the middle of it. */
export type Rescue = (offset: number) => Promise<ResponseBody>;

/**
 * A stored body on its way to a reply: bytes `start` to `end` (exclusive) of what a reader gives, at the pace of the
 * sink. What fails to be read is never delivered: the rest comes from the `rescue`.
 */
export class StoredBody extends FlowingBody {
  readonly #reader: BodyReader;
  readonly #rescue: Rescue;
  readonly #end: number;
  /** Read ahead: before `start`, so that damage at the beginning could still be a miss, or while paused. */
  #ahead: Uint8Array | null;
  #offset: number;
  /** A read is under way, or there will be none any more. */
  #busy = false;
  #isClosed = false;
  /** What took over after damage. */
  #rest: ResponseBody | null = null;

  constructor(reader: BodyReader, ahead: Uint8Array | null, start: number, end: number, rescue: Rescue) {
    super();
    this.#reader = reader;
    this.#ahead = ahead;
    this.#offset = start;
    this.#end = end;
    this.#rescue = rescue;
  }

  protected flow(): void {
    this.#rest?.resume();
    if (this.#busy) return;
    this.#busy = true;
    while (this.isFlowing) {
      if (this.#offset >= this.#end) {
        this.endBody(null);
        break;
      }
      const chunk = this.#next();
      if (chunk instanceof Promise) {
        chunk.then(
          (bytes) => this.#arrived(bytes),
          (cause) => this.#damaged(cause),
        );
        return;
      }
      if (!this.#take(chunk)) return;
    }
    this.#busy = false;
  }

  protected override halt(): void {
    this.#rest?.pause();
  }

  protected release(reason: NetworkError): void {
    this.#rest?.cancel(reason);
  }

  protected override finish(): BodySink | null {
    this.#closeReader();
    return super.finish();
  }

  #next(): MaybePromise<Uint8Array> {
    const ahead = this.#ahead;
    this.#ahead = null;
    if (ahead !== null) return ahead;
    try {
      return this.#reader.read(this.#offset, Math.min(READ_SIZE, this.#end - this.#offset));
    } catch (cause) {
      return Promise.reject(cause);
    }
  }

  #arrived(chunk: Uint8Array): void {
    if (this.isPaused) this.#ahead = kept(this.#reader, chunk);
    else if (!this.#take(chunk)) return;
    this.#busy = false;
    if (this.isFlowing) this.flow();
  }

  /** False when the chunk is none. */
  #take(chunk: Uint8Array): boolean {
    if (chunk.length === 0) {
      this.#damaged(new Error('the stored body is shorter than it should be'));
      return false;
    }
    const bytes = chunk.subarray(0, this.#end - this.#offset);
    this.#offset += bytes.length;
    this.deliver(bytes, !isOwned(this.#reader, bytes));
    return true;
  }

  #damaged(cause: unknown): void {
    if (this.isOver) return;
    this.#rescue(this.#offset).then(
      (rest) => this.#continueWith(rest),
      (error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        const message = `the cached body is damaged or incomplete, and its rest could not be fetched: ${why}`;
        this.failBody(new NetworkError('unknown-content', message, { cause }));
      },
    );
  }

  /** From here on the rest is the body, and this only passes it on. */
  #continueWith(rest: ResponseBody): void {
    if (this.isOver) {
      rest.cancel(new NetworkError('operation-canceled', 'nobody reads any more'));
      return;
    }
    this.#closeReader();
    this.#rest = rest;
    rest.start({
      data: (chunk, lent) => this.deliver(chunk, lent),
      end: (trailers) => this.endBody(trailers),
      fail: (error) => this.failBody(error),
    });
    if (this.isPaused) rest.pause();
  }

  #closeReader(): void {
    if (!this.#isClosed) this.#reader.close();
    this.#isClosed = true;
  }
}
