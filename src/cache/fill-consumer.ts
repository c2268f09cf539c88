import { NetworkError } from '../error.ts';
import type { BodySink, ResponseBody } from '../message/body.ts';
import type { HttpHeaders } from '../message/headers.ts';
import type { BodyReader } from './network-cache.ts';
import { type Rescue, StoredBody } from './stored-body.ts';

/** What a reply's view of a body asks of the body that is arriving. */
export interface Filling {
  /** Bytes that have arrived. */
  readonly position: number;
  /** Gives them again. */
  readonly writer: BodyReader;
  /** The consumer has started, paused, resumed or caught up. */
  update(consumer: FillConsumer): void;
  /** It has gone. */
  leave(consumer: FillConsumer, reason: NetworkError): void;
}

/** One reply's view of the body. */
export class FillConsumer implements ResponseBody {
  /** It has held the others up for long enough, and gets the rest from elsewhere. */
  isLeft = false;
  readonly #fill: Filling;
  readonly #rescue: Rescue;
  #offset = 0;
  #sink: BodySink | null = null;
  #paused = false;
  /** Reads from the entry while behind. */
  #behind: StoredBody | null = null;
  /** Gets the rest from elsewhere. */
  #isApart = false;
  /** Failed before it was started. */
  #failure: NetworkError | null = null;

  constructor(fill: Filling, rescue: Rescue) {
    this.#fill = fill;
    this.#rescue = rescue;
  }

  get isStarted(): boolean {
    return this.#sink !== null;
  }

  get isPaused(): boolean {
    return this.#paused;
  }

  get isAtHead(): boolean {
    return this.#sink !== null && this.#behind === null && this.#offset === this.#fill.position;
  }

  /** Started, not paused, and waiting for the byte at `position`. */
  flowsAt(position: number): boolean {
    return this.#sink !== null && !this.#paused && this.#behind === null && this.#offset === position;
  }

  takes(position: number, mayFallBehind: boolean): boolean {
    return (
      this.flowsAt(position) ||
      (!mayFallBehind && this.isStarted && this.#offset === position && this.#behind === null)
    );
  }

  deliver(chunk: Uint8Array): void {
    this.#offset += chunk.length;
    // Lent, because the entry and other readers may hold the same bytes.
    this.#sink?.data(chunk, true);
  }

  end(trailers: HttpHeaders | null): void {
    this.#sink?.end(trailers);
    this.#sink = null;
  }

  fail(error: NetworkError): void {
    const sink = this.#sink;
    this.#sink = null;
    this.#failure = error;
    this.#behind?.cancel(error);
    sink?.fail(error);
  }

  start(sink: BodySink): void {
    if (this.#failure !== null) {
      sink.fail(this.#failure);
      return;
    }
    this.#sink = sink;
    this.#catchUp();
  }

  pause(): void {
    this.#paused = true;
    this.#behind?.pause();
    this.#fill.update(this);
  }

  resume(): void {
    this.#paused = false;
    this.#behind?.resume();
    this.#catchUp();
  }

  cancel(reason: NetworkError): void {
    this.#sink = null;
    this.#behind?.cancel(reason);
    this.#fill.leave(this, reason);
  }

  #catchUp(): void {
    if (this.#behind !== null) return;
    const end = this.#fill.position;
    if (this.#paused || this.#offset === end) {
      this.#fill.update(this);
      return;
    }
    const reader = { read: this.#fill.writer.read.bind(this.#fill.writer), close: () => {} };
    const rescue: Rescue = async (offset) => {
      const rest = await this.#rescue(offset);
      this.#isApart = true;
      this.#fill.leave(this, new NetworkError('operation-canceled', 'nobody reads any more'));
      return rest;
    };
    this.#behind = new StoredBody(reader, null, this.#offset, end, rescue);
    this.#behind.start({
      data: (chunk, lent) => {
        this.#offset += chunk.length;
        this.#sink?.data(chunk, lent);
      },
      end: (trailers) => {
        this.#behind = null;
        if (this.#isApart) this.end(trailers);
        else if (this.#sink !== null) this.#catchUp();
      },
      fail: (error) => {
        const sink = this.#sink;
        this.cancel(error);
        sink?.fail(error);
      },
    });
  }
}
