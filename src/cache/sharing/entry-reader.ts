import { NetworkError } from '../../error.ts';
import type { BodySink, ResponseBody } from '../../message/body.ts';
import type { HttpHeaders } from '../../message/headers.ts';
import type { BodyReader } from '../storage/network-cache.ts';
import { type Rescue, StoredBody } from '../storage/stored-body.ts';

/** What a reply's view of a body asks of the body that is arriving. */
export interface ArrivingBody {
  /** Bytes that have arrived. */
  readonly position: number;
  /** Gives them again. */
  readonly writer: BodyReader;
  /** The reader has started, paused, resumed or caught up. */
  update(reader: EntryReader): void;
  /** It has gone. */
  leave(reader: EntryReader, reason: NetworkError): void;
}

/** One reply's view of the body. */
export class EntryReader implements ResponseBody {
  /** It has held the others up for long enough, and gets the rest from elsewhere. */
  isLeft = false;
  readonly #incoming: ArrivingBody;
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

  constructor(incoming: ArrivingBody, rescue: Rescue) {
    this.#incoming = incoming;
    this.#rescue = rescue;
  }

  get isStarted(): boolean {
    return this.#sink !== null;
  }

  get isPaused(): boolean {
    return this.#paused;
  }

  get isAtHead(): boolean {
    return this.#sink !== null && this.#behind === null && this.#offset === this.#incoming.position;
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

  whatToDeliver(chunk: Uint8Array): void {
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
    this.#incoming.update(this);
  }

  resume(): void {
    this.#paused = false;
    this.#behind?.resume();
    this.#catchUp();
  }

  cancel(reason: NetworkError): void {
    this.#sink = null;
    this.#behind?.cancel(reason);
    this.#incoming.leave(this, reason);
  }

  #catchUp(): void {
    if (this.#behind !== null) return;
    const end = this.#incoming.position;
    if (this.#paused || this.#offset === end) {
      this.#incoming.update(this);
      return;
    }
    const reader = { read: this.#incoming.writer.read.bind(this.#incoming.writer), close: () => {} };
    const rescue: Rescue = async (offset) => {
      const rest = await this.#rescue(offset);
      this.#isApart = true;
      this.#incoming.leave(this, new NetworkError('operation-canceled', 'the reader has gone'));
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
