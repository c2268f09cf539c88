import { areCrumbs, type Bytes, concatenate, copyBytes, inOnePiece, ownBytes } from '../util/bytes.ts';

/** The reins on whatever delivers the body. */
export interface BodyControl {
  pause(): void;
  resume(): void;
}

/** Unread bytes at which a body that is pulled (iterated, streamed) stops the network, when nothing else was said. */
export const HIGH_WATER_MARK = 256 * 1024;

/** The claim of a promise of the whole body. */
export const WHOLE = 'text() or its like';

/** Who reads a body, as an error says it. */
type Claim = 'read' | 'for await' | 'response.body' | typeof WHOLE | 'autoDeleteReplies';

/**
 * The bytes of a reply between the network and the reader: who reads them, how many may wait, and when the network has
 * to wait instead.
 *
 * There is one reader: the first to claim the body has it, a second is a TypeError. Until it is claimed, it fills
 * as Qt's does: up to `readBufferSize`, or without a limit.
 *
 * What goes in may be lent, or a view of memory that others use. What comes out is the reader's own.
 */
export class ReplyBody {
  /** Called when a chunk, the end or a failure has come while a reader waits for it. */
  wake: (() => void) | null = null;
  /** Called when the body has ended or failed, also while no reader waits for a chunk of it. */
  whenOver: (() => void) | null = null;
  readonly #control: BodyControl;
  #chunks: Uint8Array[] = NOTHING;
  /** Index of the first chunk that is unread: shifting an array of many chunks would be quadratic. */
  #first = 0;
  #available = 0;
  #limit: number;
  #claim: Claim | null = null;
  #paused = false;
  #ended = false;
  #failure: unknown = null;

  /** @param limit unread bytes at which the network is paused; 0 = unlimited */
  constructor(control: BodyControl, limit: number) {
    this.#control = control;
    this.#limit = limit;
  }

  get available(): number {
    return this.#available;
  }

  /** It has ended or failed, and all of it has been read. */
  get isSpent(): boolean {
    return this.#available === 0 && (this.#ended || this.#failure !== null);
  }

  /** What it has failed with, or null. */
  get failure(): unknown {
    return this.#failure;
  }

  /** As many bytes wait as may: the network has been stopped. */
  get isFull(): boolean {
    return this.#paused;
  }

  get claimed(): boolean {
    return this.#claim !== null;
  }

  /** Unread bytes that may wait here, as set by the user; 0 = unlimited. */
  get bufferSize(): number {
    return this.#limit;
  }

  set bufferSize(bytes: number) {
    // A promise of all of it would wait for bytes that are never read.
    this.#limit = this.#claim === WHOLE ? 0 : bytes;
    this.#regulate();
  }

  push(chunk: Uint8Array, lent: boolean): void {
    const kept = lent ? copyBytes(chunk) : chunk;
    if (this.#chunks === NOTHING) this.#chunks = [kept];
    else this.#chunks.push(kept);
    this.#available += kept.length;
    if (areCrumbs(this.#chunks.length - this.#first, this.#available)) {
      this.#chunks = [this.unread];
      this.#first = 0;
    }
    this.wake?.();
    this.#regulate();
  }

  end(): void {
    this.#ended = true;
    this.wake?.();
    this.whenOver?.();
  }

  /** The body will not go on. What has arrived stays readable, then the failure shows. */
  fail(error: unknown): void {
    this.#failure ??= error;
    this.wake?.();
    this.whenOver?.();
  }

  /** Forgets the bytes: after an abort, or when the reply is deleted. Later reads get the error. */
  release(error: unknown): void {
    this.drop();
    this.fail(error);
  }

  /** Forgets the bytes. */
  drop(): void {
    this.#chunks = NOTHING;
    this.#first = 0;
    this.#available = 0;
  }

  /** Forgets the bytes and lets every later read fail: the reply is deleted. */
  forbid(): void {
    this.#claim = 'autoDeleteReplies';
    this.release(this.#taken());
  }

  /**
   * Makes `by` the one reader. Reading the Qt way may go on in many calls; every other way is one-time.
   * @throws TypeError when it has another reader
   */
  claim(by: Claim): void {
    if (this.#claim !== null && (this.#claim !== by || by !== 'read')) {
      throw this.#taken();
    }
    this.#claim = by;
    if (by === WHOLE) this.bufferSize = 0;
    else if (by !== 'read' && this.bufferSize === 0) this.bufferSize = HIGH_WATER_MARK;
  }

  /** Up to `size` bytes that are there now; empty when there are none. */
  read(size: number): Bytes {
    this.claim('read');
    return this.#take(Math.min(size, this.#available));
  }

  /** The next chunk as it arrived, null at the end, undefined while there is none: then {@link wake} is called. */
  poll(): Bytes | null | undefined {
    const chunk = this.#shift();
    if (chunk !== undefined) return ownBytes(chunk);
    if (this.#failure !== null) throw this.#failure;
    return this.#ended ? null : undefined;
  }

  /** A copy of everything that has arrived and is unread, which it stays. */
  get unread(): Bytes {
    return concatenate(this.#chunks.slice(this.#first));
  }

  /** The same, read. */
  takeAll(): Bytes {
    return this.#take(this.#available);
  }

  /** The same, for a look alone: what came in one piece is not copied, and may lie in memory that others use. */
  lookAtAll(): Uint8Array {
    return this.#chunks.length === 1 ? (this.#shift() ?? this.takeAll()) : this.takeAll();
  }

  #taken(): TypeError {
    return new TypeError(`the body of this reply is taken (${this.#claim})`);
  }

  #shift(): Uint8Array | undefined {
    const chunk = this.#chunks[this.#first];
    if (chunk === undefined) return undefined;
    this.#first++;
    // What was read must not be held, also when the reader never quite catches up.
    if (this.#first * 2 >= this.#chunks.length) {
      this.#chunks = this.#first === this.#chunks.length ? NOTHING : this.#chunks.slice(this.#first);
      this.#first = 0;
    }
    this.#available -= chunk.length;
    this.#regulate();
    return chunk;
  }

  #take(size: number): Bytes {
    const chunks: Uint8Array[] = [];
    for (let wanted = size; wanted > 0; ) {
      const chunk = this.#chunks[this.#first]!;
      if (chunk.length > wanted) {
        chunks.push(copyBytes(chunk.subarray(0, wanted)));
        this.#chunks[this.#first] = chunk.subarray(wanted);
        this.#available -= wanted;
        this.#regulate();
      } else chunks.push(this.#shift()!);
      wanted -= chunk.length;
    }
    return inOnePiece(chunks);
  }

  #regulate(): void {
    const full = this.#limit > 0 && this.#available >= this.#limit;
    if (full === this.#paused || (full && this.#ended)) return;
    this.#paused = full;
    if (full) this.#control.pause();
    else if (!this.#ended) this.#control.resume();
  }
}

/** Never written to. Most replies have one chunk, and many have none yet. */
const NOTHING: Uint8Array[] = [];
