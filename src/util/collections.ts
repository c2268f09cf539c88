/** What an entry of an {@link ActiveSet} carries for it. An entry is in one set at a time. */
export interface Placed {
  place: number;
}

/**
 * What is under way, in no order, for entries that come and go by the thousand: each knows its place, so nothing is
 * allocated, and any leaves in one step.
 *
 * Not a Set: V8 replaces the table of one that churns every few dozen additions, and a replaced table refers to its
 * successor and to what it held. The first that reaches the old generation keeps all of them, and every reply they held,
 * until the next full collection.
 */
export class ActiveSet<Entry extends Placed> implements Iterable<Entry> {
  readonly #entries: Entry[] = [];

  get size(): number {
    return this.#entries.length;
  }

  add(entry: Entry): void {
    entry.place = this.#entries.push(entry) - 1;
  }

  /** Takes an entry out; the last one gets its place. Does nothing with one that is not in this set. */
  remove(entry: Entry): void {
    if (this.#entries[entry.place] !== entry) return;
    const last = this.#entries.pop()!;
    if (last === entry) return;
    last.place = entry.place;
    this.#entries[entry.place] = last;
  }

  /** The entries at this moment: taking them out meanwhile disturbs nothing. */
  [Symbol.iterator](): IterableIterator<Entry> {
    return [...this.#entries].values();
  }
}

/** What an entry of a {@link LinkedList} carries for it. An entry is in one list at a time. */
export interface Linked<Entry> {
  previous: Entry | null;
  next: Entry | null;
}

/** A doubly linked list whose links live in its entries: nothing is allocated, and any entry leaves in one step. */
export class LinkedList<Entry extends Linked<Entry>> implements Iterable<Entry> {
  first: Entry | null = null;
  #last: Entry | null = null;

  append(entry: Entry): void {
    entry.previous = this.#last;
    entry.next = null;
    if (this.#last === null) this.first = entry;
    else this.#last.next = entry;
    this.#last = entry;
  }

  /** The entries at this moment: taking them out meanwhile disturbs nothing. */
  [Symbol.iterator](): IterableIterator<Entry> {
    const entries: Entry[] = [];
    for (let entry = this.first; entry !== null; entry = entry.next) entries.push(entry);
    return entries.values();
  }

  /** Takes out an entry that is in this list. */
  remove(entry: Entry): void {
    if (entry.previous === null) this.first = entry.next;
    else entry.previous.next = entry.next;
    if (entry.next === null) this.#last = entry.previous;
    else entry.next.previous = entry.previous;
    entry.previous = null;
    entry.next = null;
  }
}
