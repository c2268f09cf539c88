import type { Socket } from 'node:net';
import type { Clock } from '../../../src/util/clock.ts';

/** RFC 8305 §5, Connection Attempt Delay: how long an attempt may be alone before the next one joins it. */
const ATTEMPT_DELAY = 250;

/**
 * Opens connections one after another, each a little later than the one before or as soon as that has failed, and
 * resolves with the first that is up. The others are closed. Rejects when all have failed or the signal aborts.
 *
 * @param attempts what starts each attempt, in order of preference; at least one
 */
export async function firstToConnect<Kind extends Socket>(
  attempts: readonly (() => Kind)[],
  clock: Clock,
  signal: AbortSignal,
): Promise<Kind> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    new Race(attempts, clock, signal, resolve, reject).attempt();
  });
}

class Race<Kind extends Socket> {
  readonly #attempts: readonly (() => Kind)[];
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #resolve: (winner: Kind) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #abort = (): void => this.#lose(this.#signal.reason);
  readonly #running = new Set<Kind>();
  readonly #errors: Error[] = [];
  #next = 0;
  #timer: unknown = null;
  #over = false;

  constructor(
    attempts: readonly (() => Kind)[],
    clock: Clock,
    signal: AbortSignal,
    resolve: (winner: Kind) => void,
    reject: (reason: unknown) => void,
  ) {
    this.#attempts = attempts;
    this.#clock = clock;
    this.#signal = signal;
    this.#resolve = resolve;
    this.#reject = reject;
    signal.addEventListener('abort', this.#abort);
  }

  readonly attempt = (): void => {
    const socket = this.#attempts[this.#next++]!();
    // For good: an error that nobody listens to would end the process, also after the race.
    socket.on('error', ignore);
    socket.once('error', (error) => this.#failed(socket, error));
    // Who hears of the attempt may have given it up.
    if (this.#over) {
      socket.destroy();
      return;
    }
    this.#running.add(socket);
    socket.once('connect', () => this.#win(socket));
    if (this.#next < this.#attempts.length) this.#timer = this.#clock.setTimeout(this.attempt, ATTEMPT_DELAY);
  };

  #failed(socket: Kind, error: Error): void {
    if (this.#over) return;
    this.#running.delete(socket);
    this.#errors.push(error);
    if (this.#next < this.#attempts.length) {
      this.#clock.clearTimeout(this.#timer);
      this.attempt();
    } else if (this.#running.size === 0) {
      this.#lose(this.#errors.length === 1 ? error : new AggregateError(this.#errors));
    }
  }

  #win(socket: Kind): void {
    this.#running.delete(socket);
    // The socket outlives the request that it is opened for, and must not keep it.
    socket.removeAllListeners('error').on('error', ignore);
    this.#finish();
    this.#resolve(socket);
  }

  #lose(reason: unknown): void {
    this.#finish();
    this.#reject(reason);
  }

  #finish(): void {
    this.#over = true;
    this.#clock.clearTimeout(this.#timer);
    this.#signal.removeEventListener('abort', this.#abort);
    for (const socket of this.#running) socket.destroy();
  }
}

function ignore(): void {}
