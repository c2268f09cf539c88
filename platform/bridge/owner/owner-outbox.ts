import { type Clock, setBackgroundTimeout } from '../../../src/util/clock.ts';
import { Outbox } from '../outbox.ts';
import type { BridgePort } from '../port.ts';

/** An outbox that also takes what can wait a little. */
export class OwnerOutbox<Message> extends Outbox<Message> {
  readonly #mentioned = new Set<Message>();
  readonly #clock: Clock;
  #timer: unknown = null;
  #isOver = false;

  constructor(port: BridgePort, clock: Clock, failed: (cause: unknown) => void) {
    super(port, failed);
    this.#clock = clock;
  }

  override get size(): number {
    return super.size + this.#mentioned.size;
  }

  /** @param message may be one that was mentioned, or the {@link last}, when it has grown */
  override send(message: Message, given?: readonly Uint8Array[], size?: number): void {
    this.#mentioned.delete(message);
    super.send(message, given, size);
  }

  /** Says what is no news to act upon: it goes when it is sent, and some milliseconds later at the latest. */
  mention(message: Message): void {
    if (this.#isOver) return;
    this.#mentioned.add(message);
    this.#timer ??= setBackgroundTimeout(
      () => {
        this.#timer = null;
        this.sendMentioned();
        this.flush();
      },
      MENTIONED,
      this.#clock,
    );
  }

  /** Whether it was mentioned and waits. */
  isMentioned(message: Message): boolean {
    return this.#mentioned.has(message);
  }

  /** Sends what was mentioned. */
  sendMentioned(): void {
    for (const mentioned of this.#mentioned) this.send(mentioned);
  }

  /** Nothing is sent any more. */
  override close(): void {
    super.close();
    this.#isOver = true;
    this.#clock.clearTimeout(this.#timer);
    this.#mentioned.clear();
  }
}

/** Milliseconds. */
const MENTIONED = 10;
