/** Hands an error to the platform's last resort (`window.onerror`, `uncaughtException`) from a turn of its own. */
export function reportUncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

/** Something that begins one turn after it was made, so that its maker can listen first. */
interface Startable {
  start(): void;
}

let waiting: Startable[] | null = null;
const NOW = Promise.resolve();

/** Starts it in a microtask. All that are made in one turn share one: a task of one's own costs more than most starts. */
export function startInMicrotask(startable: Startable): void {
  if (waiting !== null) {
    waiting.push(startable);
    return;
  }
  waiting = [startable];
  // Not queueMicrotask: on Node that makes an AsyncResource.
  void NOW.then(startAll);
}

function startAll(): void {
  const due = waiting ?? [];
  waiting = null;
  for (const startable of due) {
    try {
      startable.start();
    } catch (error) {
      // The others start all the same.
      reportUncaught(error);
    }
  }
}
