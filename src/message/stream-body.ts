import type { NetworkError } from '../error.ts';
import type { BodySink, ResponseBody } from './body.ts';
import { FlowingBody } from './flowing-body.ts';
import { bytesOfStream } from './to-bytes.ts';

export type ByteReader = Pick<ReadableStreamDefaultReader<Uint8Array>, 'read' | 'cancel'>;
export type ByteStream = { getReader(): ByteReader };

export interface StreamBodyInit {
  /**
   * Aborts what stands behind the stream when the body is cancelled. When something else aborts it, the body fails at
   * once, whatever the stream makes of that.
   */
  readonly controller?: AbortController;
  /** Called when the body has ended, failed or was given up, before its reader hears of it, at least once. */
  readonly done?: () => void;
  /** The source of the stream may use the memory of its chunks again. */
  readonly isLent?: boolean;
  /** Lets the event loop turn. Without it a source that always has its next chunk may keep the loop from everything else. */
  readonly turn?: Turn | undefined;
}

/** Resolves when the event loop has turned. */
export type Turn = () => Promise<unknown>;

/**
 * A response body out of a WHATWG stream of bytes, or of what can be read like one. A chunk that is no Uint8Array is a
 * TypeError (WHATWG Fetch, "incrementally read loop").
 *
 * @param toError what a failure of the stream becomes, or an abort
 */
export function streamBody(
  stream: ByteStream,
  toError: (cause: unknown) => NetworkError,
  { controller = new AbortController(), done = () => {}, isLent = false, turn }: StreamBodyInit = {},
): ResponseBody {
  return new StreamBody(stream.getReader(), toError, controller, done, isLent, turn);
}

class StreamBody extends FlowingBody {
  readonly #reader: ByteReader;
  readonly #toError: (cause: unknown) => NetworkError;
  readonly #controller: AbortController;
  readonly #done: () => void;
  readonly #isLent: boolean;
  readonly #turn: Turn | undefined;
  #isReading = false;

  constructor(
    reader: ByteReader,
    toError: (cause: unknown) => NetworkError,
    controller: AbortController,
    done: () => void,
    isLent: boolean,
    turn: Turn | undefined,
  ) {
    super();
    this.#reader = reader;
    this.#toError = toError;
    this.#controller = controller;
    this.#done = done;
    this.#isLent = isLent;
    this.#turn = turn;
    const { signal } = controller;
    if (signal.aborted) this.#fail(signal.reason);
    signal.addEventListener('abort', () => this.#fail(signal.reason));
  }

  protected flow(): void {
    if (!this.#isReading) void this.#read();
  }

  protected release(): void {
    this.#controller.abort();
  }

  protected override finish(): BodySink | null {
    this.#done();
    return super.finish();
  }

  async #read(): Promise<void> {
    this.#isReading = true;
    try {
      for (let chunks = 1; this.isFlowing; chunks++) {
        if (chunks % 64 === 0 && this.#turn !== undefined) {
          await this.#turn();
          // It may have been paused meanwhile.
          continue;
        }
        const { done, value } = await this.#reader.read();
        if (done) this.endBody(null);
        else if (bytesOfStream(value).length > 0) this.deliver(value, this.#isLent);
      }
    } catch (cause) {
      this.#fail(cause);
    }
    this.#isReading = false;
  }

  /** Nothing more will be read of the stream, which it may know. */
  #fail(cause: unknown): void {
    if (!this.isOver) this.failBody(this.#toError(cause));
    this.#reader.cancel(cause).catch(() => {});
  }
}
