import type { Priority } from '../options/options.ts';
import { Call, type QueueSlot } from './call.ts';

/**
 * One hop of a call, from its slot in the queue to the end of its body: what a transport is given. It has the call's sink,
 * clock and timings, and a slot, an idle timer and a cancellation of its own.
 *
 * When a call is cancelled (an abort, a manager that closes), its attempt is, too, by who began it, and nothing can follow. When an attempt
 * is cancelled (a timeout), the call goes on: its transport fails with the reason, as it fails when the peer does, and who
 * stands above may use a stored response instead, or try again.
 */
export class Attempt extends Call {
  readonly #call: Call;

  constructor(call: Call, slot: QueueSlot) {
    super(call.sink, call.clock, call);
    this.#call = call;
    this.slot = slot;
    call.attempt = this;
    this.lease = call.lease;
    this.proxyRounds = call.proxyRounds;
  }

  override get priority(): Priority | null {
    return this.#call.priority;
  }

  /** The hop is over. */
  end(): void {
    this.slot = null;
    if (this.#call.attempt === this) this.#call.attempt = null;
  }
}
