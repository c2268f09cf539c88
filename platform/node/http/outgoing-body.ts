import type { Call } from '../../../src/call/call.ts';
import type { NetworkError } from '../../../src/error.ts';
import type { RequestBody } from '../../../src/message/body.ts';
import { CONTINUE_WAIT } from '../expect-continue.ts';
import { Upload, type UploadListener, type UploadTarget } from '../upload.ts';

/** What an {@link OutgoingBody} goes through: a connection or stream whose request head has been written. */
export interface OutgoingTarget extends UploadTarget {
  /** The body cannot be sent to its end. */
  failed(error: NetworkError): void;
}

/** The body of a request on its way out: when it starts, how far it is, when the last byte has left. */
export class OutgoingBody implements UploadTarget, UploadListener {
  /** All of it was handed to the target. */
  isComplete = false;
  readonly #body: RequestBody;
  readonly #length: number | null;
  readonly #call: Call;
  readonly #target: OutgoingTarget;
  #upload: Upload | null = null;
  #timer: unknown = null;
  #written = 0;
  #taken = 0;

  /** @param length what the head promises, null when it promises nothing */
  constructor(body: RequestBody, length: number | null, call: Call, target: OutgoingTarget) {
    this.#body = body;
    this.#length = length;
    this.#call = call;
    this.#target = target;
  }

  /** It was, or is, asked for. */
  get isStarted(): boolean {
    return this.#upload !== null;
  }

  start(): void {
    this.#stopWaiting();
    this.#upload = new Upload(this.#body, this.#length, this, this);
    this.#upload.start();
  }

  /** Starts when the peer asks for it, or when it has had its time to ask (RFC 9110 §10.1.1). */
  startOnContinue(): void {
    this.#timer = this.#call.clock.setTimeout(() => this.start(), CONTINUE_WAIT);
  }

  /** `100 (Continue)` has arrived. */
  continue(): void {
    if (this.#timer !== null) this.start();
  }

  /** Nothing more is sent or told, and the source is closed. */
  stop(): void {
    this.#stopWaiting();
    this.#upload?.stop();
  }

  write(chunk: Uint8Array, taken: () => void): void {
    this.#written += chunk.length;
    this.#target.write(chunk, taken);
  }

  end(): void {
    this.isComplete = true;
    this.#target.end();
    if (this.#taken === this.#written) tellRequestSent(this.#call);
  }

  progress(sent: number): void {
    this.#taken = sent;
    this.#call.emit({ type: 'upload-progress', sent, total: this.#length ?? -1 });
    if (this.isComplete && sent === this.#written) tellRequestSent(this.#call);
  }

  failed(error: NetworkError): void {
    this.#target.failed(error);
  }

  #stopWaiting(): void {
    if (this.#timer === null) return;
    this.#call.clock.clearTimeout(this.#timer);
    this.#timer = null;
  }
}

const REQUEST_SENT = { type: 'request-sent' } as const;

/** The last byte of the request was handed to the platform. */
export function tellRequestSent(call: Call): void {
  call.timings.requestSent = call.time();
  call.emit(REQUEST_SENT);
}
