import type { NetworkError } from '../../src/error.ts';
import type { BodyChunks, RequestBody } from '../../src/message/body.ts';
import { sourceFailure } from '../../src/message/source-failure.ts';

/** Where an upload goes: a stream that tells when it has passed a chunk on. */
export interface UploadTarget {
  /** `taken` is called when the bytes were handed to the network, or never when the connection is gone. */
  write(chunk: Uint8Array, taken: () => void): void;
  /** The body is complete. */
  end(): void;
}

export interface UploadListener {
  /** `sent` bytes of the body have left so far. */
  progress(sent: number): void;
  failed(error: NetworkError): void;
}

/** Bytes that are written and not yet taken above which the source is not asked for more. */
const HIGH_WATER = 256 * 1024;
/**
 * What is larger is written in pieces of this size: its progress is seen, and the connection is read between two pieces
 * (Node's HTTP/2 reads nothing while a write is under way, and loses what came before a reset).
 */
const PIECE = 64 * 1024;
/**
 * What may be written before the event loop turns: a peer that reads as fast as is written, with a source that has
 * its next chunk ready, would keep the loop from everything else.
 */
const TURN_BYTES = 1024 * 1024;
const TURN_PIECES = 256;

/** A body that is written within {@link Upload.start}, in one piece. */
export function isWrittenAtOnce({ bytes }: RequestBody): boolean {
  return bytes !== null && bytes.length > 0 && bytes.length <= PIECE;
}

/**
 * Pumps a request body into a target with back-pressure, and lets the event loop turn meanwhile. The source is always
 * closed: at its end, by {@link stop}, or when it yields other bytes than its length promised.
 */
export class Upload {
  readonly #body: RequestBody;
  readonly #length: number | null;
  readonly #target: UploadTarget;
  readonly #listener: UploadListener;
  #written = 0;
  #taken = 0;
  #stopped = false;
  #source: AsyncIterator<Uint8Array> | null = null;
  #wake: (() => void) | null = null;

  /** @param length what the head promised, null when the end of the source is the end of the body */
  constructor(body: RequestBody, length: number | null, target: UploadTarget, listener: UploadListener) {
    this.#body = body;
    this.#length = length;
    this.#target = target;
    this.#listener = listener;
  }

  start(): void {
    const { bytes } = this.#body;
    if (bytes !== null && isWrittenAtOnce(this.#body)) {
      this.#write(bytes);
      this.#target.end();
      return;
    }
    this.#pump(() => (bytes === null ? this.#body.open() : once(bytes))).catch((cause: unknown) => {
      if (this.#stopped) return;
      this.stop();
      this.#listener.failed(sourceFailure(cause));
    });
  }

  /** Closes the source. Nothing is written or told any more. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    const source = this.#source;
    this.#source = null;
    // A generator that waits for its own source answers late or never: it is told, not waited for.
    source?.return?.().catch(() => {});
    this.#wake?.();
  }

  async #pump(open: () => BodyChunks): Promise<void> {
    // In here, so that a source which cannot even be opened fails like any other.
    const chunks = open();
    const source = chunks[Symbol.asyncIterator]();
    this.#source = source;
    let pieces = 0;
    let turnsAt = TURN_BYTES;
    for (;;) {
      const { done, value } = await source.next();
      if (this.#stopped) return;
      if (done === true) break;
      for (let at = 0; at === 0 || at < value.length; at += PIECE) {
        const isLast = at + PIECE >= value.length;
        // Pieces leave in their order.
        const left = isLast && chunks.giveBack !== undefined ? () => chunks.giveBack!(value) : null;
        this.#write(value.length > PIECE ? value.subarray(at, at + PIECE) : value, left);
        while (this.#written - this.#taken > HIGH_WATER && !this.#stopped) await this.#room();
        if (this.#stopped) return;
        if (++pieces < TURN_PIECES && this.#written < turnsAt) continue;
        await turn();
        if (this.#stopped) return;
        pieces = 0;
        turnsAt = this.#written + TURN_BYTES;
      }
    }
    this.#source = null;
    if (this.#length !== null && this.#written < this.#length) throw this.#mismatch();
    this.#target.end();
  }

  #write(chunk: Uint8Array, left: (() => void) | null = null): void {
    if (chunk.length === 0) return;
    this.#written += chunk.length;
    if (this.#length !== null && this.#written > this.#length) throw this.#mismatch();
    this.#target.write(chunk, () => {
      if (this.#stopped) return;
      left?.();
      this.#taken += chunk.length;
      this.#listener.progress(this.#taken);
      this.#wake?.();
    });
  }

  #room(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #mismatch(): Error {
    return new Error(`it was announced with ${this.#length} bytes and yielded ${this.#written}`);
  }
}

/** Resolves when the event loop has looked at its sockets. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
