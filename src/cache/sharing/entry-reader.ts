import type { Call } from '../../call/call.ts';
import { NetworkError } from '../../error.ts';
import { FlowingBody } from '../../message/flowing-body.ts';
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
export class EntryReader extends FlowingBody {
  /** It has held the others up for long enough, and gets the rest from elsewhere. */
  isLeft = false;
  readonly #incoming: ArrivingBody;
  readonly #rescue: Rescue;
  readonly #call: Pick<Call, 'sink'> | null;
  #offset = 0;
  /** Reads from the entry while behind. */
  #behind: StoredBody | null = null;
  /** Gets the rest from elsewhere. */
  #isApart = false;

  constructor(incoming: ArrivingBody, rescue: Rescue, call: Pick<Call, 'sink'> | null) {
    super();
    this.#incoming = incoming;
    this.#rescue = rescue;
    this.#call = call;
  }

  /** See `CallSink.isBodyUnread`. */
  get isUnread(): boolean {
    return this.#call?.sink.isBodyUnread === true;
  }

  get isAtHead(): boolean {
    return this.isStarted && this.#behind === null && this.#offset === this.#incoming.position;
  }

  /** Started, not paused, and waiting for the byte at `position`. */
  flowsAt(position: number): boolean {
    return this.isFlowing && this.#behind === null && this.#offset === position;
  }

  takes(position: number, mayFallBehind: boolean): boolean {
    return (
      this.flowsAt(position) ||
      (!mayFallBehind && this.isStarted && this.#offset === position && this.#behind === null)
    );
  }

  take(chunk: Uint8Array): void {
    this.#offset += chunk.length;
    // Lent, because the entry and other readers may hold the same bytes.
    this.deliver(chunk, true);
  }

  end(trailers: HttpHeaders | null): void {
    this.endBody(trailers);
  }

  fail(error: NetworkError): void {
    this.#behind?.cancel(error);
    this.failBody(error);
  }

  protected override started(): void {
    this.#catchUp();
  }

  protected flow(): void {
    this.#behind?.resume();
    this.#catchUp();
  }

  protected override halt(): void {
    this.#behind?.pause();
    this.#incoming.update(this);
  }

  protected release(reason: NetworkError): void {
    this.#behind?.cancel(reason);
    this.#incoming.leave(this, reason);
  }

  #catchUp(): void {
    if (this.#behind !== null) return;
    const end = this.#incoming.position;
    if (this.isPaused || this.#offset === end) {
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
        this.deliver(chunk, lent);
      },
      end: (trailers) => {
        this.#behind = null;
        if (this.#isApart) this.end(trailers);
        else if (this.isStarted) this.#catchUp();
      },
      fail: (error) => {
        const sink = this.finish();
        this.release(error);
        sink?.fail(error);
      },
    });
  }
}
