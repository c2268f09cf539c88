import type { NetworkError } from '../../../src/error.ts';
import type { BodyChunks, RequestBody } from '../../../src/message/body.ts';
import { WORTH_A_TRANSFER } from '../outbox.ts';
import type { BodyHead } from '../protocol.ts';
import { REPLY_WINDOW, windowCost } from '../protocol.ts';
import type { UploadCredit } from './upload-credit.ts';

/** What an upload tells the side that has the bytes. */
export interface UploadVoice {
  open(pass: number, credit: number): void;
  /** @param memory of chunks that nobody has any more */
  credit(pass: number, bytes: number, memory: readonly Uint8Array[]): void;
  close(pass: number): void;
}

/** The body of a request of the other side, which is asked for its chunks each time that it is opened. */
export class RemoteUpload {
  readonly #voice: UploadVoice;
  readonly #credit: UploadCredit;
  #passes = 0;
  #current: UploadPass | null = null;

  constructor(voice: UploadVoice, credit: UploadCredit) {
    this.#voice = voice;
    this.#credit = credit;
  }

  body({ length, replayable, contentType, bytes }: BodyHead): RequestBody {
    return {
      length,
      replayable,
      contentType,
      bytes,
      open: () => (bytes === null ? this.#open() : once(bytes)),
    };
  }

  /** The pass of that number, if it is still open. */
  pass(number: number): UploadPass | null {
    return this.#current?.number === number ? this.#current : null;
  }

  /** True for passes that there were. */
  knows(number: number): boolean {
    return number <= this.#passes;
  }

  /** The other side is gone, or the request over. */
  fail(error: () => NetworkError): void {
    this.#current?.fail(error());
    this.#current = null;
  }

  #open(): BodyChunks {
    // One hop at a time sends the body.
    void this.#current?.return();
    const pass = new UploadPass(++this.#passes, this.#voice, this.#credit);
    this.#current = pass;
    return pass;
  }
}

/** One sending of a body: chunks as they come, within the window that was given for them. */
export class UploadPass implements AsyncIterableIterator<Uint8Array>, BodyChunks {
  readonly number: number;
  readonly #voice: UploadVoice;
  readonly #pool: UploadCredit;
  readonly #chunks: Uint8Array[] = [];
  /** Bytes that the other side may still send. */
  #allowed = 0;
  /** Bytes that were taken and for which no new credit has been given. */
  #taken = 0;
  #held = 0;
  /** Memory of chunks that have left, until it goes back with the next credit. */
  #memory: Uint8Array[] = [];
  #state: 'waiting' | 'open' | 'ended' | 'closed' = 'waiting';
  #error: NetworkError | null = null;
  #wake: (() => void) | null = null;

  constructor(number: number, voice: UploadVoice, pool: UploadCredit) {
    this.number = number;
    this.#voice = voice;
    this.#pool = pool;
    pool.ask(this.#begin);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) {
        this.#take(windowCost(chunk));
        return { done: false, value: chunk };
      }
      if (this.#error !== null) throw this.#error;
      if (this.#state === 'ended' || this.#state === 'closed') return { done: true, value: undefined };
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    if (this.#state === 'open') this.#voice.close(this.number);
    this.#close();
    return { done: true, value: undefined };
  }

  /** Each chunk is alone in its memory, see `plainMessages`. */
  giveBack(chunk: Uint8Array): void {
    if (this.#state === 'open' && chunk.length >= WORTH_A_TRANSFER) this.#memory.push(chunk);
  }

  /** @returns whether it keeps to the window */
  chunk(bytes: Uint8Array): boolean {
    if (this.#state === 'closed') return true;
    const cost = windowCost(bytes);
    if (cost > this.#allowed) return false;
    this.#allowed -= cost;
    if (bytes.length > 0) this.#chunks.push(bytes);
    this.#wake?.();
    return true;
  }

  end(): void {
    if (this.#state !== 'closed') this.#state = 'ended';
    this.#giveBack();
    this.#wake?.();
  }

  fail(error: NetworkError): void {
    this.#error ??= error;
    this.#close();
  }

  readonly #begin = (): void => {
    this.#state = 'open';
    this.#held = REPLY_WINDOW;
    this.#allowed = REPLY_WINDOW;
    this.#voice.open(this.number, REPLY_WINDOW);
  };

  /** What was taken may be sent again, told in large steps. */
  #take(bytes: number): void {
    this.#taken += bytes;
    if (this.#state !== 'open' || this.#taken < REPLY_WINDOW / 4) return;
    this.#allowed += this.#taken;
    this.#voice.credit(this.number, this.#taken, this.#memory);
    this.#taken = 0;
    this.#memory = [];
  }

  #close(): void {
    if (this.#state === 'waiting') this.#pool.forget(this.#begin);
    this.#state = 'closed';
    this.#chunks.length = 0;
    this.#memory = [];
    this.#giveBack();
    this.#wake?.();
  }

  #giveBack(): void {
    const held = this.#held;
    this.#held = 0;
    if (held > 0) this.#pool.give();
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes;
}
