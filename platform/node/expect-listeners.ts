import { setMaxListeners } from 'node:events';

/**
 * One signal may abort any number of requests, and each listens to it: Node would warn of a leak with the eleventh. Its own
 * fetch lifts that limit, too.
 */
export function expectListeners(signal: AbortSignal): void {
  // What stands in for a signal knows no such limit.
  if (!(signal instanceof EventTarget)) return;
  try {
    setMaxListeners(0, signal);
  } catch {
    // Neither do the signals of jsdom, which Node takes for no EventTarget.
  }
}
