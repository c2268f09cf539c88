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
