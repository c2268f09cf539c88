import type { Clock } from '../util/clock.ts';
import { ProgressThrottle } from './progress.ts';
import type { ReplyFace } from './reply-signals.ts';

/** Tells how far a download is: thinned out, and exact at its end. */
export class DownloadProgress {
  readonly #reply: ReplyFace;
  readonly #clock: Clock;
  #throttle: ProgressThrottle | null = null;

  constructor(reply: ReplyFace, clock: Clock) {
    this.#reply = reply;
    this.#clock = clock;
  }

  /** The body begins: the first interval does. */
  begin(): void {
    if (this.#isHeard) this.#throttle = new ProgressThrottle(this.#clock.monotonic());
  }

  /** @param total −1 while it is unknown */
  tell(received: number, total: number): void {
    if (!this.#isHeard) return;
    const now = this.#clock.monotonic();
    this.#throttle ??= new ProgressThrottle(now);
    if (this.#throttle.admit(received, total, now)) this.#emit(received, total);
  }

  /**
   * Tells the last state, unless that has been told.
   * @param missing the total of a body that did not arrive in whole; −1 when it did, or when it is not known
   */
  finish(received: number, missing: number): void {
    const total = missing < 0 ? received : missing;
    if (this.#throttle?.isNews(received, total) ?? true) this.#emit(received, total);
  }

  get #isHeard(): boolean {
    return this.#reply.listenerCount('downloadProgress') > 0;
  }

  #emit(received: number, total: number): void {
    this.#reply.emit('downloadProgress', received, total);
  }
}
