/** Where something lies in a {@link Bag}. */
export interface Place {
  /** Takes it out. More than once does nothing. */
  leave(): void;
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

  add(item: Item): Place {
    const slot = new Slot(item, this.#slots);
    this.#slots.push(slot);
    return slot;
  }

  /** The items at this moment: taking them out meanwhile disturbs nothing. */
  *[Symbol.iterator](): IterableIterator<Item> {
    for (const { item } of [...this.#slots]) yield item;
  }
}

class Slot<Item> implements Place {
  readonly item: Item;
  readonly #slots: Slot<Item>[];
  #index: number;

  constructor(item: Item, slots: Slot<Item>[]) {
    this.item = item;
    this.#slots = slots;
    this.#index = slots.length;
  }

  leave(): void {
    const slots = this.#slots;
    if (slots[this.#index] !== this) return;
    const last = slots.pop()!;
    if (last === this) return;
    slots[this.#index] = last;
    last.#index = this.#index;
  }
}
