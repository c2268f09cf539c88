import type { Timings } from '../../../src/call/timings.ts';

/** A row for each, so that none can be forgotten. */
const PHASES = Object.keys({
  created: 1,
  queued: 1,
  dequeued: 1,
  lookupEnd: 1,
  connectEnd: 1,
  proxyConnectEnd: 1,
  secureConnectEnd: 1,
  requestSent: 1,
  responseStart: 1,
  responseEnd: 1,
} satisfies Record<keyof Timings, 1>) as readonly (keyof Timings)[];

/** The times of a request that the other side knows. */
export class ToldTimes {
  #told: Timings | null = null;

  /**
   * What the other side does not know of them yet, at first all; null where it knows everything.
   * @param isSure it will be told: else it is said again the next time
   */
  news(now: Timings, isSure: boolean): Partial<Timings> | null {
    const told = this.#told;
    if (told === null) {
      if (isSure) this.#told = { ...now };
      return { ...now };
    }
    let news: Partial<Timings> | null = null;
    for (const phase of PHASES) {
      const time = now[phase];
      if (time === told[phase]) continue;
      news ??= {};
      news[phase] = time;
      if (isSure) told[phase] = time;
    }
    return news;
  }
}
