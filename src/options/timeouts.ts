import { type Checks, checkOptions, wholeNumber } from '../checks/checker.ts';

/** Bounds of what a request may take, in milliseconds, each under its name; 0 = none. Each ends with the error `timeout`. */
export interface Timeouts {
  /** The wait for a slot of the host. Ends the attempt: nothing was sent. */
  readonly queue?: number | undefined;
  /**
   * From the slot until a connection carries the request: name, connection, proxies and TLS, for all addresses and proxies
   * that are tried; on a kept connection no time at all. Questions (`encrypted`, `sslErrors`) do not count. Ends the attempt.
   * In a page, which does not see connections, it is refused. A transport has a bound of its own besides (`connectTimeout`,
   * 30 s for each that is dialed).
   */
  readonly connect?: number | undefined;
  /**
   * From the last byte of the request that the network took to the head of the response; in a page from the beginning of the
   * attempt, as a fetch does not tell when it has sent. Questions do not count. Ends the attempt.
   */
  readonly firstByte?: number | undefined;
  /** Another name of `transferTimeout`: the time in which no byte moves. Ends the attempt. */
  readonly idle?: number | undefined;
  /**
   * One attempt, from its slot to the last byte of its body, whatever it waits for, the reader of the body too. Redirects,
   * answers to a challenge and retries are attempts of their own.
   */
  readonly attempt?: number | undefined;
  /**
   * The whole call, from when it was made to the last byte of the body, whatever it waits for: the queue, questions, pauses
   * between attempts, the reader. It ends the call, and nothing is tried after it. For every scheme.
   */
  readonly total?: number | undefined;
}

/** One of the phases that the option `timeouts` bounds. */
export type TimeoutName = keyof Timeouts;

/** None at all; requests that set none share it. */
export const NO_TIMEOUTS: Timeouts = Object.freeze({});

const NAMES: Readonly<Record<TimeoutName, 1>> = {
  queue: 1,
  connect: 1,
  firstByte: 1,
  idle: 1,
  attempt: 1,
  total: 1,
};
const LIMIT = wholeNumber();
const CHECKS = Object.fromEntries(Object.keys(NAMES).map((name) => [name, LIMIT])) as Checks<Timeouts>;

/**
 * The option `timeouts`, judged.
 * @throws TypeError for a name that there is not, or no number of milliseconds
 */
export function checkTimeouts(given: Timeouts): Timeouts {
  return Object.freeze({ ...checkOptions('timeouts', given, CHECKS) });
}

/** What says how long a request may be idle: two options of one meaning. */
interface IdleOptions {
  timeouts: Timeouts;
  transferTimeout: number;
}

/**
 * Puts timeouts that were set over those that held before, name by name, and `idle` and `transferTimeout` at one value.
 * @param given the options as they were set
 * @throws TypeError when both names of one were set
 */
export function mergeTimeouts(merged: IdleOptions, before: IdleOptions, given: object): void {
  const isOwn = merged.timeouts !== before.timeouts;
  const idle = isOwn ? merged.timeouts.idle : undefined;
  const transferTimeout = given['transferTimeout' as never];
  if (idle !== undefined && transferTimeout !== undefined)
    throw new TypeError("options 'transferTimeout' and 'timeouts.idle' are one: set one of them");
  if (isOwn) merged.timeouts = Object.freeze({ ...before.timeouts, ...merged.timeouts });
  if (idle !== undefined) merged.transferTimeout = idle;
  else if (merged.timeouts.idle !== undefined)
    merged.timeouts = Object.freeze({ ...merged.timeouts, idle: merged.transferTimeout });
}
