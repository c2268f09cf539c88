import { NetworkError } from '../../error.ts';
import type { BodySink, ResponseBody } from '../../message/body.ts';
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
export class StoredBody implements ResponseBody {
  readonly #reader: BodyReader;
  readonly #rescue: Rescue;
  readonly #end: number;
  /** Read ahead: before `start`, so that damage at the beginning could still be a miss, or while paused. */
  #ahead: Uint8Array | null;
  #offset: number;
  #sink: BodySink | null = null;
  #paused = false;
  /** A read is under way, or there will be none any more. */
  #busy = false;
  #finished = false;
  /** What took over after damage. */
  #rest: ResponseBody | null = null;

  constructor(reader: BodyReader, ahead: Uint8Array | null, start: number, end: number, rescue: Rescue) {
    this.#reader = reader;
    this.#ahead = ahead;
    this.#offset = start;
    this.#end = end;
    this.#rescue = rescue;
  }

  start(sink: BodySink): void {
    this.#sink = sink;
    this.#flow();
  }

  pause(): void {
    this.#paused = true;
    this.#rest?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#rest?.resume();
    this.#flow();
  }

  cancel(reason: NetworkError): void {
    this.#rest?.cancel(reason);
    this.#finish();
  }

  #flow(): void {
    if (this.#busy || this.#sink === null) return;
    this.#busy = true;
    while (!this.#paused && !this.#finished) {
      if (this.#offset >= this.#end) {
        this.#finish()?.end(null);
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
      if (!this.#whatToDeliver(chunk)) return;
    }
    this.#busy = false;
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
    if (this.#paused) this.#ahead = kept(this.#reader, chunk);
    else if (!this.#whatToDeliver(chunk)) return;
    this.#busy = false;
    this.#flow();
  }

  /** False when the chunk is none. */
  #whatToDeliver(chunk: Uint8Array): boolean {
    if (chunk.length === 0) {
      this.#damaged(new Error('the stored body is shorter than it should be'));
      return false;
    }
    const bytes = chunk.subarray(0, this.#end - this.#offset);
    this.#offset += bytes.length;
    this.#sink?.data(bytes, !isOwned(this.#reader, bytes));
    return true;
  }

  #damaged(cause: unknown): void {
    if (this.#finished) return;
    this.#rescue(this.#offset).then(
      (rest) => this.#continueWith(rest),
      (error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        const message = `the cached body is damaged or incomplete, and its rest could not be fetched: ${why}`;
        this.#finish()?.fail(new NetworkError('unknown-content', message, { cause }));
      },
    );
  }

  #continueWith(rest: ResponseBody): void {
    const sink = this.#finish();
    if (sink === null) {
      rest.cancel(new NetworkError('operation-canceled', 'the reader has gone'));
      return;
    }
    this.#rest = rest;
    rest.start(sink);
    if (this.#paused) rest.pause();
  }

  /** Ends our part and gives the sink that is to be told, or null when it was told before. */
  #finish(): BodySink | null {
    const sink = this.#finished ? null : this.#sink;
    if (!this.#finished) this.#reader.close();
    this.#finished = true;
    this.#sink = null;
    return sink;
  }
}
