import type { NetworkError } from '../../../src/error.ts';
import type { RequestBody } from '../../../src/message/body.ts';
import { sourceFailure } from '../../../src/message/source-failure.ts';
import { copyBytes } from '../../../src/util/bytes.ts';
import { type ClientMessage, UPLOAD_PIECE, windowCost } from '../protocol.ts';

/** How a sender reaches the other side. */
export interface SenderVoice {
  send(message: ClientMessage, given?: readonly Uint8Array[]): void;
  /** The body has failed: the request fails with it here, where its cause is known. */
  failed(error: NetworkError): void;
}

/** One sending of a body, within the window that the other side gives. */
export class UploadSender {
  readonly #id: number;
  readonly #pass: number;
  readonly #body: RequestBody;
  readonly #voice: SenderVoice;
  #credit: number;
  /** Memory of chunks that were sent, the last first: it is warm, and fresh memory costs more than the copy into it. */
  #memory: readonly Uint8Array[] = [];
  #source: AsyncIterator<Uint8Array> | null = null;
  #isStopped = false;
  #wake: (() => void) | null = null;

  constructor(id: number, pass: number, body: RequestBody, credit: number, voice: SenderVoice) {
    this.#id = id;
    this.#pass = pass;
    this.#body = body;
    this.#credit = credit;
    this.#voice = voice;
    this.#pump().catch((cause: unknown) => {
      if (this.#isStopped) return;
      this.stop();
      const error = sourceFailure(cause);
      const { code, message } = error;
      voice.send({ type: 'upload-failed', id, pass, error: { code, message } });
      voice.failed(error);
    });
  }

  get pass(): number {
    return this.#pass;
  }

  addCredit(bytes: number, memory: readonly Uint8Array[]): void {
    this.#credit += bytes;
    this.#memory = [...memory, ...this.#memory].slice(0, MOST_KEPT);
    this.#wake?.();
  }

  /** Nothing more is wanted. Closes the source. */
  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    // A generator that waits for its own source answers late or never: it is told, not waited for.
    this.#source?.return?.().catch(() => {});
    this.#source = null;
    this.#wake?.();
  }

  async #pump(): Promise<void> {
    const source = this.#body.open()[Symbol.asyncIterator]();
    this.#source = source;
    for (;;) {
      const { done, value } = await source.next();
      if (this.#isStopped) return;
      if (done === true) break;
      for (let at = 0; at < value.length; at += UPLOAD_PIECE) {
        const piece = value.subarray(at, at + UPLOAD_PIECE);
        // Not cut into what there is room for: pieces of one size go into each other's memory.
        const cost = windowCost(piece);
        while (this.#credit < cost && !this.#isStopped) await this.#room();
        if (this.#isStopped) return;
        const chunk = this.#copy(piece);
        this.#credit -= cost;
        this.#voice.send({ type: 'upload-chunk', id: this.#id, pass: this.#pass, chunk }, [chunk]);
      }
    }
    this.#source = null;
    this.#voice.send({ type: 'upload-end', id: this.#id, pass: this.#pass });
  }

  #copy(piece: Uint8Array): Uint8Array {
    const memory = this.#memory.find((kept) => kept.length === piece.length);
    if (memory === undefined) return copyBytes(piece);
    this.#memory = this.#memory.filter((kept) => kept !== memory);
    memory.set(piece);
    return memory;
  }

  #room(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

/** Pieces whose memory is kept at most. */
const MOST_KEPT = 16;
