import type { Priority } from '../options/options.ts';
import { type Linked, LinkedList } from '../util/linked-list.ts';

const nothing = (): void => {};

/** A request in the queue. */
export class Entry implements Linked<Entry> {
  readonly lane: Lane;
  granted: () => void = nothing;
  priority: Priority;
  state: 'waiting' | 'running' | 'left' = 'waiting';
  previous: Entry | null = null;
  next: Entry | null = null;

  constructor(lane: Lane, priority: Priority) {
    this.lane = lane;
    this.priority = priority;
  }

  get running(): boolean {
    return this.state === 'running';
  }
}

/** The requests of one key: how many run, and those that wait in the order in which they will go. */
export class Lane implements Linked<Lane> {
  readonly key: string;
  /** A limit of its own in place of the queue's. */
  limit: number | null = null;
  running = 0;
  /** In the queue's list of lanes whose turn may come. */
  ready = false;
  previous: Lane | null = null;
  next: Lane | null = null;
  readonly #high = new LinkedList<Entry>();
  readonly #normal = new LinkedList<Entry>();
  readonly #low = new LinkedList<Entry>();

  constructor(key: string) {
    this.key = key;
  }

  get idle(): boolean {
    return this.running === 0 && this.first === null;
  }

  /** The entry whose turn it is. */
  get first(): Entry | null {
    return this.#high.first ?? this.#normal.first ?? this.#low.first;
  }

  append(entry: Entry): void {
    this.#list(entry.priority).append(entry);
  }

  remove(entry: Entry): void {
    this.#list(entry.priority).remove(entry);
  }

  #list(priority: Priority): LinkedList<Entry> {
    if (priority === 'normal') return this.#normal;
    return priority === 'high' ? this.#high : this.#low;
  }
}
