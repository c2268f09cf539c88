import type { Clock } from '../util/clock.ts';
import { ProgressThrottle } from './progress.ts';
import type { ReplyFace } from './reply-signals.ts';

/** Tells how far an upload is: thinned out, unless the request wants all of it, and exact at its end. */
export class UploadProgress {
  readonly #reply: ReplyFace;
  readonly #clock: Clock;
  readonly #throttle = new ProgressThrottle(Number.NEGATIVE_INFINITY);
  #sent = 0;
  #total = 0;

  constructor(reply: ReplyFace, clock: Clock) {
    this.#reply = reply;
    this.#clock = clock;
  }

  tell(sent: number, total: number): void {
    this.#sent = sent;
    this.#total = total;
    const isDue = sent === total || this.#reply.request.options.emitAllUploadProgressSignals;
    if (isDue) this.flush();
    else if (this.#throttle.admit(sent, total, this.#clock.monotonic())) this.#emit();
  }

  /** Tells the last state, unless that has been told. */
  flush(): void {
    if (this.#throttle.isNews(this.#sent, this.#total)) this.#emit();
  }

  get sent(): number {
    return this.#sent;
  }

  #emit(): void {
    this.#reply.emit('uploadProgress', this.#sent, this.#total);
  }
}
