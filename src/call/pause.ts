import type { Call } from './call.ts';

/** Resolves after that many milliseconds; rejects at once with the reason when the call is given up, and leaves no timer. */
export function pause(ms: number, call: Call): Promise<void> {
  return new Promise((resolve, reject) => {
    let timer: unknown = null;
    const forget = call.onCancel((reason) => {
      call.clock.clearTimeout(timer);
      reject(reason);
    });
    if (call.cancelled !== null) return;
    timer = call.clock.setTimeout(() => {
      forget();
      resolve();
    }, ms);
  });
}
