import { NetworkError } from '../error.ts';
import type { TimeoutName } from '../options/timeouts.ts';
import type { ParsedUrl } from '../util/url.ts';
import type { Call } from './call.ts';
import type { Timings } from './timings.ts';

/** The phases of an attempt, in order. `before`: whatever the call did until it came to the queue. */
const PHASES = ['before', 'queue', 'connect', 'send', 'firstByte', 'body'];

/**
 * How far an attempt is known to be, whatever its timings tell. `between`: none is under way; `opening`: something of its connection
 * is still to come; `carried`: nothing of that is, although a kept one leaves no trace; `sent`: nor of the request, of which a page sees
 * nothing.
 */
export type Reach = 'between' | 'opening' | 'carried' | 'sent';

/**
 * Milliseconds of each phase of the attempt that is under way, up to now, which is in the last of them. A phase that took no
 * time (the queue, a kept connection) or that the platform does not tell is left out.
 * @param reach null: what was reached tells
 */
export function phasesOf(of: Timings, now: number, reach: Reach | null): Readonly<Record<string, number>> {
  const connected =
    reach === 'opening' ? 0 : Math.max(of.connectEnd, of.proxyConnectEnd, of.secureConnectEnd);
  // Where a slot was free, all until then was before the queue.
  const ends = [of.queued || of.dequeued, of.dequeued, connected, of.requestSent, of.responseStart];
  // What an earlier attempt has reached is older than the place of this one in the queue, and its slot.
  const began = Math.max(of.queued, of.dequeued, 1);
  const reached = ends.findLastIndex((end) => end >= began) + 1;
  // The first phase that it may be in.
  const earliest = reach === 'carried' ? 3 : reach === 'sent' ? 4 : 0;
  const current = reach === 'between' ? 0 : Math.max(reached, earliest);
  const phases: Record<string, number> = {};
  let since = of.created;
  PHASES.slice(0, current + 1).forEach((phase, index) => {
    const end = index === current ? now : ends[index]!;
    if (end < since) return;
    const took = Math.round(end - since);
    if (took > 0 || index === current) phases[phase] = took;
    since = end;
  });
  return phases;
}

/**
 * How far a call is, whose own time is over, by its attempt.
 * @param isAnswered its answer is being told, all of which may have come
 */
export function reachOf({ attempt, queued }: Call, isAnswered: boolean): Reach | null {
  if (attempt !== null) return attempt.idle?.reach ?? null;
  return queued !== null || isAnswered ? null : 'between';
}

/** What a request ends with that has taken longer than it may. */
export function timedOut(
  name: TimeoutName,
  limit: number,
  { href }: ParsedUrl,
  call: Call,
  reach: Reach | null = null,
): NetworkError {
  return tookTooLong(name, limit, href, phasesOf(call.timings, call.time(), reach));
}

/** The error of a timeout. */
export function tookTooLong(
  name: TimeoutName,
  limit: number,
  url: string,
  phases: Readonly<Record<string, number>>,
): NetworkError {
  const times = Object.entries(phases).map(([phase, ms]) => `${phase} ${ms} ms`);
  const what = name === 'idle' ? 'no byte moved for' : `the timeout '${name}' is`;
  return new NetworkError('timeout', `${what} ${limit} ms (so far: ${times.join(', ')})`, {
    url,
    timeout: { name, limit, phases },
  });
}
