import type { Timings } from '../../../src/call/timings.ts';

/** What the other side knows of the times of a request at first. */
export const UNREACHED: Timings = {
  created: 0,
  queued: 0,
  dequeued: 0,
  lookupEnd: 0,
  connectEnd: 0,
  proxyConnectEnd: 0,
  secureConnectEnd: 0,
  requestSent: 0,
  responseStart: 0,
  responseEnd: 0,
};

const PHASES = Object.keys(UNREACHED) as readonly (keyof Timings)[];

/** The times of a request that the other side knows. */
export class ToldTimes {
  readonly #told: Timings = { ...UNREACHED };

  /**
   * What the other side does not know of them yet; null where it knows everything.
   * @param isSure it will be told: else it is said again the next time
   */
  news(now: Timings, isSure: boolean): Partial<Timings> | null {
    const told = this.#told;
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
