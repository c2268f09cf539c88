import { PORT_WINDOW, REPLY_WINDOW } from '../protocol.ts';

/** The windows of all uploads of a port: so many at once, and the others wait for one. */
export class UploadCredit {
  #left = PORT_WINDOW / REPLY_WINDOW;
  readonly #waiting = new Set<() => void>();

  /** Calls back when there is a window, at once when there is. */
  ask(begin: () => void): void {
    if (this.#left === 0) {
      this.#waiting.add(begin);
      return;
    }
    this.#left--;
    begin();
  }

  /** Takes back what {@link ask} was given. */
  forget(begin: () => void): void {
    this.#waiting.delete(begin);
  }

  /** A window is free. */
  give(): void {
    this.#left++;
    const [next] = this.#waiting;
    if (next === undefined) return;
    this.#waiting.delete(next);
    this.ask(next);
  }
}
