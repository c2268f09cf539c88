import { polled } from './polled.ts';

// Taken when this is loaded, as in polled.ts: what a socket does has no other clock. Not `performance`, which is loaded with the
// first word about it.
const { setTimeout } = globalThis;
const { hrtime } = process;
const monotonic = (): number => Number(hrtime.bigint()) / 1e6;

/**
 * What a server sends behind a response without being asked (a second response, the content of a HEAD, its close) comes
 * within so many milliseconds of it, as a rule.
 */
const PROBATION = 5;
/** Connections of an endpoint that must have passed the probation before the others are trusted. */
const PROBATIONERS = 4;
/** The same of a server that may send content behind a response which has none; it takes its time to produce it. */
const ANNOUNCED = 10;
/** A connection that breaks so soon after a response speaks against its server; later, it is the end of its idle time. */
const SOON = 100;

/** When a connection came to rest, and how long it should; 0: no longer. Times are milliseconds of the monotonic clock. */
export interface Resting {
  readonly since: number;
  readonly until: number;
}

/** Of a connection on which nothing was received yet. */
export const NEVER_USED: Resting = { since: 0, until: 0 };

/**
 * How long the connections of one endpoint rest between two requests.
 *
 * A response on a connection is taken for the answer to the request that was sent last, so nothing may be on its way that
 * belongs to none: the next request waits until the socket has been read once more. Against a server that closes a moment
 * after its response, or sends something more, that is too short. No client can tell how long is enough; so the first
 * connections of every endpoint rest for a few milliseconds, and the others do as well once one of them was disappointed.
 */
export class Rest {
  #passed = 0;

  /** @param announced the response had no content although its fields speak of some */
  begin(announced: boolean): Resting {
    const since = monotonic();
    if (announced) return { since, until: since + ANNOUNCED };
    return { since, until: this.#isTrusted ? 0 : since + PROBATION };
  }

  /** Milliseconds that are left of it. */
  left({ until }: Resting): number {
    return until === 0 ? 0 : Math.max(0, until - monotonic());
  }

  /** Ends when the connection has rested and its socket was read. It must not be broken then. */
  end(resting: Resting): Promise<void> {
    const left = this.left(resting);
    if (left === 0) return polled();
    return new Promise<void>((resolve) => setTimeout(resolve, Math.ceil(left))).then(polled);
  }

  /** A connection is used again. */
  passed(): void {
    if (!this.#isTrusted) this.#passed++;
  }

  /** A connection broke, or carried something, while it was idle. */
  broken({ since }: Resting): void {
    if (monotonic() - since < SOON) this.#passed = 0;
  }

  get #isTrusted(): boolean {
    return this.#passed >= PROBATIONERS;
  }
}
