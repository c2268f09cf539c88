import type { Timings } from '../../src/call/timings.ts';

/** Forgets the phases of an earlier hop of the same exchange, at the beginning of the next. */
export function restartPhases(timings: Timings): void {
  timings.lookupEnd = 0;
  timings.connectEnd = 0;
  timings.proxyConnectEnd = 0;
  timings.secureConnectEnd = 0;
  timings.requestSent = 0;
  timings.responseStart = 0;
}
