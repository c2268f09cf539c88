import { DRAIN_LIMIT, DRAIN_TIME } from '../call/drain.ts';
import type { NetworkError } from '../error.ts';
import type { BodySink, ResponseBody } from '../message/body.ts';
import { FlowingBody } from '../message/flowing-body.ts';
import type { HttpHeaders } from '../message/headers.ts';
import type { Clock } from '../util/clock.ts';

/**
 * The body of a 401 while it is not known whether it is to be shown. It is read at once, up to {@link DRAIN_LIMIT}, so that its
 * connection is free while somebody types a password; what is longer, or takes longer than {@link DRAIN_TIME}, waits on the
 * network, time standing still.
 */
export class HeldBody extends FlowingBody implements BodySink {
  readonly #inner: ResponseBody;
  readonly #clock: Clock;
  #chunks: Uint8Array[] = [];
  #length = 0;
  #isHalted = false;
  /** The last word of the body behind it, once it has come. */
  #last: (() => void) | null = null;
  #timer: unknown = null;
  #settle: () => void = () => {};

  constructor(inner: ResponseBody, clock: Clock) {
    super();
    this.#inner = inner;
    this.#clock = clock;
  }

  /** Reads. Resolves when what stands behind the body is free, or it was found to be too long. */
  read(): Promise<void> {
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.#timer = this.#clock.setTimeout(() => this.#hold(), DRAIN_TIME);
      this.#inner.start(this);
    });
  }

  data(chunk: Uint8Array, lent: boolean): void {
    if (this.isFlowing && this.#chunks.length === 0) {
      this.deliver(chunk, lent);
      return;
    }
    this.#chunks.push(lent ? new Uint8Array(chunk) : chunk);
    this.#length += chunk.length;
    if (this.#length > DRAIN_LIMIT && !this.isStarted) this.#hold();
  }

  end(trailers: HttpHeaders | null): void {
    this.#finishWith(() => this.endBody(trailers));
  }

  fail(error: NetworkError): void {
    this.#finishWith(() => this.failBody(error));
  }

  protected flow(): void {
    while (this.isFlowing && this.#chunks.length > 0) this.deliver(this.#chunks.shift()!, false);
    if (!this.isFlowing) return;
    if (this.#last !== null) this.#last();
    else if (this.#isHalted) this.#run();
  }

  protected override halt(): void {
    if (this.#last !== null || this.#isHalted) return;
    this.#isHalted = true;
    this.#inner.pause();
  }

  protected release(reason: NetworkError): void {
    this.#settled();
    this.#chunks = [];
    if (this.#last === null) this.#inner.cancel(reason);
  }

  #run(): void {
    this.#isHalted = false;
    this.#inner.resume();
  }

  #hold(): void {
    this.halt();
    this.#settled();
  }

  #finishWith(last: () => void): void {
    this.#last = last;
    this.#settled();
    if (this.isFlowing && this.#chunks.length === 0) last();
  }

  #settled(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#settle();
  }
}
