import type { Clock } from '../../../src/util/clock.ts';

/** Milliseconds for which others wait while one request's listeners of `encrypted` think. */
const PATIENCE_WITH_LISTENERS = 1000;

/** The time that a dial, which others wait for, may take to ask its application. */
export class ListenerPatience {
  /** Resolves when it has taken longer. */
  readonly isOver: Promise<void>;
  readonly #clock: Clock;
  #give: () => void = () => {};
  #timer: unknown = null;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.isOver = new Promise((resolve) => {
      this.#give = resolve;
    });
  }

  /** The application is asked; not for the first time, perhaps. */
  begin(): void {
    this.#timer ??= this.#clock.setTimeout(this.#give, PATIENCE_WITH_LISTENERS);
  }

  /** The dial is over. */
  end(): void {
    this.#clock.clearTimeout(this.#timer);
  }
}
