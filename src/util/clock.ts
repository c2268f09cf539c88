/** Time as an argument: what needs it takes a clock, and tests give a fake one. Milliseconds. */
export interface Clock {
  /** Since the epoch, by the clock on the wall, which people and NTP set: for dates that are stored, sent or told. */
  now(): number;
  /** Since some moment, by a clock that only goes forward: for everything that lasts. */
  monotonic(): number;
  /** Calls back later than that by the monotonic clock, however long it is; `Infinity` is never. */
  setTimeout(callback: () => void, ms: number): unknown;
  /** Takes back what {@link setTimeout} gave. Does nothing when that has been called, or for null. */
  clearTimeout(handle: unknown): void;
}

/** A longer delay overflows the timers of every platform, which then fire at once: 2^31 − 1. */
export const LONGEST_DELAY = 2 ** 31 - 1;

/** The platform's clocks. They are looked up at each call, so that fake timers of an application's tests are obeyed. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => globalThis.performance?.now() ?? Date.now(),
  setTimeout: (callback, ms) =>
    ms <= LONGEST_DELAY ? setTimeout(callback, ms) : new LongTimer(callback, ms),
  clearTimeout: (handle) => {
    if (handle instanceof LongTimer) handle.clear();
    else clearTimeout(handle as ReturnType<typeof setTimeout>);
  },
};

/** Sleeps in pieces. */
class LongTimer {
  readonly #callback: () => void;
  readonly #dueAt: number;
  #timer!: ReturnType<typeof setTimeout>;
  #keepsAlive = true;

  constructor(callback: () => void, ms: number) {
    this.#callback = callback;
    this.#dueAt = systemClock.monotonic() + ms;
    this.#sleep();
  }

  clear(): void {
    clearTimeout(this.#timer);
  }

  /** Node: the process need not stay alive for it. */
  unref(): this {
    this.#keepsAlive = false;
    unref(this.#timer);
    return this;
  }

  #sleep(): void {
    const left = this.#dueAt - systemClock.monotonic();
    if (left <= 0) {
      this.#callback();
      return;
    }
    this.#timer = setTimeout(() => this.#sleep(), Math.min(left, LONGEST_DELAY));
    if (!this.#keepsAlive) unref(this.#timer);
  }
}

/** Lets the process end before a timer is due, where there is a process. */
function unref(timer: unknown): void {
  (timer as { unref?(): void } | null)?.unref?.();
}

/** Calls back later, unless the process has ended by then: it does not stay alive for it. */
export function setBackgroundTimeout(callback: () => void, ms: number, clock: Clock = systemClock): unknown {
  const timer = clock.setTimeout(callback, ms);
  unref(timer);
  return timer;
}

/** Resolves after that time. */
export function delay(ms: number, clock: Pick<Clock, 'setTimeout'> = systemClock): Promise<void> {
  return new Promise((resolve) => {
    clock.setTimeout(resolve, ms);
  });
}
