import type { Priority } from '../options/options.ts';
import { type Linked, LinkedList } from '../util/collections.ts';

/** What waits for a slot. */
export interface Waiter {
  /** Called when it gets its slot. Must not throw; may use the queue. */
  granted(): void;
}

/** A request in the queue. */
export class Entry implements Linked<Entry> {
  readonly lane: Lane;
  readonly client: object | null;
  waiter: Waiter | null = null;
  priority: Priority;
  state: 'waiting' | 'running' | 'left' = 'waiting';
  previous: Entry | null = null;
  next: Entry | null = null;

  constructor(lane: Lane, client: object | null, priority: Priority) {
    this.lane = lane;
    this.client = client;
    this.priority = priority;
  }

  get running(): boolean {
    return this.state === 'running';
  }
}

/** The requests of one client that wait for one key. */
class Line implements Linked<Line> {
  readonly client: object | null;
  previous: Line | null = null;
  next: Line | null = null;
  readonly #high = new LinkedList<Entry>();
  readonly #normal = new LinkedList<Entry>();
  readonly #low = new LinkedList<Entry>();

  constructor(client: object | null) {
    this.client = client;
  }

  get first(): Entry | null {
    return this.#high.first ?? this.#normal.first ?? this.#low.first;
  }

  /** Those of that priority. */
  list(priority: Priority): LinkedList<Entry> {
    if (priority === 'normal') return this.#normal;
    return priority === 'high' ? this.#high : this.#low;
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
  /** Of the clients with a request that waits, in the order of their turns. */
  readonly #lines = new LinkedList<Line>();

  constructor(key: string) {
    this.key = key;
  }

  get idle(): boolean {
    return this.running === 0 && this.first === null;
  }

  /** The entry whose turn it is. */
  get first(): Entry | null {
    return this.#lines.first?.first ?? null;
  }

  append(entry: Entry): void {
    let line = this.#lineOf(entry);
    if (line === null) {
      line = new Line(entry.client);
      this.#lines.append(line);
    }
    line.list(entry.priority).append(entry);
  }

  remove(entry: Entry): void {
    const line = this.#lineOf(entry)!;
    line.list(entry.priority).remove(entry);
    if (line.first === null) this.#lines.remove(line);
  }

  /** Takes out the entry whose turn it is. It was the turn of its client, too. */
  take(): Entry {
    const line = this.#lines.first!;
    const entry = line.first!;
    this.remove(entry);
    if (line.first !== null && line.next !== null) {
      this.#lines.remove(line);
      this.#lines.append(line);
    }
    return entry;
  }

  /** Puts an entry at the end of those of another priority. Its client keeps its turn. */
  move(entry: Entry, priority: Priority): void {
    const line = this.#lineOf(entry)!;
    line.list(entry.priority).remove(entry);
    entry.priority = priority;
    line.list(priority).append(entry);
  }

  /** There are few clients, and most lanes have one. */
  #lineOf({ client }: Entry): Line | null {
    let line = this.#lines.first;
    while (line !== null && line.client !== client) line = line.next;
    return line;
  }
}
