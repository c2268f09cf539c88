import type { Priority } from '../options/options.ts';
import { LinkedList } from '../util/collections.ts';
import { HandedOutResponses } from './handed-out.ts';
import { Entry, Lane, type Waiter } from './lane.ts';
import { UnreadBodies } from './unread-bodies.ts';

/** How many requests may be under way: whole numbers of at least 1, or Infinity. */
export interface QueueLimits {
  /** For one key. */
  readonly perKey: number;
  /** For all keys together. */
  readonly total: number;
}

/** One request's place in a {@link RequestQueue}, from `enter` to `leave`. */
export interface Ticket {
  /** True while it has a slot. */
  readonly running: boolean;
  /** Told when it gets its slot, unless it had one on entering. */
  waiter: Waiter | null;
}

/**
 * Decides who may go. A request enters under a key (its origin), waits until key and total have a slot to spare, and
 * leaves when its body has ended.
 *
 * Within a key, clients that share the queue take turns, so none starves another, whatever priorities it gives. Of one
 * client high goes before normal before low, and first come, first served within a priority. Keys that compete for the
 * slots of the total take turns as well. Every operation but `configure` takes constant time, however many requests wait.
 *
 * Source: qhttpnetworkconnection.cpp, with one difference: there low waits among normal.
 */
export class RequestQueue {
  #limits: QueueLimits;
  #running = 0;
  /** The keys in use. One that falls idle is forgotten: redirects let a peer choose them. */
  readonly #lanes = new Map<string, Lane>();
  /** Lanes with an entry that waits for nothing but a slot of the total, in the order of their turns. */
  readonly #ready = new LinkedList<Lane>();
  #granting = false;
  /** What holds slots and is not read, under whichever options it was asked for. */
  readonly unread = new UnreadBodies();
  readonly handedOut = new HandedOutResponses();

  /** @param limits six for each key, as in browsers and Qt, and no limit for all, unless said otherwise */
  constructor(limits: QueueLimits = { perKey: 6, total: Number.POSITIVE_INFINITY }) {
    this.#limits = limits;
  }

  /** How many requests may be under way. */
  get limits(): QueueLimits {
    return this.#limits;
  }

  /** Number of keys in use. */
  get size(): number {
    return this.#lanes.size;
  }

  /** The limit of a key that has none of its own. */
  get perKey(): number {
    return this.#limits.perKey;
  }

  /** Changes the limits for what waits and what comes. Nothing that runs is stopped. */
  configure(limits: QueueLimits): void {
    this.#limits = limits;
    for (const lane of this.#lanes.values()) this.#review(lane);
    this.#grant();
  }

  /**
   * Gives a key a limit of its own: a connection that multiplexes (HTTP/2) has room for more. Forgotten when the key
   * falls idle, and without effect on a key that is not in use.
   *
   * @param limit null for that of all keys
   */
  setLimit(key: string, limit: number | null): void {
    const lane = this.#lanes.get(key);
    if (lane === undefined || lane.limit === limit) return;
    lane.limit = limit;
    this.#review(lane);
    this.#grant();
  }

  /**
   * Takes a slot when one is free; otherwise the ticket is not `running`, and its `waiter` is told later on.
   * @param client on whose behalf, null for whoever owns the queue
   */
  enter(key: string, priority: Priority, client: object | null = null): Ticket {
    const lane = this.#lane(key);
    const entry = new Entry(lane, client, priority);
    const isFirst = this.#ready.first === null;
    if (isFirst && this.#running < this.#limits.total && this.#hasRoom(lane)) this.#run(entry);
    else {
      lane.append(entry);
      this.#review(lane);
    }
    return entry;
  }

  /** Gives up the slot, or the place in the queue. The first call counts, later ones do nothing. */
  leave(ticket: Ticket): void {
    const entry = ticket as Entry;
    const { lane, state } = entry;
    if (state === 'left') return;
    entry.state = 'left';
    if (state === 'waiting') lane.remove(entry);
    else {
      lane.running--;
      this.#running--;
    }
    this.#review(lane);
    if (lane.idle) this.#lanes.delete(lane.key);
    this.#grant();
  }

  /** Whether a request waits for the slot of that one: of its key, or of all where their total is what is used up. */
  isInTheWay(ticket: Ticket): boolean {
    const { lane, state } = ticket as Entry;
    if (state !== 'running') return false;
    const isOneWaiting = lane.first !== null && !lane.ready;
    return isOneWaiting || (this.#ready.first !== null && this.#running >= this.#limits.total);
  }

  /** Moves a request that waits to the end of those of that priority and client. One that runs is left alone. */
  setPriority(ticket: Ticket, priority: Priority): void {
    const entry = ticket as Entry;
    if (entry.state !== 'waiting' || entry.priority === priority) return;
    entry.lane.move(entry, priority);
  }

  #lane(key: string): Lane {
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      lane = new Lane(key);
      this.#lanes.set(key, lane);
    }
    return lane;
  }

  #hasRoom(lane: Lane): boolean {
    return lane.running < (lane.limit ?? this.#limits.perKey);
  }

  #run(entry: Entry): void {
    entry.state = 'running';
    entry.lane.running++;
    this.#running++;
  }

  /** Sees to it that the lane is among the ready ones exactly when it should be. */
  #review(lane: Lane): void {
    const ready = lane.first !== null && this.#hasRoom(lane);
    if (ready === lane.ready) return;
    lane.ready = ready;
    if (ready) this.#ready.append(lane);
    else this.#ready.remove(lane);
  }

  /** Hands out slots while there are any. Slots freed by a `granted` wait for the outermost call: no recursion. */
  #grant(): void {
    if (this.#granting) return;
    this.#granting = true;
    while (this.#running < this.#limits.total && this.#ready.first !== null) this.#grantTo(this.#ready.first);
    this.#granting = false;
  }

  #grantTo(lane: Lane): void {
    const entry = lane.take();
    this.#run(entry);
    // The lane has had its turn: to the end of the line, if it is still in it.
    this.#ready.remove(lane);
    lane.ready = false;
    this.#review(lane);
    entry.waiter?.granted();
  }
}
