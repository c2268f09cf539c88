import { abortable } from '../dial/abortable.ts';
import type { Connection } from './connection.ts';

interface Promised {
  readonly opened: Promise<Connection>;
  isTaken: boolean;
  connection: Connection | null;
}

/** Connections that are being opened for requests to come. */
export class ConnectionsAhead {
  readonly #giveBack: (connection: Connection) => void;
  readonly #promised: Promised[] = [];

  /** @param giveBack makes a connection idle that nobody has taken */
  constructor(giveBack: (connection: Connection) => void) {
    this.#giveBack = giveBack;
  }

  /** Waits for a connection and has it made idle, unless a request has taken it by then. */
  async add(opened: Promise<Connection>): Promise<void> {
    const promised: Promised = { opened, isTaken: false, connection: null };
    this.#promised.push(promised);
    try {
      promised.connection = await opened;
      if (!promised.isTaken) this.#giveBack(promised.connection);
    } finally {
      const index = this.#promised.indexOf(promised);
      if (index >= 0) this.#promised.splice(index, 1);
    }
  }

  /** The oldest of them once it is open. Null when there is none, or when opening it failed. */
  async take(signal: AbortSignal): Promise<Connection | null> {
    const promised = this.#promised.shift();
    if (promised === undefined) return null;
    promised.isTaken = true;
    try {
      return await abortable(
        promised.opened.catch(() => null),
        signal,
      );
    } catch (reason) {
      promised.isTaken = false;
      if (promised.connection !== null) this.#giveBack(promised.connection);
      throw reason;
    }
  }
}
