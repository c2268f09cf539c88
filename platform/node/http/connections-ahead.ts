import type { Clock } from '../../../src/util/clock.ts';
import { abortable } from '../dial/dial-time.ts';
import type { Connection } from './connection.ts';
import { ListenerPatience } from './listener-patience.ts';

interface ConnectionAhead {
  readonly opened: Promise<Connection>;
  readonly patience: ListenerPatience;
  isTaken: boolean;
  connection: Connection | null;
}

/** Connections that are being opened for requests to come. */
export class ConnectionsAhead {
  readonly #giveBack: (connection: Connection) => void;
  readonly #clock: Clock;
  readonly #promised: ConnectionAhead[] = [];

  /** @param giveBack makes a connection idle that no request has taken */
  constructor(giveBack: (connection: Connection) => void, clock: Clock) {
    this.#giveBack = giveBack;
    this.#clock = clock;
  }

  /**
   * Waits for a connection and has it made idle, unless a request has taken it by then.
   * @param open calls `asking` when it asks the application
   */
  async add(open: (asking: () => void) => Promise<Connection>): Promise<void> {
    const patience = new ListenerPatience(this.#clock);
    const opened = open(() => patience.begin());
    const promised: ConnectionAhead = { opened, patience, isTaken: false, connection: null };
    this.#promised.push(promised);
    try {
      promised.connection = await opened;
      if (!promised.isTaken) this.#giveBack(promised.connection);
    } finally {
      patience.end();
      const index = this.#promised.indexOf(promised);
      if (index >= 0) this.#promised.splice(index, 1);
    }
  }

  /** The oldest of them once it is open. Null when there is none, when opening it failed, or its application takes its time. */
  async take(signal: AbortSignal): Promise<Connection | null> {
    const promised = this.#promised.shift();
    if (promised === undefined) return null;
    promised.isTaken = true;
    const opened = promised.opened.catch(() => null);
    const stalled = promised.patience.isOver.then(() => null);
    try {
      const taken = await abortable(Promise.race([opened, stalled]), signal);
      if (taken === null) this.#forgo(promised);
      return taken;
    } catch (reason) {
      this.#forgo(promised);
      throw reason;
    }
  }

  /** It is for another request, once it is open. */
  #forgo(promised: ConnectionAhead): void {
    promised.isTaken = false;
    if (promised.connection !== null) this.#giveBack(promised.connection);
  }
}
