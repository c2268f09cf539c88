import type { QueueSlot } from '../pipeline/exchange.ts';
import type { QueueLimits, RequestQueue } from './request-queue.ts';
import type { TakeOver } from './take-over.ts';

/**
 * A queue in which nobody waits yet: it counts the slots in use, and that is all. As soon as somebody has to wait it is
 * closed to everybody, so that nobody is overtaken, until a real queue takes over.
 */
export class Gate {
  #limits: QueueLimits = { perKey: 6, total: Number.POSITIVE_INFINITY };
  readonly #slots = new Map<string, Set<QueueSlot>>();
  #total = 0;
  #isClosed = false;
  #queue: RequestQueue | null = null;

  /** Changes the limits for what waits and what comes. */
  configure(limits: QueueLimits): void {
    this.#limits = limits;
    this.#queue?.configure(limits);
  }

  /** A slot, if there is one to spare. The first `leave` counts. */
  admit(key: string): QueueSlot | null {
    const slots = this.#slots.get(key) ?? new Set();
    this.#isClosed ||= slots.size >= this.#limits.perKey || this.#total >= this.#limits.total;
    if (this.#isClosed) return null;
    const slot: QueueSlot = {
      setConcurrency() {},
      leave: () => {
        if (!slots.delete(slot)) return;
        if (slots.size === 0) this.#slots.delete(key);
        this.#total--;
      },
    };
    this.#slots.set(key, slots.add(slot));
    this.#total++;
    return slot;
  }

  /** Admits again: who had to wait has given up. */
  reopen(): void {
    this.#isClosed = false;
  }

  /** The real queue, made the first time. */
  realQueue(takeOver: TakeOver): RequestQueue {
    this.#isClosed = true;
    this.#queue ??= takeOver(this.#slots, () => this.#limits);
    return this.#queue;
  }
}
