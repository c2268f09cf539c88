/** Hands an error to the platform's last resort (`window.onerror`, `uncaughtException`) from a turn of its own. */
export function reportUncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
