/** What an entry of a {@link Crowd} carries for it. An entry is in one crowd at a time. */
export interface Placed {
  place: number;
}

/**
 * What is under way, in no order, for entries that come and go by the thousand: each knows its place, so nothing is
 * allocated, and any leaves in one step. `bag.ts` tells why this is not a Set.
 */
export class Crowd<Entry extends Placed> {
  readonly entries: Entry[] = [];

  add(entry: Entry): void {
    entry.place = this.entries.push(entry) - 1;
  }

  /** Takes out an entry that is in this crowd. The last one gets its place. */
  remove(entry: Entry): void {
    const last = this.entries.at(-1)!;
    last.place = entry.place;
    this.entries[entry.place] = last;
    this.entries.pop();
  }
}
