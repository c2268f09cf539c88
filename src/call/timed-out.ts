import { NetworkError } from '../error.ts';
import type { TimeoutName } from '../options/timeouts.ts';
import type { ParsedUrl } from '../util/url.ts';
import type { Call } from './call.ts';
import type { Timings } from './timings.ts';

/** The phases of an attempt, in order. `before`: whatever the call did until it came to the queue. */
const PHASES = ['before', 'queue', 'connect', 'send', 'firstByte', 'body'];
/** Among them. */
const SEND = 3;

/**
 * Milliseconds of each phase of the attempt that is under way, up to now, which is in the last of them. A phase that took no
 * time (the queue, a kept connection) or that the platform does not tell is left out.
 * @param isConnected false: something of the connection is still to come, whatever has been reached; true: nothing is, although one
 * that was kept leaves no trace; null: what was reached tells
 */
export function phasesOf(
  of: Timings,
  now: number,
  isConnected: boolean | null,
): Readonly<Record<string, number>> {
  const connected =
    isConnected === false ? 0 : Math.max(of.connectEnd, of.proxyConnectEnd, of.secureConnectEnd);
  const ends = [of.queued, of.dequeued, connected, of.requestSent, of.responseStart];
  // What an earlier attempt has reached is older than the place of this one in the queue.
  const reached = ends.findLastIndex((end) => end >= Math.max(of.queued, 1)) + 1;
  const current = isConnected ? Math.max(reached, SEND) : reached;
  const phases: Record<string, number> = {};
  let since = of.created;
  PHASES.slice(0, current + 1).forEach((phase, index) => {
    const end = index === current ? now : ends[index]!;
    if (end < since) return;
    phases[phase] = Math.round(end - since);
    since = end;
  });
  return phases;
}

/**
 * What a request ends with that has taken longer than it may.
 * @param isConnected its connection stands, whether it was opened for it or kept
 */
export function timedOut(
  name: TimeoutName,
  limit: number,
  { href: url, scheme }: ParsedUrl,
  call: Call,
  isConnected = false,
): NetworkError {
  const { timings } = call;
  // Over https a connection that was opened has come no further than TCP, or a proxy, before TLS is done.
  const isOpening = name === 'connect' || (scheme === 'https' && timings.secureConnectEnd === 0);
  const phases = phasesOf(timings, call.time(), isConnected || (isOpening ? false : null));
  const times = Object.entries(phases).map(([phase, ms]) => `${phase} ${ms} ms`);
  const what = name === 'idle' ? 'no byte moved for' : `the timeout '${name}' is`;
  return new NetworkError('timeout', `${what} ${limit} ms (so far: ${times.join(', ')})`, {
    url,
    timeout: { name, limit, phases },
  });
}
