import type { Exchange } from '../pipeline/exchange.ts';
import type { HttpRequest, HttpResponse, Next, Stage } from '../pipeline/stage.ts';
import type { ManagerQueue } from './manager-queue.ts';
import type { QueueLimits } from './request-queue.ts';
import { SlotHolder } from './slot-holder.ts';
import type { TakeOver } from './stage.ts';

/**
 * A queue in which nobody waits yet: slots are counted, and that is all. With the first request that must wait, the real
 * one is loaded and takes over. Whoever comes meanwhile waits for it, too, so nobody is overtaken; when it cannot be
 * loaded, they fail.
 */
export class Gate implements ManagerQueue, Stage {
  readonly name = 'queue';
  readonly stage = this;
  readonly #load: () => Promise<{ readonly takeOver: TakeOver }>;
  #limits: QueueLimits = { perKey: 6, total: Number.POSITIVE_INFINITY };
  /** By origin. */
  readonly #running = new Map<string, Set<Passage>>();
  #total = 0;
  #real: Promise<ManagerQueue> | null = null;

  constructor(load: () => Promise<{ readonly takeOver: TakeOver }>) {
    this.#load = load;
  }

  configure(limits: QueueLimits): void {
    this.#limits = limits;
    this.#real?.then(
      (queue) => queue.configure(limits),
      () => {},
    );
  }

  handle(request: HttpRequest, next: Next, exchange: Exchange): Promise<HttpResponse> {
    const { origin } = request.url;
    const { perKey, total } = this.#limits;
    const running = this.#running.get(origin) ?? new Set();
    if (this.#real !== null || running.size >= perKey || this.#total >= total) {
      this.#real ??= this.#open();
      return this.#real.then(({ stage }) => stage.handle(request, next, exchange));
    }
    const passage = new Passage(request, next, exchange);
    passage.leave = () => {
      running.delete(passage);
      if (running.size === 0) this.#running.delete(origin);
      this.#total--;
    };
    this.#running.set(origin, running.add(passage));
    this.#total++;
    return passage.send();
  }

  async #open(): Promise<ManagerQueue> {
    try {
      const { takeOver } = await this.#load();
      return takeOver(this.#limits, this.#running);
    } catch (error) {
      this.#real = null;
      throw error;
    }
  }
}

/** A request that did not have to wait. */
class Passage extends SlotHolder {
  leave!: () => void;
}
