/** A `queueMicrotask` that runs its task at once and keeps what it throws: the process is not to hear of it. */
export function catching(uncaught: unknown[]): typeof queueMicrotask {
  return (task) => {
    try {
      task();
    } catch (error) {
      uncaught.push(error);
    }
  };
}
