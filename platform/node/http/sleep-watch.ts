import type { Clock } from '../../../src/util/clock.ts';

/** Milliseconds by which the clock on the wall may run against the monotonic one: people and NTP set it a little now and then. */
const TOLERANCE = 2000;

/**
 * Finds out that the machine has slept: then the clock on the wall has gone on and the monotonic one has not (Linux, macOS).
 * What was connected before is most likely gone, and nobody was there to hear of it. The clock on the wall may also have
 * been set; then no more is lost than some connections.
 */
export class SleepWatch {
  readonly #clock: Clock;
  #offset: number;
  #looked: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#looked = clock.now();
    this.#offset = this.#looked - clock.monotonic();
  }

  /** Whether it has slept since the last call. */
  hasSlept(): boolean {
    const now = this.#clock.now();
    const passed = now - this.#looked;
    this.#looked = now;
    // In so little time on the wall nothing has slept long enough to matter, whatever the other clock says.
    if (passed >= 0 && passed <= TOLERANCE) return false;
    const before = this.#offset;
    this.#offset = now - this.#clock.monotonic();
    return Math.abs(this.#offset - before) > TOLERANCE;
  }
}
