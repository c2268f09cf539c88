interface Slot<Item> {
  readonly item: Item;
  index: number;
}

/**
 * What is under way, in no order, for things that come and go by the thousand.
 *
 * Not a Set: V8 replaces the table of one that churns every few dozen additions, and a replaced table refers to its
 * successor and to what it held. The first that reaches the old generation keeps all of them, and every reply they held,
 * until the next full collection.
 */
export class Bag<Item> implements Iterable<Item> {
  readonly #slots: Slot<Item>[] = [];

  get size(): number {
    return this.#slots.length;
  }

  /** @returns the function that takes it out again; it may be called more than once */
  add(item: Item): () => void {
    const slot = { item, index: this.#slots.length };
    this.#slots.push(slot);
    return () => {
      if (this.#slots[slot.index] !== slot) return;
      const last = this.#slots.pop()!;
      if (last === slot) return;
      this.#slots[slot.index] = last;
      last.index = slot.index;
    };
  }

  /** The items at this moment: taking them out meanwhile disturbs nothing. */
  *[Symbol.iterator](): IterableIterator<Item> {
    for (const { item } of [...this.#slots]) yield item;
  }
}
