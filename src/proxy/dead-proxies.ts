/** A proxy that has failed. */
interface Pause {
  readonly until: number;
  readonly length: number;
}

/** A list may name any number of proxies, and a PAC file makes them up. */
const MOST_PROXIES = 256;

/** Milliseconds for which a proxy that has failed is asked last, unless said otherwise. */
export const FIRST_PAUSE = 30_000;
/** How often the pause doubles up: 5 minutes are ten times 30 seconds. */
const MOST_PAUSES = 10;

/**
 * Which proxies have failed lately. One that fails is asked last for 30 s, then for twice as long each time that it fails
 * again, up to 5 min; one success, and it is as good as new. It is never left out: where all have failed, the first is asked.
 */
export class DeadProxies {
  readonly #pauses = new Map<string, Pause>();

  failed(key: string, now: number, first: number = FIRST_PAUSE): void {
    const before = this.#pauses.get(key);
    // Those that were under way together have failed once.
    if (before !== undefined && before.until > now) return;
    const length = Math.min(first * MOST_PAUSES, before === undefined ? first : before.length * 2);
    this.#pauses.delete(key);
    this.#pauses.set(key, { until: now + length, length });
    if (this.#pauses.size > MOST_PROXIES) this.#pauses.delete(this.#pauses.keys().next().value!);
  }

  worked(key: string): void {
    if (this.#pauses.size > 0) this.#pauses.delete(key);
  }

  isAvoided(key: string, now: number): boolean {
    const pause = this.#pauses.get(key);
    return pause !== undefined && pause.until > now;
  }

  /** Those that have failed behind the others; otherwise in the order that there is. */
  order<Item>(items: readonly Item[], keyOf: (item: Item) => string | null, now: number): readonly Item[] {
    if (this.#pauses.size === 0 || items.length < 2) return items;
    const isAvoided = (item: Item): boolean => {
      const key = keyOf(item);
      return key !== null && this.isAvoided(key, now);
    };
    return [...items.filter((item) => !isAvoided(item)), ...items.filter(isAvoided)];
  }
}
