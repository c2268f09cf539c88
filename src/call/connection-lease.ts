import type { NetworkError } from '../error.ts';
import type { Call, Canceler } from './call.ts';

/** A slot of the queue that is kept for a lease. */
export interface KeptSlot {
  /** Whose slot it is: the key of the queue. */
  readonly key: string;
  /** The slot is free for others that wait. */
  giveBack(): void;
}

/** A connection that a transport keeps for a lease. */
export interface KeptConnection {
  /** It is there, and has received nothing since the last response. */
  readonly isUsable: boolean;
  /** The transport may use it for others. */
  release(): void;
  /** Closes the connection for good: no other request may use it. */
  clear(why: string): void;
}

/**
 * Keeps one connection and one slot for the rounds of a handshake, which its peer knows by the connection (NTLM, Negotiate).
 *
 * Theory of operation. A loop begins a lease on its call, and from then on each attempt of the call is a *round*: its slot in
 * the queue and its connection (of HTTP/1.1: a lease asks for no other protocol) go to no other request when its response has
 * ended, but wait for the next round. The loop reads each response to its end (`drain`) and looks whether the lease
 * {@link holds} its connection: a server that has closed it cannot be answered, and the handshake would begin anew. A round
 * never moves to another connection by itself: when the one that is held breaks, the round fails with remote-host-closed.
 *
 * The last round is the last that the loop sends before it {@link release | releases} the lease, whether or not its response
 * has been read. What the lease holds then goes back where it came from; so it does when the call is given up, but for the
 * connection, which is closed: its peer is in the middle of something.
 *
 * A connection that was leased belongs to an identity from then on. It is given to leases of the same identity and to nothing
 * else, for its peer may take all that comes over it for that user's.
 */
export class ConnectionLease implements Canceler {
  /** For whom the connection stands: equal for equal credentials of one manager, and no secret. */
  readonly identity: string;
  readonly #call: Call;
  #connection: KeptConnection | null = null;
  #slot: KeptSlot | null = null;
  #isOver = false;

  private constructor(call: Call, identity: string) {
    this.#call = call;
    this.identity = identity;
    call.addCanceler(this);
  }

  /** Begins a lease. One that the call has is released. */
  static begin(call: Call, identity: string): ConnectionLease {
    call.lease?.release();
    const lease = new ConnectionLease(call, identity);
    call.lease = lease;
    return lease;
  }

  /** It keeps nothing any more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The next round will go over the connection of the last one. */
  get holds(): boolean {
    return this.#connection?.isUsable === true;
  }

  /** Ends it. What it holds is free, and what a round under way has will be when that is over. */
  release(): void {
    this.#end((connection) => connection.release());
  }

  /** For the queue: the slot of a round whose response has ended. */
  keepSlot(slot: KeptSlot): void {
    if (this.#isOver || this.#slot !== null) slot.giveBack();
    else this.#slot = slot;
  }

  /** For the queue: the slot of the last round, or null. One of another key is given back. */
  takeSlot(key: string): KeptSlot | null {
    const slot = this.#slot;
    this.#slot = null;
    if (slot === null || slot.key === key) return slot;
    slot.giveBack();
    return null;
  }

  /** For a transport: the connection of a round whose response has ended. */
  keepConnection(connection: KeptConnection): void {
    if (this.#isOver || this.#connection !== null) connection.release();
    else this.#connection = connection;
  }

  /** For a transport: the connection of the last round, which may be broken; null where none was kept. */
  takeConnection(): KeptConnection | null {
    const connection = this.#connection;
    this.#connection = null;
    return connection;
  }

  /** For the call: what it holds is in the middle of something, so the connection is closed. */
  giveUp({ message }: NetworkError): void {
    this.#end((connection) => connection.clear(message));
  }

  #end(letGo: (connection: KeptConnection) => void): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#call.offCancel(this);
    if (this.#call.lease === this) this.#call.lease = null;
    const connection = this.takeConnection();
    // The connection first: what the slot lets in may want it.
    if (connection?.isUsable) letGo(connection);
    this.#slot?.giveBack();
    this.#slot = null;
  }
}
