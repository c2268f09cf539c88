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

/** What the other side does not know of them yet; null where it knows everything. */
export function changedTimings(now: Timings, told: Timings | null): Partial<Timings> | null {
  if (told === null) return { ...now };
  let changed: Partial<Timings> | null = null;
  for (const phase of PHASES) {
    if (now[phase] === told[phase]) continue;
    changed ??= {};
    changed[phase] = now[phase];
  }
  return changed;
}
