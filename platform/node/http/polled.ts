import timers from 'node:timers';

// Of the module, because Jest's jsdom has no global one; taken when this is loaded, because the turns of the loop pass also
// where a test has replaced the timers.
const { setImmediate } = timers;

let next: Promise<void> | null = null;

/**
 * Resolves when the loop has asked the system for events once more, and they were told: whatever had arrived at a socket
 * before the call has been read by then.
 *
 * An immediate runs behind the events of the turn it was set in, which may have been asked for before; so it takes two.
 * All who call in one turn share them.
 */
export function polled(): Promise<void> {
  next ??= new Promise((resolve) => {
    setImmediate(() => {
      next = null;
      setImmediate(resolve);
    });
  });
  return next;
}
