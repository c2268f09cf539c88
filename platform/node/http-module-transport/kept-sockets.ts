import type { Socket } from 'node:net';
import { NEVER_USED, Rest, type Resting } from '../http/rest.ts';

/** Origins whose manners are remembered. */
const MOST_ORIGINS = 256;

interface Note {
  readonly resting: Resting;
  /** Bytes that the socket had read when its last response was complete. */
  readonly bytesRead: number;
}

/** What is known of the sockets that agents keep between two requests. Node does not look at what they receive then. */
export class KeptSockets {
  readonly #notes = new WeakMap<Socket, Note>();
  readonly #rests = new Map<string, Rest>();

  /**
   * A response is complete, and the socket goes back to its agent.
   * @param announced the response had no content although its fields speak of some
   */
  ended(origin: string, socket: Socket, announced: boolean): void {
    this.#notes.set(socket, { resting: this.#restOf(origin).begin(announced), bytesRead: socket.bytesRead });
  }

  /** Lets a socket rest that an agent has given out again. True when it may be written to, and false when it broke. */
  async rested(origin: string, socket: Socket): Promise<boolean> {
    const rest = this.#restOf(origin);
    const { resting, bytesRead } = this.#notes.get(socket) ?? {
      resting: NEVER_USED,
      bytesRead: socket.bytesRead,
    };
    await rest.end(resting);
    if (!socket.destroyed && socket.bytesRead === bytesRead) {
      rest.passed();
      return true;
    }
    rest.broken(resting);
    return false;
  }

  #restOf(origin: string): Rest {
    let rest = this.#rests.get(origin);
    if (rest === undefined) {
      rest = new Rest();
      if (this.#rests.size >= MOST_ORIGINS) this.#rests.delete(this.#rests.keys().next().value!);
      this.#rests.set(origin, rest);
    }
    return rest;
  }
}
