import type { Multiplexing } from '../common/fetch-transport.ts';

/**
 * The origins that speak HTTP/2 or HTTP/3, as far as the browser tells: by `nextHopProtocol` of what was loaded from there,
 * which it hides of another origin unless that sends `Timing-Allow-Origin`.
 *
 * Source: https://www.w3.org/TR/resource-timing/#dom-performanceresourcetiming-nexthopprotocol
 */
export class MultiplexedOrigins implements Multiplexing {
  readonly #known = new Set<string>();
  #observer: PerformanceObserver | null = null;
  #learnt: () => void = () => {};

  has(origin: string): boolean {
    return this.#known.has(origin);
  }

  watch(learnt: () => void): void {
    if (this.#observer !== null || typeof PerformanceObserver === 'undefined') return;
    this.#learnt = learnt;
    // The page keeps its observers, which must not keep a manager that was dropped without `close()`.
    const origins = new WeakRef(this);
    this.#observer = new PerformanceObserver((list, observer) => {
      const heard = origins.deref();
      if (heard === undefined) observer.disconnect();
      else if (heard.#learn(list.getEntries())) heard.#learnt();
    });
    for (const type of ['resource', 'navigation']) {
      // Workers have no navigation of their own.
      const isKnown = PerformanceObserver.supportedEntryTypes.includes(type);
      if (isKnown) this.#observer.observe({ type, buffered: true });
    }
  }

  stop(): void {
    this.#observer?.disconnect();
  }

  /** Whether there was anything new in them. A redirected one says how the last hop was loaded, and not from where. */
  #learn(entries: readonly PerformanceEntry[]): boolean {
    const before = this.#known.size;
    for (const { name, nextHopProtocol, redirectStart } of entries as PerformanceResourceTiming[]) {
      if (redirectStart === 0 && /^h[23]/.test(nextHopProtocol)) this.#known.add(new URL(name).origin);
    }
    return this.#known.size > before;
  }
}
